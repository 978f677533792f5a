// FNV-1a in 64 bits: names and contents become unique-ids with it. Not for anything secret.
#ifndef TOOLS_MAILBOXD_HASH_H_
#define TOOLS_MAILBOXD_HASH_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// HASH_START is where a hash begins.
#define HASH_START UINT64_C(0xcbf29ce484222325)

// hash_add continues |hash| with |len| octets.
static inline uint64_t hash_add(uint64_t hash, const void *data, size_t len) {
  const uint8_t *octets = data;
  for (size_t i = 0; i < len; i++) {
    hash = (hash ^ octets[i]) * UINT64_C(0x100000001b3);
  }
  return hash;
}

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_HASH_H_
