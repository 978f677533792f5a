// One run of one client, in a process of its own so that its CPU and memory are its own.
#ifndef POP3_TOOLS_BENCH_CHILD_H_
#define POP3_TOOLS_BENCH_CHILD_H_

#include <stdint.h>

#include "tools/bench/options.h"

#ifdef __cplusplus
extern "C" {
#endif

// bench_sample is what one run took.
typedef struct bench_sample {
  double wall_s;
  double cpu_s;       // user and system
  uint64_t rss_kib;   // at its peak
  uint64_t octets;    // counted by the task
  uint64_t messages;  // likewise
} bench_sample;

// bench_task is what a run does: it counts octets and messages in |out|. Returns 1, or 0 when what
// is wrong was said on standard error.
typedef int (*bench_task)(const void *arg, bench_sample *out);

// bench_child_run runs |task| in a child process on the CPU that |pin| gives to clients, and
// measures it. Returns 1 if it succeeded.
int bench_child_run(bench_pin pin, bench_task task, const void *arg, bench_sample *out);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_BENCH_CHILD_H_
