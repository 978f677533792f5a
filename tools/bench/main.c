// bench: libpop3 against a client that does nothing but recv().
#include <stdio.h>

#include "tools/bench/crowd_bench.h"
#include "tools/bench/fetch_bench.h"
#include "tools/bench/memory_bench.h"
#include "tools/bench/session_bench.h"
#include "tools/bench/tls_bench.h"

static int run(bench_report *report, const bench_options *options) {
  bench_report_begin(report, options);
  int good = 1;
  for (size_t i = 0; i < options->num_workloads && good; i++) {
    good = bench_fetch(report, &options->workloads[i]);
  }
  if (good && options->tls) good = bench_tls(report, &options->tls_workload);
  if (good && options->memory) good = bench_memory(report);
  if (good && options->sessions) good = bench_sessions(report);
  if (good && options->crowd) good = bench_crowd(report);
  if (good) bench_report_end(report);
  return good;
}

int main(int argc, char **argv) {
  static bench_options options;
  static bench_report report;
  switch (bench_options_parse(&options, argc, argv)) {
    case BENCH_OPTIONS_RUN:
      return run(&report, &options) && fflush(stdout) == 0 ? 0 : 1;
    case BENCH_OPTIONS_DONE:
      return 0;
    case BENCH_OPTIONS_WRONG:
    default:
      return 2;
  }
}
