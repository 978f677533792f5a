#define _GNU_SOURCE 1
#include "tools/mailboxd/blob.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct blob *blob_new(size_t cap) {
  if (cap > SIZE_MAX - sizeof(struct blob)) {
    return NULL;
  }
  struct blob *blob = malloc(sizeof(*blob) + cap);
  if (blob == NULL) {
    return NULL;
  }
  *blob = (struct blob){.refs = 1, .cap = cap, .data = (uint8_t *)(blob + 1)};
  return blob;
}

struct blob *blob_map(int fd, uint64_t offset, size_t len) {
  uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
  uint64_t start = offset - offset % page;
  size_t skip = (size_t)(offset - start);
  if (len == 0 || len > SIZE_MAX - skip || offset > INT64_MAX) {
    return NULL;
  }
  struct blob *blob = malloc(sizeof(*blob));
  if (blob == NULL) {
    return NULL;
  }
  void *map = mmap(NULL, len + skip, PROT_READ, MAP_SHARED, fd, (off_t)start);
  if (map == MAP_FAILED) {
    free(blob);
    return NULL;
  }
  (void)madvise(map, len + skip, MADV_SEQUENTIAL);
  *blob = (struct blob){.refs = 1,
                        .len = len,
                        .cap = len,
                        .data = (uint8_t *)map + skip,
                        .map = map,
                        .map_len = len + skip};
  return blob;
}

struct blob *blob_ref(struct blob *blob) {
  if (blob != NULL) {
    blob->refs++;
  }
  return blob;
}

void blob_unref(struct blob *blob) {
  if (blob == NULL || --blob->refs > 0) {
    return;
  }
  if (blob->map != NULL) {
    (void)munmap(blob->map, blob->map_len);
  }
  free(blob);
}
