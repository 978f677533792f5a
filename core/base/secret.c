#include <string.h>

#include "core/base/memory.h"

void pop3_wipe(void *ptr, size_t len) {
  if (len == 0) {
    return;
  }
#if defined(__GNUC__)
  memset(ptr, 0, len);
  // The empty statement might read the memory, as far as the compiler knows: the stores must stay.
  __asm__ __volatile__("" : : "r"(ptr) : "memory");
#else
  volatile unsigned char *octets = ptr;
  while (len > 0) {
    octets[--len] = 0;
  }
#endif
}

void pop3_secret_init(pop3_secret *secret, const pop3_allocator *allocator) {
  secret->data = NULL;
  secret->len = 0;
  secret->reserved = 0;
  p3_allocator_resolve(&secret->allocator, allocator);
}

// The new contents always get a block of their own: nothing is left behind by a resize, and |data|
// may point into the old contents.
int pop3_secret_set(pop3_secret *secret, const void *data, size_t len) {
  uint8_t *copy = len == SIZE_MAX ? NULL : p3_mem_alloc(&secret->allocator, len + 1);
  if (copy != NULL) {
    if (len > 0) {
      memcpy(copy, data, len);
    }
    copy[len] = 0;
  }
  pop3_secret_cleanup(secret);
  if (copy == NULL) {
    return 0;
  }
  secret->data = copy;
  secret->len = len;
  secret->reserved = len + 1;
  return 1;
}

void pop3_secret_cleanup(pop3_secret *secret) {
  if (secret->data != NULL) {
    pop3_wipe(secret->data, secret->reserved);
    p3_mem_free(&secret->allocator, secret->data);
  }
  secret->data = NULL;
  secret->len = 0;
  secret->reserved = 0;
}
