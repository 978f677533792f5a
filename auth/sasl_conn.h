// One connection of libsasl2 with all that it points to: callbacks, credentials, channel binding.
#ifndef POP3_AUTH_SASL_CONN_H_
#define POP3_AUTH_SASL_CONN_H_

#include <pop3/spi/auth.h>
#include <sasl/sasl.h>

#include "auth/sasl_binding.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// P3_SASL_FRAME_MAX is the longest frame of a security layer that is accepted, in octets, without
// the four of its length.
#define P3_SASL_FRAME_MAX 65535

// P3_SASL_NUM_CALLBACKS is how many callbacks there are, with the end.
#define P3_SASL_NUM_CALLBACKS 6

// p3_sasl_conn must not move: libsasl2 keeps pointers into it.
typedef struct p3_sasl_conn {
  const pop3_host *host;
  sasl_conn_t *sasl;
  const char *user;     // the session's, or ""
  const char *authzid;  // likewise
  const char *realm;    // likewise
  sasl_secret_t *secret;
  size_t secret_size;
  p3_sasl_binding binding;
  sasl_channel_binding_t cyrus_binding;
  sasl_callback_t callbacks[P3_SASL_NUM_CALLBACKS];
} p3_sasl_conn;

// p3_sasl_conn_init makes a connection to |server|, without credentials, in |conn|. It takes
// nothing from the host's allocator.
pop3_status p3_sasl_conn_init(p3_sasl_conn *conn, const pop3_host *host, const char *server,
                              pop3_error *err);

// p3_sasl_conn_cleanup forgets, and ends what p3_sasl_conn_init has made, or tried to.
void p3_sasl_conn_cleanup(p3_sasl_conn *conn);

// p3_sasl_conn_new is p3_sasl_conn_init on the heap.
pop3_status p3_sasl_conn_new(p3_sasl_conn **out, const pop3_host *host, const char *server,
                             pop3_error *err);

// p3_sasl_conn_credentials fetches what |flags| (P3_SASL_USER, P3_SASL_PASSWORD) say, and
// what else there is.
pop3_status p3_sasl_conn_credentials(p3_sasl_conn *conn, const pop3_auth_context *context,
                                     uint32_t flags, pop3_error *err);

// p3_sasl_conn_forget drops the credentials, wiping the copy of the password.
void p3_sasl_conn_forget(p3_sasl_conn *conn);

// p3_sasl_conn_fail fills |err| with |what| and what libsasl2 has to say about |code|.
pop3_status p3_sasl_conn_fail(const p3_sasl_conn *conn, const char *what, int code,
                              pop3_error *err);

// p3_sasl_conn_free ends what p3_sasl_conn_new has made. NULL is fine.
void p3_sasl_conn_free(p3_sasl_conn *conn);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_AUTH_SASL_CONN_H_
