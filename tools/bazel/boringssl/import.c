#define _GNU_SOURCE 1  // RTLD_DEEPBIND, RTLD_DEFAULT

#include "import.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif

#define PACKAGE "android-libboringssl"

typedef void *(*dlopen_function)(const char *, int);

// Why BoringSSL is absent: written once, before the first slot is filled. Empty if it is there.
static char why[512];

const char *boringssl_import_why(void) { return why[0] != '\0' ? why : NULL; }

#ifdef SANITIZED
// A sanitizer's dlopen refuses RTLD_DEEPBIND, because the library would then not see its malloc and
// its memcpy. That is a loss that one can do without: as long as no other libcrypto is in the
// global scope, there is nothing that BoringSSL's calls to itself could be bound to by mistake.
static int must_bind_deeply(void) { return dlsym(RTLD_DEFAULT, "EVP_MD_CTX_new") != NULL; }

// With another libcrypto there, only the flag helps. BoringSSL's memory is then not watched, but
// all else still is: the sanitizer is passed by, and libc itself is asked.
static dlopen_function deep_dlopen(void) {
  dlopen_function function = NULL;
  void *libc = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);
  void *symbol = libc != NULL ? dlsym(libc, "dlopen") : NULL;
  if (symbol != NULL) memcpy(&function, &symbol, sizeof(function));
  return function != NULL ? function : dlopen;
}
#else
static int must_bind_deeply(void) { return 1; }
static dlopen_function deep_dlopen(void) { return dlopen; }
#endif

static void *open_library(const char *path) {
  return must_bind_deeply() ? deep_dlopen()(path, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND)
                            : dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

int boringssl_import_open(boringssl_import_library *library) {
  library->handle = open_library(library->path);
  if (library->handle == NULL) {
    const char *words = dlerror();
    (void)snprintf(why, sizeof(why),
                   "BoringSSL cannot be loaded; it is in Debian's package " PACKAGE " (%s)",
                   words != NULL ? words : library->path);
    return 0;
  }
  for (const char *name = library->needed; *name != '\0'; name += strlen(name) + 1) {
    if (dlsym(library->handle, name) != NULL) continue;
    (void)snprintf(why, sizeof(why),
                   "this version of BoringSSL is another than the one that this program was built "
                   "with, from Debian's package " PACKAGE " (there is no %s in %s)",
                   name, library->path);
    return 0;
  }
  return 1;
}

// --- What is answered while BoringSSL is absent

// An error of no part of BoringSSL: ERR_PACK(0xff, 1).
static uint32_t absent_error(void) { return UINT32_C(0xff) << 24 | 1; }

static const char *absent_reason(uint32_t code) {
  (void)code;
  return why;
}

// Called in place of functions with other parameters and results: it looks at no argument, and what
// it returns is 0 and NULL alike in the registers of x86_64 and aarch64.
static void *absent_nothing(void) { return NULL; }

// A function's address as dlsym would give it.
static void *address_of(void (*function)(void)) {
  void *address = NULL;
  memcpy(&address, &function, sizeof(address));
  return address;
}

// Returns what stands for |name|, or NULL.
static void *stand_in(const char *name) {
  static const struct {
    const char *name;
    void (*function)(void);
  } all[] = {
      {"TLS_method", (void (*)(void))absent_nothing},
      {"SSL_CTX_new", (void (*)(void))absent_nothing},
      {"MD5_Init", (void (*)(void))absent_nothing},
      {"ERR_clear_error", (void (*)(void))absent_nothing},
      {"ERR_get_error", (void (*)(void))absent_error},
      {"ERR_peek_error", (void (*)(void))absent_error},
      {"ERR_peek_last_error", (void (*)(void))absent_error},
      {"ERR_reason_error_string", (void (*)(void))absent_reason},
  };
  for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
    if (strcmp(name, all[i].name) == 0) return address_of(all[i].function);
  }
  return NULL;
}

static _Noreturn void give_up(const char *name, const char *path) {
  if (why[0] != '\0') {
    fprintf(stderr, "boringssl: %s was called. %s\n", name, why);
  } else {
    fprintf(stderr,
            "boringssl: there is no %s in %s. This program needs the version of Debian's "
            "package " PACKAGE " that it was built with\n",
            name, path);
  }
  abort();
}

void *boringssl_import_find(const boringssl_import_library *library, void **slot,
                            const char *name) {
  void *address = why[0] != '\0' ? stand_in(name) : dlsym(library->handle, name);
  if (address == NULL) give_up(name, library->path);
  // Whoever loads the slot without this order sees either nothing, and comes here, or an address
  // whose code has been there since before the store.
  __atomic_store_n(slot, address, __ATOMIC_RELEASE);
  return address;
}
