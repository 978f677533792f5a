#include <errno.h>

#include "import.h"

void *boringssl_import_find_ssl(void **slot, const char *name) {
  const int saved = errno;
  void *address = boringssl_import_find(boringssl_import_load(), slot, name);
  errno = saved;
  return address;
}
