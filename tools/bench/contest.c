#include "tools/bench/contest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/bench/stats.h"

// Medians of so much time are worth something.
#define ENOUGH_S 3.0

// The measurements of one entrant.
struct score {
  bench_series wall_s;
  bench_series cpu_s;
  bench_series rss_kib;
  bench_series wall_ratio;
  bench_series cpu_ratio;
};

static int run_one(bench_pin pin, const bench_entrant *entrant, bench_sample *out) {
  if (!bench_child_run(pin, entrant->task, entrant->arg, out)) {
    fprintf(stderr, "bench: %s failed\n", entrant->name);
    return 0;
  }
  if (out->octets == entrant->octets && out->messages == entrant->messages) return 1;
  fprintf(stderr,
          "bench: %s counted %" PRIu64 " octets in %" PRIu64 " messages, not %" PRIu64
          " in %" PRIu64 "\n",
          entrant->name, out->octets, out->messages, entrant->octets, entrant->messages);
  return 0;
}

static double ratio(double value, double base) { return base > 0 ? value / base : 0; }

static void add(struct score *score, const bench_sample *sample, const bench_sample *first) {
  bench_series_add(&score->wall_s, sample->wall_s);
  bench_series_add(&score->cpu_s, sample->cpu_s);
  bench_series_add(&score->rss_kib, (double)sample->rss_kib);
  bench_series_add(&score->wall_ratio, ratio(sample->wall_s, first->wall_s));
  bench_series_add(&score->cpu_ratio, ratio(sample->cpu_s, first->cpu_s));
}

static void sum_up(struct score *score, bench_standing *out) {
  out->wall_s = bench_series_median(&score->wall_s);
  out->wall_least_s = bench_series_least(&score->wall_s);
  out->wall_most_s = bench_series_most(&score->wall_s);
  out->cpu_s = bench_series_median(&score->cpu_s);
  out->rss_kib = bench_series_median(&score->rss_kib);
  out->wall_ratio = bench_series_median(&score->wall_ratio);
  out->wall_ratio_least = bench_series_least(&score->wall_ratio);
  out->wall_ratio_most = bench_series_most(&score->wall_ratio);
  out->cpu_ratio = bench_series_median(&score->cpu_ratio);
}

// Whether the rounds so far are enough.
static int is_enough(uint32_t wanted, uint32_t done, double wall_s) {
  if (wanted > 0) return done >= wanted;
  return done >= BENCH_ROUNDS_MOST || (done >= BENCH_ROUNDS_LEAST && wall_s >= ENOUGH_S);
}

uint32_t bench_contest_run(bench_pin pin, const bench_entrant *entrants, size_t num,
                           uint32_t rounds, bench_standing *out) {
  static struct score scores[BENCH_ENTRANTS_MAX];
  if (num > BENCH_ENTRANTS_MAX) return 0;
  memset(scores, 0, sizeof(scores));
  double wall_s = 0;
  // Round 0 is the warm-up.
  uint32_t round = 0;
  while (round == 0 || !is_enough(rounds, round - 1, wall_s)) {
    bench_sample samples[BENCH_ENTRANTS_MAX];
    for (size_t i = 0; i < num; i++) {
      if (!run_one(pin, &entrants[i], &samples[i])) return 0;
      if (round == 0) continue;
      add(&scores[i], &samples[i], &samples[0]);
      wall_s += samples[i].wall_s;
    }
    round++;
  }
  for (size_t i = 0; i < num; i++) sum_up(&scores[i], &out[i]);
  return round - 1;
}
