#include "tools/bazel/tests/openssl_user.h"

#include <string.h>

// OpenSSL 3, declared by hand: its headers may not be installed, or may be BoringSSL's.
const void *EVP_sha256(void);
unsigned char *HMAC(const void *md, const void *key, int key_len, const unsigned char *data,
                    size_t data_len, unsigned char *mac, unsigned int *mac_len);
const char *OpenSSL_version(int type);

size_t openssl_user_hmac(uint8_t out_mac[32], const char *key, const uint8_t *data,
                         size_t data_len) {
  unsigned int len = 0;
  if (HMAC(EVP_sha256(), key, (int)strlen(key), data, data_len, out_mac, &len) == NULL) return 0;
  return len;
}

const char *openssl_user_version(void) { return OpenSSL_version(0); }
