#define _GNU_SOURCE 1  // getopt_long
#include "tools/bench/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/bench/stats.h"

static const char kHelp[] =
    "bench: how fast libpop3 is, as ratios to a client that does nothing but recv()\n"
    "\n"
    "  bench [OPTION...]          (bazel run -c opt //tools/bench -- OPTION...)\n"
    "\n"
    "It starts mailboxd, then fetches each mailbox with the two clients in turn: the recv loop,\n"
    "which sends all RETRs with one write and calls recv() into 256 KiB until the known number of\n"
    "octets is there, and libpop3, whose sinks count octets. Each run is a process of its own.\n"
    "\n"
    "  --workload LIST    any of these, with commas between (all):\n"
    "                       a          20000x4K, small messages\n"
    "                       b          200x5M, bulk\n"
    "                       COUNTxSIZE a mailbox like those, as 1000x64K\n"
    "                       tls        200x5M over TLS, against a loop of SSL_read\n"
    "                       tls:COUNTxSIZE  likewise\n"
    "                       memory     the engine on its own, fed from memory\n"
    "                       sessions   login, STAT and QUIT, session after session\n"
    "                       crowd      many sessions at a time in one thread\n"
    "                       all        all that have names\n"
    "  --runs N           rounds after a warm-up (5 or more, until they have taken 3 seconds)\n"
    "  --pin HOW          same: client and server share one CPU (the default); apart: each has "
    "its\n"
    "                     own; none: as the kernel likes\n"
    "  --unix             over a Unix socket instead of TCP on the loopback\n"
    "  --no-pipelining    one RETR at a time, for both clients\n"
    "  --url URL          fetch from this server, pop3://user:password@host:port, not from "
    "mailboxd\n"
    "  --window N         RETRs that libpop3 is given ahead, 0 for all at once (512)\n"
    "  --recv-buffer SIZE octets of libpop3's receive buffer (its default)\n"
    "  --sessions N       for workload sessions (2000)\n"
    "  --crowd N          for workload crowd (1000)\n"
    "  --server PATH      mailboxd, if it is not where Bazel puts it\n"
    "  --json             for a script\n"
    "  --help\n"
    "\n"
    "The section \"ratios\" comes last; a ratio is the median of those of each round. Trust ratios "
    "and CPU more than seconds: both clients "
    "suffer\n"
    "from a busy machine, the ratio less so. Exit status: 0, 1 if something failed or a count of\n"
    "octets differs, 2 for a wrong command line.\n";

enum option_id {
  OPTION_WORKLOAD = 256,
  OPTION_RUNS,
  OPTION_PIN,
  OPTION_UNIX,
  OPTION_NO_PIPELINING,
  OPTION_URL,
  OPTION_WINDOW,
  OPTION_RECV_BUFFER,
  OPTION_SESSIONS,
  OPTION_CROWD,
  OPTION_SERVER,
  OPTION_JSON,
  OPTION_HELP
};

static const struct option kOptions[] = {
    {"workload", required_argument, NULL, OPTION_WORKLOAD},
    {"runs", required_argument, NULL, OPTION_RUNS},
    {"pin", required_argument, NULL, OPTION_PIN},
    {"unix", no_argument, NULL, OPTION_UNIX},
    {"no-pipelining", no_argument, NULL, OPTION_NO_PIPELINING},
    {"url", required_argument, NULL, OPTION_URL},
    {"window", required_argument, NULL, OPTION_WINDOW},
    {"recv-buffer", required_argument, NULL, OPTION_RECV_BUFFER},
    {"sessions", required_argument, NULL, OPTION_SESSIONS},
    {"crowd", required_argument, NULL, OPTION_CROWD},
    {"server", required_argument, NULL, OPTION_SERVER},
    {"json", no_argument, NULL, OPTION_JSON},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static const bench_workload kSmall = {20000, UINT64_C(4) << 10};
static const bench_workload kBulk = {200, UINT64_C(5) << 20};

static const char *const kPins[] = {"same", "apart", "none"};

const char *bench_pin_name(bench_pin pin) {
  static const char *const kWords[] = {"on one CPU", "on a CPU each", "on any CPU"};
  return kWords[pin];
}

static int wrong(const char *name, const char *value) {
  fprintf(stderr, "bench: --%s %s: not understood (see --help)\n", name, value);
  return 0;
}

static int add_workload(bench_options *out, const bench_workload *workload) {
  if (out->num_workloads >= BENCH_WORKLOADS_MAX) return 0;
  out->workloads[out->num_workloads++] = *workload;
  return 1;
}

static int add_named(bench_options *out, const char *name) {
  const int all = strcmp(name, "all") == 0;
  int known = all;
  if (all || strcmp(name, "b") == 0) known = add_workload(out, &kBulk);
  if (all || strcmp(name, "a") == 0) known = add_workload(out, &kSmall);
  if (all || strcmp(name, "tls") == 0) {
    out->tls_workload = kBulk;
    known = out->tls = 1;
  }
  if (strncmp(name, "tls:", 4) == 0) {
    return out->tls = bench_workload_parse(&out->tls_workload, name + 4);
  }
  if (all || strcmp(name, "memory") == 0) known = out->memory = 1;
  if (all || strcmp(name, "sessions") == 0) known = out->sessions = 1;
  if (all || strcmp(name, "crowd") == 0) known = out->crowd = 1;
  bench_workload workload;
  return known || (bench_workload_parse(&workload, name) && add_workload(out, &workload));
}

static int has_any(const bench_options *options) {
  return options->num_workloads > 0 || options->memory || options->sessions || options->crowd ||
         options->tls;
}

static int add_list(bench_options *out, const char *list) {
  while (*list != '\0') {
    const size_t len = strcspn(list, ",");
    char name[BENCH_NAME_MAX];
    if (len == 0 || len >= sizeof(name)) return 0;
    memcpy(name, list, len);
    name[len] = '\0';
    if (!add_named(out, name)) return 0;
    list += len;
    if (*list == ',') list++;
  }
  return has_any(out);
}

static int read_number(uint32_t *out, const char *value, uint32_t least) {
  uint64_t wide;
  if (!bench_size_parse(&wide, value) || wide < least || wide > INT32_MAX) return 0;
  *out = (uint32_t)wide;
  return 1;
}

static int read_pin(bench_pin *out, const char *value) {
  for (size_t i = 0; i < sizeof(kPins) / sizeof(kPins[0]); i++) {
    if (strcmp(value, kPins[i]) != 0) continue;
    *out = (bench_pin)i;
    return 1;
  }
  return 0;
}

// Returns 0 if the value makes no sense.
static int apply(bench_options *out, int id, const char *value) {
  switch (id) {
    case OPTION_WORKLOAD:
      return add_list(out, value);
    case OPTION_RUNS:
      return read_number(&out->runs, value, 1) && out->runs <= BENCH_RUNS_MAX;
    case OPTION_PIN:
      return read_pin(&out->pin, value);
    case OPTION_UNIX:
      return out->use_unix = 1;
    case OPTION_NO_PIPELINING:
      return out->no_pipelining = 1;
    case OPTION_URL:
      out->url = value;
      return 1;
    case OPTION_WINDOW:
      return read_number(&out->window, value, 0);
    case OPTION_RECV_BUFFER:
      return read_number(&out->recv_buffer, value, 1);
    case OPTION_SESSIONS:
      return read_number(&out->num_sessions, value, 1);
    case OPTION_CROWD:
      return read_number(&out->num_crowd, value, 1);
    case OPTION_SERVER:
      out->server = value;
      return 1;
    default:
      return out->json = 1;
  }
}

static void fill_defaults(bench_options *out) {
  if (has_any(out)) return;
  if (out->url != NULL) {
    (void)add_workload(out, &kSmall);  // what is there is fetched, whatever this says
  } else {
    (void)add_named(out, "all");
  }
}

bench_options_result bench_options_parse(bench_options *out, int argc, char **argv) {
  memset(out, 0, sizeof(*out));
  out->num_sessions = 2000;
  out->num_crowd = 1000;
  out->window = 512;
  int id;
  int index = 0;
  while ((id = getopt_long(argc, argv, "", kOptions, &index)) != -1) {
    if (id == '?') return BENCH_OPTIONS_WRONG;
    if (id == OPTION_HELP) {
      fputs(kHelp, stdout);
      return BENCH_OPTIONS_DONE;
    }
    if (!apply(out, id, optarg)) {
      wrong(kOptions[index].name, optarg);
      return BENCH_OPTIONS_WRONG;
    }
  }
  if (optind < argc) {
    fprintf(stderr, "bench: %s: options only (see --help)\n", argv[optind]);
    return BENCH_OPTIONS_WRONG;
  }
  if (out->url != NULL && (out->crowd || out->tls || out->use_unix)) {
    fprintf(stderr, "bench: with --url there is neither --unix nor workload crowd or tls\n");
    return BENCH_OPTIONS_WRONG;
  }
  fill_defaults(out);
  return BENCH_OPTIONS_RUN;
}
