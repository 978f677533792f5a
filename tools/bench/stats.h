// Medians.
#ifndef POP3_TOOLS_BENCH_STATS_H_
#define POP3_TOOLS_BENCH_STATS_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// BENCH_RUNS_MAX is how many runs a median can be taken of.
#define BENCH_RUNS_MAX 1000

// bench_series is a list of measurements.
typedef struct bench_series {
  double at[BENCH_RUNS_MAX];
  size_t count;
} bench_series;

// bench_series_add appends |value|; beyond BENCH_RUNS_MAX it is dropped.
void bench_series_add(bench_series *series, double value);

// bench_series_median returns the median, 0 of nothing. It sorts |series|.
double bench_series_median(bench_series *series);

// bench_series_least and bench_series_most return the ends, 0 of nothing. They sort |series|.
double bench_series_least(bench_series *series);
// bench_series_most: see bench_series_least.
double bench_series_most(bench_series *series);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_BENCH_STATS_H_
