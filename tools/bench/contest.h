// Several ways to do the same, in turn and repeatedly, each compared with the first one of its
// round: what disturbs the machine for longer than a round disturbs all of them.
#ifndef POP3_TOOLS_BENCH_CONTEST_H_
#define POP3_TOOLS_BENCH_CONTEST_H_

#include "tools/bench/child.h"

#ifdef __cplusplus
extern "C" {
#endif

// BENCH_ENTRANTS_MAX is how many ways there can be.
#define BENCH_ENTRANTS_MAX 4

// bench_entrant is one of them.
typedef struct bench_entrant {
  const char *name;
  bench_task task;
  const void *arg;
  uint64_t octets;    // that it must count in each run
  uint64_t messages;  // likewise
} bench_entrant;

// bench_standing is what became of one. Ratios are medians over the rounds.
typedef struct bench_standing {
  double wall_s;  // the median
  double wall_least_s;
  double wall_most_s;
  double cpu_s;
  double rss_kib;
  double wall_ratio;  // to the first of the same round
  double wall_ratio_least;
  double wall_ratio_most;
  double cpu_ratio;
} bench_standing;

// BENCH_ROUNDS_LEAST and BENCH_ROUNDS_MOST are how many rounds there are if nobody says how many:
// short runs are repeated more often.
#define BENCH_ROUNDS_LEAST 5
#define BENCH_ROUNDS_MOST 60

// bench_contest_run lets the |num| entrants run |rounds| times (0: as long as it takes to trust the
// medians) after a warm-up and fills as many standings. Returns the number of rounds, or 0 when
// what is wrong was said on standard error: a run failed or counted something else than it must.
uint32_t bench_contest_run(bench_pin pin, const bench_entrant *entrants, size_t num,
                           uint32_t rounds, bench_standing *out);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_BENCH_CONTEST_H_
