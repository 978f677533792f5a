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

int faults_drop_now(const struct faults *faults, uint64_t sent) {
  return faults->drops && sent >= faults->drop_after;
}

int faults_loses_input(const struct faults *faults) { return faults->lie_pipelining; }

// A server with hashed passwords has none of SCRAM's keys.
int faults_hides_mech(const struct faults *faults, const char *name) {
  return faults->hashed && strncmp(name, "SCRAM-", 6) == 0;
}

int faults_refuses_mech(const struct faults *faults, const char *name) {
  size_t len = strlen(name);
  int is_plus = len > 5 && strcmp(name + len - 5, "-PLUS") == 0;
  int is_digest = strcmp(name, "CRAM-MD5") == 0 || strcmp(name, "DIGEST-MD5") == 0;
  return (faults->plus_refuse && is_plus) || (faults->hashed && is_digest);
}

int *faults_find(struct faults *faults, const char *name) {
  const struct {
    const char *name;
    int *fault;
  } all[] = {
      {"stls-inject", &faults->stls_inject},
      {"stls-refuse", &faults->stls_refuse},
      {"stls-strip", &faults->stls_strip},
      {"stls-odd", &faults->stls_odd},
      {"capa-tamper", &faults->capa_tamper},
      {"tls-truncate", &faults->tls_truncate},
      {"no-close-notify", &faults->no_close_notify},
      {"plus-refuse", &faults->plus_refuse},
      {"hashed", &faults->hashed},
  };
  for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
    if (strcmp(all[i].name, name) == 0) {
      return all[i].fault;
    }
  }
  return NULL;
}
