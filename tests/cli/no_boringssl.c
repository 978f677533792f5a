// Preloaded into a program: BoringSSL's libraries are not on this machine.
#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <string.h>

typedef void *(*dlopen_function)(const char *, int);

// Stands in front of libc's, whose header has names that are not for us.
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name)
void *dlopen(const char *path, int flags) {
  dlopen_function function = NULL;
  void *symbol = dlsym(RTLD_NEXT, "dlopen");
  memcpy(&function, &symbol, sizeof(function));
  const int is_one = path != NULL && strstr(path, "/android/lib") != NULL;
  return function(is_one ? "/nowhere/libcrypto.so.0" : path, flags);
}
