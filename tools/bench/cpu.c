#define _GNU_SOURCE 1  // sched_setaffinity
#include "tools/bench/cpu.h"

#include <sched.h>

// The last CPU is ours, and the first the other one: interrupts like the first.
void bench_cpu_pin(bench_pin pin, bench_side side) {
  cpu_set_t allowed;
  if (pin == BENCH_PIN_NONE || sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return;
  size_t first = CPU_SETSIZE;
  size_t last = 0;
  for (size_t i = 0; i < CPU_SETSIZE; i++) {
    if (!CPU_ISSET(i, &allowed)) continue;
    if (first == CPU_SETSIZE) first = i;
    last = i;
  }
  if (first == CPU_SETSIZE) return;
  cpu_set_t wanted;
  CPU_ZERO(&wanted);
  CPU_SET(pin == BENCH_PIN_APART && side == BENCH_SERVER ? first : last, &wanted);
  (void)sched_setaffinity(0, sizeof(wanted), &wanted);
}

int bench_cpu_count(void) {
  cpu_set_t allowed;
  return sched_getaffinity(0, sizeof(allowed), &allowed) == 0 ? CPU_COUNT(&allowed) : 1;
}
