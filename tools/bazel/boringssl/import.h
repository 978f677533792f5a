#ifndef BORINGSSL_IMPORT_H_
#define BORINGSSL_IMPORT_H_

// boringssl_import_open loads the shared library |path| for this program, and for nobody else in
// the process. It returns the handle. Where the library cannot be loaded it says so on stderr and
// aborts: the callers of an imported function expect it to be there, as if it had been linked.
__attribute__((visibility("hidden"))) void *boringssl_import_open(const char *path);

// boringssl_import_bind returns the address of |name| in |handle|, which has come from |path|, and
// stores it in |*slot|; several threads may do so at once. Where there is no such function it says
// so on stderr and aborts.
__attribute__((visibility("hidden"))) void *boringssl_import_bind(void *handle, const char *path,
                                                                  void **slot, const char *name);

// boringssl_import_crypto returns the handle of libcrypto, which is loaded by the first call.
__attribute__((visibility("hidden"))) void *boringssl_import_crypto(void);

// boringssl_import_find_crypto and boringssl_import_find_ssl are what resolve.inc calls.
__attribute__((visibility("hidden"))) void *boringssl_import_find_crypto(void **slot,
                                                                         const char *name);
__attribute__((visibility("hidden"))) void *boringssl_import_find_ssl(void **slot,
                                                                      const char *name);

#endif  // BORINGSSL_IMPORT_H_
