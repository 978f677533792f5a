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

// p3_tls_verifier verifies one server.
typedef struct p3_tls_verifier {
  const pop3_host *host;
  const p3_tls_options *options;
  int use_machine_roots;
  p3_tls_roots roots;  // if use_machine_roots
  int roots_added;     // 1: the folder; 2: the file, too
  p3_tls_text words;   // how the server was verified
  int is_proven;       // by chain and name, or by a pin, and not weak
  int is_name_good;    // the certificate is for the server's name
  p3_tls_text weak;    // what is weak about its certificates, though they were accepted; or empty
  int failed;
  pop3_error error;  // why it was not
} p3_tls_verifier;

// p3_tls_verifier_init makes |self|, looking for the roots of this machine if the options name
// none. |options| outlives it.
pop3_status p3_tls_verifier_init(p3_tls_verifier *self, const pop3_host *host,
                                 const p3_tls_options *options, pop3_error *err);

// p3_tls_verifier_cleanup frees what is in |self|.
void p3_tls_verifier_cleanup(p3_tls_verifier *self);

// p3_tls_verifier_prepare tells |ssl| which name to verify. Returns 0 if memory ran out.
int p3_tls_verifier_prepare(const p3_tls_verifier *self, SSL *ssl);

// p3_tls_verifier_run is called back by |ssl| in its handshake: see SSL_set_custom_verify.
enum ssl_verify_result_t p3_tls_verifier_run(p3_tls_verifier *self, SSL *ssl, uint8_t *out_alert);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_TLS_VERIFY_H_
