// The allocator through which libpop3 gets all its memory.
#ifndef POP3_ALLOCATOR_H_
#define POP3_ALLOCATOR_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_allocator is a set of functions that libpop3 calls instead of malloc. All three must be set,
// or all NULL for the C library's. They are called from the thread that uses the object, never from
// two threads at once for one object. The struct is copied; |ctx| must outlive the object. It never
// grows.
typedef struct pop3_allocator {
  // alloc returns |size| (> 0) octets aligned for any type, or NULL.
  void *(*alloc)(void *ctx, size_t size);
  // resize is realloc: |ptr| may be NULL, |size| is > 0; on failure |ptr| stays valid.
  void *(*resize)(void *ctx, void *ptr, size_t size);
  // release is free: |ptr| may be NULL.
  void (*release)(void *ctx, void *ptr);
  void *ctx;
} pop3_allocator;

// POP3_ALLOCATOR_DEFAULT stands for malloc, realloc and free.
#define POP3_ALLOCATOR_DEFAULT \
  { NULL, NULL, NULL, NULL }

// pop3_wipe overwrites |len| octets in a way that the compiler may not leave out. |ptr| may be NULL
// if |len| is 0.
void pop3_wipe(void *ptr, size_t len);

// pop3_secret holds a password, token or digest: the one type in which libpop3 keeps secrets. Its
// octets are overwritten whenever they are replaced or freed, also when they become more. The
// struct never grows.
typedef struct pop3_secret {
  uint8_t *data;  // NULL when empty; a NUL that is not counted follows the last octet
  size_t len;
  size_t reserved;
  pop3_allocator allocator;
} pop3_secret;

// pop3_secret_init makes |secret| empty. |allocator| may be NULL for the C library's; it is copied.
void pop3_secret_init(pop3_secret *secret, const pop3_allocator *allocator);

// pop3_secret_set replaces the contents by a copy of |data|, wiping the old ones. |data| may be
// NULL if |len| is 0 (the result is then set but empty: data is not NULL). Returns 1, or 0 when
// memory ran out (the old contents are wiped all the same).
int pop3_secret_set(pop3_secret *secret, const void *data, size_t len);

// pop3_secret_cleanup wipes and frees the contents; |secret| is then empty and may be used again.
void pop3_secret_cleanup(pop3_secret *secret);

#ifdef __cplusplus
}
#endif

#endif  // POP3_ALLOCATOR_H_
