// Is it the server that was meant? Chain, name, pins, and the caller's last word.
#ifndef POP3_TRANSPORTS_TLS_VERIFY_H_
#define POP3_TRANSPORTS_TLS_VERIFY_H_

#include <openssl/ssl.h>

#include "transports/tls_options.h"
#include "transports/tls_text.h"
#include "transports/tls_trust.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// pop3_tls_verifier verifies one server.
typedef struct pop3_tls_verifier {
  const pop3_host *host;
  const pop3_tls_options *options;
  int use_machine_roots;
  pop3_tls_roots roots;  // if use_machine_roots
  int roots_added;       // 1: the folder; 2: the file, too
  pop3_tls_text words;   // how the server was verified
  int is_proven;         // by chain and name, or by a pin, and not weak
  pop3_tls_text weak;    // what is weak about its certificates, though they were accepted; or empty
  int failed;
  pop3_error error;  // why it was not
} pop3_tls_verifier;

// pop3_tls_verifier_init makes |self|, looking for the roots of this machine if the options name
// none. |options| outlives it.
pop3_status pop3_tls_verifier_init(pop3_tls_verifier *self, const pop3_host *host,
                                   const pop3_tls_options *options, pop3_error *err);

// pop3_tls_verifier_cleanup frees what is in |self|.
void pop3_tls_verifier_cleanup(pop3_tls_verifier *self);

// pop3_tls_verifier_prepare tells |ssl| which name to verify. Returns 0 if memory ran out.
int pop3_tls_verifier_prepare(const pop3_tls_verifier *self, SSL *ssl);

// pop3_tls_verifier_run is called back by |ssl| in its handshake: see SSL_set_custom_verify.
enum ssl_verify_result_t pop3_tls_verifier_run(pop3_tls_verifier *self, SSL *ssl,
                                               uint8_t *out_alert);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_TLS_VERIFY_H_
