// Resumption: TLS sessions go into the caller's cache and come out of it, bound to one server and
// one policy.
#ifndef POP3_TRANSPORTS_TLS_SESSIONS_H_
#define POP3_TRANSPORTS_TLS_SESSIONS_H_

#include <openssl/ssl.h>

#include "transports/tls_options.h"
#include "transports/tls_text.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// P3_TLS_POLICY_LEN is the length of a policy's digest.
#define P3_TLS_POLICY_LEN 32

// p3_tls_sessions is one connection's way to the cache.
typedef struct p3_tls_sessions {
  const pop3_host *host;
  pop3_tls_session_cache cache;  // get NULL: there is none
  uint8_t policy[P3_TLS_POLICY_LEN];
  p3_tls_text key;
  unsigned num_put;
  int had_client_certificate;  // of the session that was offered
} p3_tls_sessions;

// p3_tls_sessions_init makes |self|. |ssl_ctx| has its client certificate already.
pop3_status p3_tls_sessions_init(p3_tls_sessions *self, const pop3_host *host,
                                 const p3_tls_options *options, const SSL_CTX *ssl_ctx,
                                 pop3_error *err);

// p3_tls_sessions_cleanup frees what is in |self|.
void p3_tls_sessions_cleanup(p3_tls_sessions *self);

// p3_tls_sessions_offer gets a session from the cache and offers it to the server. What is not a
// session of this server and policy is left alone. POP3_ERR_MEMORY is the only failure.
pop3_status p3_tls_sessions_offer(p3_tls_sessions *self, SSL *ssl, pop3_error *err);

// p3_tls_sessions_keep puts a session into the cache. What does not fit into memory is not kept.
void p3_tls_sessions_keep(p3_tls_sessions *self, const SSL_SESSION *session,
                          int has_client_certificate);

// p3_tls_sessions_put_back keeps the session that was resumed, unless a new one was kept.
void p3_tls_sessions_put_back(p3_tls_sessions *self, const SSL_SESSION *session,
                              int has_client_certificate);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_TLS_SESSIONS_H_
