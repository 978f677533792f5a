#include "tools/mailboxd/cache.h"

#include <stdlib.h>
#include <string.h>

#include "tools/mailboxd/hash.h"

#define NUM_BUCKETS 4096u

struct entry {
  struct entry *next_in_bucket;
  struct entry *newer, *older;  // a ring through `struct cache`
  struct cache_key key;
  struct blob *blob;
};

struct cache {
  uint64_t max_octets, octets;
  struct entry ring;  // ring.newer is the oldest, ring.older the newest
  struct entry *buckets[NUM_BUCKETS];
};

struct cache *cache_new(uint64_t max_octets) {
  struct cache *cache = calloc(1, sizeof(*cache));
  if (cache != NULL) {
    cache->max_octets = max_octets;
    cache->ring.newer = &cache->ring;
    cache->ring.older = &cache->ring;
  }
  return cache;
}

static struct entry **bucket_of(struct cache *cache, const struct cache_key *key) {
  return &cache->buckets[hash_add(HASH_START, key, sizeof(*key)) % NUM_BUCKETS];
}

static void unlink_from_ring(struct entry *entry) {
  entry->newer->older = entry->older;
  entry->older->newer = entry->newer;
}

static void link_as_newest(struct cache *cache, struct entry *entry) {
  entry->newer = &cache->ring;
  entry->older = cache->ring.older;
  entry->older->newer = entry;
  cache->ring.older = entry;
}

static void drop_oldest(struct cache *cache) {
  struct entry *entry = cache->ring.newer;
  struct entry **at = bucket_of(cache, &entry->key);
  while (*at != entry) {
    at = &(*at)->next_in_bucket;
  }
  *at = entry->next_in_bucket;
  cache->ring.newer = entry->newer;
  entry->newer->older = &cache->ring;
  cache->octets -= entry->blob->cap;
  blob_unref(entry->blob);
  free(entry);
}

void cache_free(struct cache *cache) {
  if (cache == NULL) {
    return;
  }
  while (cache->ring.newer != &cache->ring) {
    drop_oldest(cache);
  }
  free(cache);
}

int cache_takes(const struct cache *cache, uint64_t octets) {
  return octets <= cache->max_octets / 8;
}

struct blob *cache_get(struct cache *cache, const struct cache_key *key) {
  for (struct entry *entry = *bucket_of(cache, key); entry != NULL; entry = entry->next_in_bucket) {
    if (memcmp(&entry->key, key, sizeof(*key)) == 0) {
      unlink_from_ring(entry);
      link_as_newest(cache, entry);
      return blob_ref(entry->blob);
    }
  }
  return NULL;
}

void cache_put(struct cache *cache, const struct cache_key *key, struct blob *blob) {
  if (!cache_takes(cache, blob->cap)) {
    return;
  }
  struct entry *entry = malloc(sizeof(*entry));
  if (entry == NULL) {
    return;
  }
  while (cache->octets + blob->cap > cache->max_octets) {
    drop_oldest(cache);
  }
  struct entry **bucket = bucket_of(cache, key);
  *entry = (struct entry){.next_in_bucket = *bucket, .key = *key, .blob = blob_ref(blob)};
  *bucket = entry;
  link_as_newest(cache, entry);
  cache->octets += blob->cap;
}
