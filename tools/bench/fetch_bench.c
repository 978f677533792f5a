#include "tools/bench/fetch_bench.h"

#include <stdio.h>
#include <string.h>

#include "tools/bench/census.h"
#include "tools/bench/client.h"
#include "tools/bench/floor.h"
#include "tools/bench/server.h"

static const char *floor_name(const bench_options *options) {
  return options->no_pipelining ? "lockstep" : "recv loop";
}

// The line of the section "ratios": what README says, too.
static void describe(bench_section *section, const bench_options *options, int is_bulk) {
  const bench_standing *ours = &section->standings[1];
  const char *base = floor_name(options);
  section->kind = is_bulk ? "bulk" : "small";
  if (is_bulk) {
    snprintf(section->line, sizeof(section->line), "%.2f of the %s (CPU %.1f x)",
             ours->wall_ratio > 0 ? 1 / ours->wall_ratio : 0, base, ours->cpu_ratio);
  } else {
    snprintf(section->line, sizeof(section->line), "%.1f x the time of the %s (CPU %.1f x)",
             ours->wall_ratio, base, ours->cpu_ratio);
  }
}

static int compare(bench_report *report, const bench_server *server, const bench_census *census,
                   const bench_workload *workload) {
  const bench_options *options = report->options;
  const bench_floor floor_task = {&server->url, census, options->no_pipelining};
  const bench_client client_task = {&server->url, options, NULL};
  bench_section section;
  memset(&section, 0, sizeof(section));
  const bench_entrant entrants[] = {
      {floor_name(options), bench_floor_run, &floor_task, census->wire_octets, census->count},
      {"libpop3", bench_client_run, &client_task, census->body_octets, census->count},
  };
  memcpy(section.entrants, entrants, sizeof(entrants));
  section.num = 2;
  section.per = "msg/s";
  if (options->url == NULL) {
    bench_workload_name(section.name, workload);
  } else {
    snprintf(section.name, sizeof(section.name), "%u messages", (unsigned)census->count);
  }
  snprintf(section.title, sizeof(section.title), "%llu octets, %llu on the wire, over %s",
           (unsigned long long)census->body_octets, (unsigned long long)census->wire_octets,
           server->url.scheme == POP3_URL_UNIX ? "a Unix socket" : "TCP");
  section.rounds = bench_contest_run(options->pin, entrants, 2, options->runs, section.standings);
  if (section.rounds == 0) return 0;
  const bench_workload real = {census->count, census->body_octets / census->count};
  describe(&section, options, bench_workload_is_bulk(&real));
  bench_report_add(report, &section);
  return 1;
}

int bench_fetch(bench_report *report, const bench_workload *workload) {
  bench_server server;
  bench_census *census = NULL;
  int good = bench_server_start(&server, report->options, workload);
  if (good) census = bench_census_take(&server.url);
  good = census != NULL && compare(report, &server, census, workload);
  bench_census_free(census);
  bench_server_stop(&server);
  return good;
}
