#include "tools/mailboxd/faults.h"

uint64_t faults_write_limit(const struct faults *faults, uint64_t sent) {
  uint64_t limit = faults->chunk > 0 ? faults->chunk : UINT64_MAX;
  if (faults->drops) {
    uint64_t left = faults->drop_after > sent ? faults->drop_after - sent : 0;
    limit = left < limit ? left : limit;
  }
  return limit;
}

bool faults_drop_now(const struct faults *faults, uint64_t sent) {
  return faults->drops && sent >= faults->drop_after;
}

bool faults_loses_input(const struct faults *faults) { return faults->lie_pipelining; }
