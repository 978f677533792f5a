// Preloaded into a program: BoringSSL's libraries are not on this machine.
#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <string.h>

typedef void *(*dlopen_function)(const char *, int);

// dlopen stands in front of libc's.
__attribute__((visibility("default"))) void *dlopen(const char *path, int flags);

void *dlopen(const char *path, int flags) {
  dlopen_function function = NULL;
  void *symbol = dlsym(RTLD_NEXT, "dlopen");
  memcpy(&function, &symbol, sizeof(function));
  const int is_one = path != NULL && strstr(path, "/android/lib") != NULL;
  return function(is_one ? "/nowhere/libcrypto.so.0" : path, flags);
}
