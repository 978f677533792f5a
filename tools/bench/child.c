#define _GNU_SOURCE 1  // MAP_ANONYMOUS
#include "tools/bench/child.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/bench/cpu.h"

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

static double wall_now(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_now(struct rusage *usage) {
  (void)getrusage(RUSAGE_SELF, usage);
  return seconds(usage->ru_utime) + seconds(usage->ru_stime);
}

static int measure(bench_task task, const void *arg, bench_sample *out) {
  struct rusage usage;
  const double cpu_s = cpu_now(&usage);
  const double wall_s = wall_now();
  const int good = task(arg, out);
  out->wall_s = wall_now() - wall_s;
  out->cpu_s = cpu_now(&usage) - cpu_s;
  out->rss_kib = (uint64_t)usage.ru_maxrss;
  return good;
}

int bench_child_run(bench_pin pin, bench_task task, const void *arg, bench_sample *out) {
  bench_sample *shared =
      mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) {
    fprintf(stderr, "bench: mmap: %s\n", strerror(errno));
    return 0;
  }
  (void)fflush(NULL);
  const pid_t pid = fork();
  if (pid == 0) {
    bench_cpu_pin(pin, BENCH_CLIENT);
    _exit(measure(task, arg, shared) ? 0 : 1);
  }
  int status = 1;
  if (pid < 0 || waitpid(pid, &status, 0) != pid) {
    fprintf(stderr, "bench: a child process: %s\n", strerror(errno));
    status = 1;
  } else if (WIFSIGNALED(status)) {
    fprintf(stderr, "bench: a client ended by signal %d\n", WTERMSIG(status));
  }
  *out = *shared;
  (void)munmap(shared, sizeof(*shared));
  return status == 0;
}
