#include "tests/openssl/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

// OpenSSL's headers and BoringSSL's have the same names and mean different things.
#ifdef OPENSSL_IS_BORINGSSL
#error "this file is about OpenSSL, and has got the headers of BoringSSL"
#endif

int openssl_digest(uint8_t out[32], const void *data, size_t data_len) {
  unsigned len = 0;
  // Fetched by name: a way that BoringSSL does not have.
  EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  const int is_done = sha256 != NULL && ctx != NULL && EVP_DigestInit_ex(ctx, sha256, NULL) == 1 &&
                      EVP_DigestUpdate(ctx, data, data_len) == 1 &&
                      EVP_DigestFinal_ex(ctx, out, &len) == 1 && len == 32;
  EVP_MD_CTX_free(ctx);
  EVP_MD_free(sha256);
  return is_done;
}

const char *openssl_digest_version(void) { return OpenSSL_version(OPENSSL_VERSION); }
