#define _GNU_SOURCE 1
#include "tools/bench/crowd_bench.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "tools/bench/crowd.h"
#include "tools/bench/server.h"

static const bench_workload kMailbox = {100, 4096};

static void raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

// What one session more takes, and what it receives.
static int measure_one(bench_pin pin, bench_task task, const bench_crowd_task *arg,
                       bench_sample *out) {
  bench_crowd_task one = *arg;
  one.num_sessions = 1;
  return bench_child_run(pin, task, &one, out);
}

static int compare(bench_report *report, const bench_server *server) {
  const bench_options *options = report->options;
  const uint32_t num = options->num_crowd;
  const bench_crowd_task task = {&server->url, options, num};
  bench_section section;
  bench_sample one_raw;
  bench_sample one;
  if (!measure_one(options->pin, bench_crowd_raw, &task, &one_raw) ||
      !measure_one(options->pin, bench_crowd_client, &task, &one)) {
    return 0;
  }
  memset(&section, 0, sizeof(section));
  const bench_entrant entrants[] = {
      {"one write", bench_crowd_raw, &task, one_raw.octets * num, num},
      {"libpop3", bench_crowd_client, &task, one.octets * num, num},
  };
  memcpy(section.entrants, entrants, sizeof(entrants));
  section.num = 2;
  section.kind = "crowd";
  section.per = "sess/s";
  snprintf(section.name, sizeof(section.name), "%u", (unsigned)num);
  snprintf(section.title, sizeof(section.title),
           "sessions at a time of login, STAT, %d RETR and QUIT, in one thread",
           BENCH_CROWD_MESSAGES);
  section.rounds = bench_contest_run(options->pin, entrants, 2, options->runs, section.standings);
  if (section.rounds == 0) return 0;
  const bench_standing *ours = &section.standings[1];
  section.kib_each = num > 1 ? (ours->rss_kib - (double)one.rss_kib) / (num - 1) : 0;
  snprintf(section.line, sizeof(section.line),
           "%.1f x the time of a single write each (CPU %.1f x), %.1f KiB a session",
           ours->wall_ratio, ours->cpu_ratio, section.kib_each);
  bench_report_add(report, &section);
  return 1;
}

int bench_crowd(bench_report *report) {
  bench_server server;
  raise_descriptor_limit();
  const int good =
      bench_server_start(&server, report->options, &kMailbox) && compare(report, &server);
  bench_server_stop(&server);
  return good;
}
