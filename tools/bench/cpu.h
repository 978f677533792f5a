// On which CPU a process runs.
#ifndef POP3_TOOLS_BENCH_CPU_H_
#define POP3_TOOLS_BENCH_CPU_H_

#include "tools/bench/options.h"

// bench_side is one of the two ends of a connection.
typedef enum bench_side { BENCH_CLIENT = 0, BENCH_SERVER } bench_side;

// bench_cpu_pin puts the calling process where |pin| wants |side|. Does nothing if it cannot: with
// one CPU there is no choice.
void bench_cpu_pin(bench_pin pin, bench_side side);

// bench_cpu_count says how many CPUs this process may use.
int bench_cpu_count(void);

#endif  // POP3_TOOLS_BENCH_CPU_H_
