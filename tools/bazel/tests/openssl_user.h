#ifndef TOOLS_BAZEL_TESTS_OPENSSL_USER_H_
#define TOOLS_BAZEL_TESTS_OPENSSL_USER_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// openssl_user_hmac writes the HMAC-SHA-256 of |data| to |out_mac|, as OpenSSL computes it, and
// returns its length, or 0.
size_t openssl_user_hmac(uint8_t out_mac[32], const char *key, const uint8_t *data,
                         size_t data_len);

// openssl_user_version returns the version string of the library that this file has been bound to.
const char *openssl_user_version(void);

#ifdef __cplusplus
}
#endif

#endif  // TOOLS_BAZEL_TESTS_OPENSSL_USER_H_
