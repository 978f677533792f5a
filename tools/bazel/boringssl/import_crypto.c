#include <errno.h>
#include <pthread.h>
#include <stddef.h>

#include "import.h"
#include "paths.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void *handle;

static void load(void) { handle = boringssl_import_open(BORINGSSL_LIBCRYPTO); }

void *boringssl_import_crypto(void) {
  pthread_once(&once, load);
  return handle;
}

void *boringssl_import_find_crypto(void **slot, const char *name) {
  const int saved = errno;
  void *address = boringssl_import_bind(boringssl_import_crypto(), BORINGSSL_LIBCRYPTO, slot, name);
  errno = saved;
  return address;
}
