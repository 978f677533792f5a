#include "tools/bench/session_bench.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/bench/client.h"
#include "tools/bench/raw.h"
#include "tools/bench/server.h"

static const bench_workload kMailbox = {100, 4096};

static const char kRest[] = "STAT\r\nQUIT\r\n";

// Everything in one write, then read until the server hangs up.
static int run_raw_session(const pop3_url *url) {
  char lines[(size_t)2 * BENCH_RAW_LINE + sizeof(kRest)];
  char line[BENCH_RAW_LINE];
  size_t len = bench_raw_login(lines, sizeof(lines) - sizeof(kRest), url);
  const int fd = len > 0 ? bench_raw_connect(url) : -1;
  if (fd < 0) return 0;
  memcpy(lines + len, kRest, sizeof(kRest));
  len += sizeof(kRest) - 1;
  size_t total = 0;
  // A greeting comes as one piece, or the command that follows waits in the server's socket.
  size_t got = bench_raw_recv(fd, (uint8_t *)line, sizeof(line));
  if (got > 0 && bench_raw_send(fd, lines, len)) {
    while ((got = bench_raw_recv(fd, (uint8_t *)line, sizeof(line))) > 0) total += got;
  }
  close(fd);
  return total > 0;
}

static int run_raw(const void *arg, bench_sample *out) {
  const bench_client *task = arg;
  for (uint32_t i = 0; i < task->options->num_sessions; i++) {
    if (!run_raw_session(task->url)) return 0;
    out->messages++;
  }
  return 1;
}

static int run_session(pop3_session *session) {
  uint32_t count = 0;
  pop3_error error = POP3_ERROR_INIT;
  if (pop3_login(session, &error) == POP3_OK &&
      pop3_stat(session, &count, NULL, &error) == POP3_OK &&
      pop3_quit(session, NULL, &error) == POP3_OK) {
    return 1;
  }
  return bench_client_fail("a session", &error);
}

static int run_client(const void *arg, bench_sample *out) {
  const bench_client *task = arg;
  pop3_registry *registry = NULL;
  pop3_session_options options;
  pop3_limits limits;
  int good = bench_client_open(&registry, &options, &limits, task->options);
  for (uint32_t i = 0; i < task->options->num_sessions && good; i++) {
    pop3_session *session = NULL;
    pop3_error error = POP3_ERROR_INIT;
    if (pop3_session_new_url(&session, registry, task->url, &options, &error) != POP3_OK) {
      good = bench_client_fail("a session", &error);
    }
    good = good && run_session(session);
    pop3_session_free(session);
    out->messages++;
  }
  pop3_registry_free(registry);
  return good;
}

static int compare(bench_report *report, const bench_server *server) {
  const bench_options *options = report->options;
  const bench_client task = {&server->url, options, NULL};
  bench_section section;
  memset(&section, 0, sizeof(section));
  const bench_entrant entrants[] = {
      {"one write", run_raw, &task, 0, options->num_sessions},
      {"libpop3", run_client, &task, 0, options->num_sessions},
  };
  memcpy(section.entrants, entrants, sizeof(entrants));
  section.num = 2;
  section.kind = "sessions";
  section.per = "sess/s";
  snprintf(section.name, sizeof(section.name), "%u", (unsigned)options->num_sessions);
  snprintf(section.title, sizeof(section.title), "sessions of login, STAT and QUIT, one by one");
  section.rounds = bench_contest_run(options->pin, entrants, 2, options->runs, section.standings);
  if (section.rounds == 0) return 0;
  const bench_standing *ours = &section.standings[1];
  snprintf(section.line, sizeof(section.line), "%.1f x the time of a single write (CPU %.1f x)",
           ours->wall_ratio, ours->cpu_ratio);
  bench_report_add(report, &section);
  return 1;
}

int bench_sessions(bench_report *report) {
  bench_server server;
  const int good =
      bench_server_start(&server, report->options, &kMailbox) && compare(report, &server);
  bench_server_stop(&server);
  return good;
}
