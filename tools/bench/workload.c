#include "tools/bench/workload.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

// From this size on a message costs more than its command.
#define BULK_FROM (UINT64_C(64) << 10)

static const struct {
  char letter;
  unsigned shift;
} units[] = {{'G', 30}, {'M', 20}, {'K', 10}};

#define NUM_UNITS (sizeof(units) / sizeof(units[0]))

static int read_number(uint64_t *out, const char **at) {
  if (**at < '0' || **at > '9') return 0;
  char *end;
  errno = 0;
  const unsigned long long value = strtoull(*at, &end, 10);
  *at = end;
  *out = value;
  return errno == 0;
}

int bench_size_parse(uint64_t *out, const char *text) {
  if (!read_number(out, &text)) return 0;
  for (size_t i = 0; i < NUM_UNITS; i++) {
    if (*text != units[i].letter) continue;
    if (*out > UINT64_MAX >> units[i].shift) return 0;
    *out <<= units[i].shift;
    text++;
    break;
  }
  return *text == '\0';
}

int bench_workload_parse(bench_workload *out, const char *text) {
  uint64_t count;
  if (!read_number(&count, &text) || count == 0 || count > INT32_MAX || *text != 'x') return 0;
  out->count = (uint32_t)count;
  return bench_size_parse(&out->size, text + 1);
}

void bench_workload_name(char out[BENCH_NAME_MAX], const bench_workload *workload) {
  uint64_t size = workload->size;
  char unit[2] = "";
  for (size_t i = 0; i < NUM_UNITS; i++) {
    if (size == 0 || size % (UINT64_C(1) << units[i].shift) != 0) continue;
    size >>= units[i].shift;
    unit[0] = units[i].letter;
    break;
  }
  snprintf(out, BENCH_NAME_MAX, "%" PRIu32 "x%" PRIu64 "%s", workload->count, size, unit);
}

int bench_workload_is_bulk(const bench_workload *workload) { return workload->size >= BULK_FROM; }
