#include <errno.h>
#include <pthread.h>
#include <stddef.h>

#include "import.h"
#include "paths.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void *handle;

static void load(void) {
  // First, and by itself: as a mere dependency of libssl it would not get a scope of its own, and
  // its calls to itself could be bound to another libcrypto.
  (void)boringssl_import_crypto();
  handle = boringssl_import_open(BORINGSSL_LIBSSL);
}

void *boringssl_import_find_ssl(void **slot, const char *name) {
  const int saved = errno;
  pthread_once(&once, load);
  void *address = boringssl_import_bind(handle, BORINGSSL_LIBSSL, slot, name);
  errno = saved;
  return address;
}
