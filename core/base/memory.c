#include "core/base/memory.h"

#include <stdlib.h>
#include <string.h>

static void *libc_alloc(void *ctx, size_t size) {
  (void)ctx;
  return malloc(size);
}

static void *libc_resize(void *ctx, void *ptr, size_t size) {
  (void)ctx;
  return realloc(ptr, size);
}

static void libc_release(void *ctx, void *ptr) {
  (void)ctx;
  free(ptr);
}

// product multiplies; 0 becomes 1, so that a result of 0 stands for overflow.
static size_t product(size_t count, size_t size) {
  if (count == 0 || size == 0) {
    return 1;
  }
  return count > SIZE_MAX / size ? 0 : count * size;
}

void p3_allocator_resolve(pop3_allocator *out, const pop3_allocator *in) {
  if (in != NULL && in->alloc != NULL && in->resize != NULL && in->release != NULL) {
    *out = *in;
    return;
  }
  out->alloc = libc_alloc;
  out->resize = libc_resize;
  out->release = libc_release;
  out->ctx = NULL;
}

void *p3_mem_alloc(const pop3_allocator *allocator, size_t size) {
  return allocator->alloc(allocator->ctx, size == 0 ? 1 : size);
}

void *p3_mem_zalloc(const pop3_allocator *allocator, size_t count, size_t size) {
  size_t total = product(count, size);
  if (total == 0) {
    return NULL;
  }
  void *ptr = allocator->alloc(allocator->ctx, total);
  if (ptr != NULL) {
    memset(ptr, 0, total);
  }
  return ptr;
}

void *p3_mem_grow(const pop3_allocator *allocator, void *ptr, size_t count, size_t size) {
  size_t total = product(count, size);
  return total == 0 ? NULL : allocator->resize(allocator->ctx, ptr, total);
}

char *p3_mem_strdup(const pop3_allocator *allocator, const char *text, size_t len) {
  if (len == SIZE_MAX) {
    return NULL;
  }
  char *copy = allocator->alloc(allocator->ctx, len + 1);
  if (copy == NULL) {
    return NULL;
  }
  if (len > 0) {
    memcpy(copy, text, len);
  }
  copy[len] = '\0';
  return copy;
}

void p3_mem_free(const pop3_allocator *allocator, void *ptr) {
  if (ptr != NULL) {
    allocator->release(allocator->ctx, ptr);
  }
}
