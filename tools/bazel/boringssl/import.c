#define _GNU_SOURCE 1  // RTLD_DEEPBIND, RTLD_DEFAULT

#include "import.h"

#include <dlfcn.h>
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

typedef void *(*dlopen_function)(const char *, int);

static _Noreturn void give_up(const char *what, const char *path, const char *why) {
  fprintf(stderr,
          "boringssl: %s %s%s%s\n"
          "boringssl: it belongs to Debian's package android-libboringssl, of which this program "
          "needs\nboringssl: the version that it was built with: apt-get install "
          "android-libboringssl\n",
          what, path, why ? ": " : "", why ? why : "");
  abort();
}

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

void *boringssl_import_open(const char *path) {
  void *handle = must_bind_deeply() ? deep_dlopen()(path, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND)
                                    : dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) give_up("cannot load", path, dlerror());
  return handle;
}

void *boringssl_import_bind(void *handle, const char *path, void **slot, const char *name) {
  void *address = dlsym(handle, name);
  if (address == NULL) {
    char what[128];
    snprintf(what, sizeof(what), "there is no %s in", name);
    give_up(what, path, NULL);
  }
  // Whoever loads the slot without this order sees either nothing, and comes here, or an address
  // whose code has been there since before the store.
  __atomic_store_n(slot, address, __ATOMIC_RELEASE);
  return address;
}
