#include <errno.h>
#include <pthread.h>
#include <stddef.h>

#include "import.h"
#include "libraries.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static boringssl_import_library crypto = {BORINGSSL_LIBCRYPTO, BORINGSSL_CRYPTO_NEEDED, NULL};
static boringssl_import_library ssl = {BORINGSSL_LIBSSL, BORINGSSL_SSL_NEEDED, NULL};

// Libcrypto comes first, and by itself: as a mere dependency of libssl it would not get a scope of
// its own, and its calls to itself could be bound to another libcrypto.
static void load(void) {
  if (boringssl_import_open(&crypto)) (void)boringssl_import_open(&ssl);
}

const boringssl_import_library *boringssl_import_load(void) {
  pthread_once(&once, load);
  return &ssl;
}

void *boringssl_import_find_crypto(void **slot, const char *name) {
  const int saved = errno;
  (void)boringssl_import_load();
  void *address = boringssl_import_find(&crypto, slot, name);
  errno = saved;
  return address;
}
