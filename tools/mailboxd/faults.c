#include "tools/mailboxd/faults.h"

#include <stddef.h>
#include <string.h>

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

bool *faults_find(struct faults *faults, const char *name) {
  const struct {
    const char *name;
    bool *fault;
  } all[] = {
      {"stls-inject", &faults->stls_inject},         {"stls-refuse", &faults->stls_refuse},
      {"stls-strip", &faults->stls_strip},           {"stls-odd", &faults->stls_odd},
      {"capa-tamper", &faults->capa_tamper},         {"tls-truncate", &faults->tls_truncate},
      {"no-close-notify", &faults->no_close_notify},
  };
  for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
    if (strcmp(all[i].name, name) == 0) {
      return all[i].fault;
    }
  }
  return NULL;
}
