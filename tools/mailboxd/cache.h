// Messages in wire form, made once and shared by all clients, up to a number of octets.
#ifndef TOOLS_MAILBOXD_CACHE_H_
#define TOOLS_MAILBOXD_CACHE_H_

#include <stdint.h>

#include "tools/mailboxd/blob.h"

#ifdef __cplusplus
extern "C" {
#endif

// cache_key says which stored octets a blob was made of. Fill all of it: it is compared as a whole.
struct cache_key {
  uint64_t device, inode;
  int64_t modified_ns;
  uint64_t offset, len;
};

// cache holds blobs; the least recently used are dropped first.
struct cache;

// cache_new returns a cache for at most |max_octets|, or NULL.
struct cache *cache_new(uint64_t max_octets);

// cache_free drops all. Blobs that are still referred to stay alive. NULL does nothing.
void cache_free(struct cache *cache);

// cache_takes says whether a blob of |octets| is worth keeping: an eighth of the cache at most.
int cache_takes(const struct cache *cache, uint64_t octets);

// cache_get returns the blob of |key| with a reference for the caller, or NULL.
struct blob *cache_get(struct cache *cache, const struct cache_key *key);

// cache_put keeps |blob| (a reference is taken) if there is memory for it.
void cache_put(struct cache *cache, const struct cache_key *key, struct blob *blob);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_CACHE_H_
