#include "tools/bench/tls_bench.h"

#include <stdio.h>
#include <string.h>

#include "tools/bench/census.h"
#include "tools/bench/client.h"
#include "tools/bench/server.h"
#include "tools/bench/tls_floor.h"

static int compare(bench_report *report, const bench_server *server, const bench_census *census,
                   const bench_workload *workload) {
  const bench_options *options = report->options;
  const bench_tls_floor floor_task = {&server->tls_url, server->ca_file, census};
  const bench_client client_task = {&server->tls_url, options, server->ca_file};
  bench_section section;
  memset(&section, 0, sizeof(section));
  const bench_entrant entrants[] = {
      {"SSL_read", bench_tls_floor_run, &floor_task, census->wire_octets, census->count},
      {"libpop3", bench_client_run, &client_task, census->body_octets, census->count},
  };
  memcpy(section.entrants, entrants, sizeof(entrants));
  section.num = 2;
  section.per = "msg/s";
  section.kind = "tls";
  bench_workload_name(section.name, workload);
  snprintf(section.title, sizeof(section.title), "%llu octets, %llu inside TLS, over TCP",
           (unsigned long long)census->body_octets, (unsigned long long)census->wire_octets);
  section.rounds = bench_contest_run(options->pin, entrants, 2, options->runs, section.standings);
  if (section.rounds == 0) return 0;
  const bench_standing *ours = &section.standings[1];
  snprintf(section.line, sizeof(section.line), "%.2f of the SSL_read loop (CPU %.1f x)",
           ours->wall_ratio > 0 ? 1 / ours->wall_ratio : 0, ours->cpu_ratio);
  bench_report_add(report, &section);
  return 1;
}

int bench_tls(bench_report *report, const bench_workload *workload) {
  bench_server server;
  bench_census *census = NULL;
  int good = bench_server_start_tls(&server, report->options, workload);
  if (good) census = bench_census_take(&server.url);
  good = census != NULL && compare(report, &server, census, workload);
  bench_census_free(census);
  bench_server_stop(&server);
  return good;
}
