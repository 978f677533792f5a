#include "tools/bench/stats.h"

#include <stdlib.h>

void bench_series_add(bench_series *series, double value) {
  if (series->count < BENCH_RUNS_MAX) series->at[series->count++] = value;
}

static int compare(const void *a, const void *b) {
  const double x = *(const double *)a;
  const double y = *(const double *)b;
  return (x > y) - (x < y);
}

static void sort(bench_series *series) {
  qsort(series->at, series->count, sizeof(series->at[0]), compare);
}

double bench_series_median(bench_series *series) {
  const size_t n = series->count;
  if (n == 0) return 0;
  sort(series);
  return (series->at[(n - 1) / 2] + series->at[n / 2]) / 2;
}

double bench_series_least(bench_series *series) {
  sort(series);
  return series->count > 0 ? series->at[0] : 0;
}

double bench_series_most(bench_series *series) {
  sort(series);
  return series->count > 0 ? series->at[series->count - 1] : 0;
}
