#define _POSIX_C_SOURCE 200809L
#include "tools/cli/clock.h"

#include <time.h>

int64_t cli_clock_ms(void *arg) {
  (void)arg;
  struct timespec now = {0, 0};
  (void)clock_gettime(CLOCK_MONOTONIC, &now);  // cannot fail with this clock on Linux
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
