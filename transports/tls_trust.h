// The certificates that are trusted: the caller's, or this machine's.
#ifndef POP3_TRANSPORTS_TLS_TRUST_H_
#define POP3_TRANSPORTS_TLS_TRUST_H_

#include <openssl/base.h>
#include <pop3/spi/plugin.h>

#include "transports/tls_options.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// p3_tls_roots is where the roots of this machine are. The strings are static or the
// environment's.
typedef struct p3_tls_roots {
  const char *file;  // or NULL
  const char *dir;   // with hashed names, or NULL
} p3_tls_roots;

// p3_tls_trust_given adds what the options tls.ca_* name to |store|. Returns POP3_ERR_ARGUMENT or
// POP3_ERR_LOCAL_IO with the option's name if there are no certificates in one of them.
pop3_status p3_tls_trust_given(X509_STORE *store, const p3_tls_options *options,
                               const pop3_host *host, pop3_error *err);

// p3_tls_find_roots looks where the roots of this machine are, reading none.
// POP3_ERR_LOCAL_IO if there are none.
pop3_status p3_tls_find_roots(p3_tls_roots *out, const pop3_host *host, pop3_error *err);

// p3_tls_trust_file adds the certificates of a PEM file, which |option| names, to |store|.
pop3_status p3_tls_trust_file(X509_STORE *store, const char *path, const char *option,
                              const pop3_host *host, pop3_error *err);

// p3_tls_is_hashed_dir says whether |path| is a folder with at least one hashed name.
int p3_tls_is_hashed_dir(const char *path);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_TLS_TRUST_H_
