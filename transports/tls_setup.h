// The SSL_CTX and the SSL of a connection, as the options want them.
#ifndef POP3_TRANSPORTS_TLS_SETUP_H_
#define POP3_TRANSPORTS_TLS_SETUP_H_

#include <openssl/ssl.h>

#include "transports/tls_options.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// p3_tls_find_library fails with POP3_ERR_UNSUPPORTED if there is no BoringSSL behind its own
// functions: where they are an import library for a shared one, that may be missing. Nothing else
// of BoringSSL may be called then.
pop3_status p3_tls_find_library(const pop3_host *host, pop3_error *err);

// p3_tls_make_context makes the SSL_CTX, with roots and client certificate, or takes a reference
// to the caller's.
pop3_status p3_tls_make_context(SSL_CTX **out, const p3_tls_options *options, const pop3_host *host,
                                pop3_error *err);

// p3_tls_make_ssl makes the SSL: a client with its name, versions and ALPN set. The callbacks,
// the BIO and the verification are the caller's.
pop3_status p3_tls_make_ssl(SSL **out, SSL_CTX *context, const p3_tls_options *options,
                            const pop3_host *host, pop3_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_TLS_SETUP_H_
