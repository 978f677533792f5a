#ifndef BORINGSSL_IMPORT_H_
#define BORINGSSL_IMPORT_H_

#define BORINGSSL_IMPORT_HIDDEN __attribute__((visibility("hidden")))

// boringssl_import_library is one of the two shared libraries.
typedef struct boringssl_import_library {
  const char *path;
  // Names of functions that must be in it, else it is the wrong version and of no use at all. Each
  // ends in a NUL, the last one in two.
  const char *needed;
  void *handle;
} boringssl_import_library;

// boringssl_import_open loads |library| for this program, and for nobody else in the process, and
// looks for what is needed of it. Returns 1. Where that fails it returns 0, and BoringSSL as a
// whole is absent: boringssl_import_find does not look into any library then.
BORINGSSL_IMPORT_HIDDEN int boringssl_import_open(boringssl_import_library *library);

// boringssl_import_why says why BoringSSL is absent, with the package that has it; NULL if it is
// there.
BORINGSSL_IMPORT_HIDDEN const char *boringssl_import_why(void);

// boringssl_import_find returns the address of |name| in |library|, and stores it in |*slot|;
// several threads may do so at once. If BoringSSL is absent the functions by which a program can
// tell have an answer of ours: TLS_method and SSL_CTX_new are NULL, MD5_Init is 0, and the error
// queue (ERR_peek_error, ERR_reason_error_string, ...) holds one error, whose reason is
// boringssl_import_why. For each other function, and for one that the library does not have, it
// says so on stderr and aborts: the caller did not ask, and no answer would be true. (0 from
// CRYPTO_memcmp is "the same".)
BORINGSSL_IMPORT_HIDDEN void *boringssl_import_find(const boringssl_import_library *library,
                                                    void **slot, const char *name);

// boringssl_import_load opens both libraries, once, whichever of them is called first: there is
// never a half of BoringSSL. It returns libssl.
BORINGSSL_IMPORT_HIDDEN const boringssl_import_library *boringssl_import_load(void);

// boringssl_import_find_crypto and boringssl_import_find_ssl are what resolve.inc calls.
BORINGSSL_IMPORT_HIDDEN void *boringssl_import_find_crypto(void **slot, const char *name);
BORINGSSL_IMPORT_HIDDEN void *boringssl_import_find_ssl(void **slot, const char *name);

#endif  // BORINGSSL_IMPORT_H_
