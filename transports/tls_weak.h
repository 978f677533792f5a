// Certificates that prove nothing any more: signed by a broken hash, or with a key that is too
// short.
#ifndef POP3_TRANSPORTS_TLS_WEAK_H_
#define POP3_TRANSPORTS_TLS_WEAK_H_

#include <openssl/x509.h>

#include "transports/tls_text.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// P3_TLS_RSA_MIN is the shortest RSA key in bits that is not weak.
#define P3_TLS_RSA_MIN 2048
// P3_TLS_EC_MIN is the shortest key of an elliptic curve in bits that is not weak.
#define P3_TLS_EC_MIN 224

// p3_tls_add_weak_key appends what is weak about the public key of |certificate|, such as "has an
// RSA key of 1024 bits". Returns 1, or 0 and nothing if the key is strong.
int p3_tls_add_weak_key(p3_tls_text *words, X509 *certificate);

// p3_tls_add_weakness appends what is weak about |certificate|, its signature and its key, behind
// its subject: "CN=mail is signed with SHA-1". Returns 1, or 0 and nothing if it is strong.
int p3_tls_add_weakness(p3_tls_text *words, X509 *certificate);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_TLS_WEAK_H_
