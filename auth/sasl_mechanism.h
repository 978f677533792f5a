// What is known about each mechanism.
#ifndef POP3_AUTH_SASL_MECHANISM_H_
#define POP3_AUTH_SASL_MECHANISM_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// P3_SASL_NAME_MAX is how long a mechanism's name may be (RFC 4422).
#define P3_SASL_NAME_MAX 20

// P3_SASL_USER: needs a user name.
#define P3_SASL_USER UINT32_C(1)
// P3_SASL_PASSWORD: needs a password.
#define P3_SASL_PASSWORD UINT32_C(2)
// P3_SASL_READABLE: the password can be read from what is sent.
#define P3_SASL_READABLE UINT32_C(4)
// P3_SASL_BINDS: needs a channel that can be bound (-PLUS).
#define P3_SASL_BINDS UINT32_C(8)
// P3_SASL_MAY_BIND: has a -PLUS, and tells the server whether it would have been possible.
#define P3_SASL_MAY_BIND UINT32_C(16)
// P3_SASL_CERTIFICATE: needs a client certificate that the server has accepted.
#define P3_SASL_CERTIFICATE UINT32_C(32)
// P3_SASL_BY_NAME: only if asked for by name.
#define P3_SASL_BY_NAME UINT32_C(64)
// P3_SASL_ANONYMOUS: logs in nobody in particular.
#define P3_SASL_ANONYMOUS UINT32_C(128)
// P3_SASL_REALM: has realms.
#define P3_SASL_REALM UINT32_C(256)
// P3_SASL_SERVER_FIRST: it is the server that begins. With DIGEST-MD5 libsasl2 would rather try
// the subsequent authentication of RFC 2831 section 2.2, with what it remembers of the last login.
// Servers that do not know it are confused, and all accept the other.
#define P3_SASL_SERVER_FIRST UINT32_C(512)
// P3_SASL_AUTHZID: tells the server whom to act as.
#define P3_SASL_AUTHZID UINT32_C(1024)

// p3_sasl_mechanism is one of them.
typedef struct p3_sasl_mechanism {
  const char *name;
  int strength;
  uint32_t flags;  // P3_SASL_*
} p3_sasl_mechanism;

// p3_sasl_mechanism_find returns what is known about |name|, in any case. A mechanism that nobody
// here has heard of is for those who ask for it by name.
const p3_sasl_mechanism *p3_sasl_mechanism_find(const char *name);

// p3_sasl_name takes the next name off |*list|, names with spaces between them, and writes
// it in upper case. Returns 0 if there is none. What cannot be a name is left out.
int p3_sasl_name(const char **list, char out[P3_SASL_NAME_MAX + 1]);

// p3_sasl_listed says whether |name|, in upper case, is in |list|, which may be NULL.
int p3_sasl_listed(const char *list, const char *name);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_AUTH_SASL_MECHANISM_H_
