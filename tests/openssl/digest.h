// What a program does with OpenSSL.
#ifndef POP3_TESTS_OPENSSL_DIGEST_H_
#define POP3_TESTS_OPENSSL_DIGEST_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// openssl_digest writes the SHA-256 of |data| to |out|, by OpenSSL's EVP. Returns 1, or 0 if that
// failed.
int openssl_digest(uint8_t out[32], const void *data, size_t data_len);

// openssl_digest_version returns the version string of the library that the calls go to.
const char *openssl_digest_version(void);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TESTS_OPENSSL_DIGEST_H_
