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

// POP3_SASL_FRAME_MAX is the longest frame of a security layer that is accepted, in octets, without
// the four of its length.
#define POP3_SASL_FRAME_MAX 65535

// POP3_SASL_NUM_CALLBACKS is how many callbacks there are, with the end.
#define POP3_SASL_NUM_CALLBACKS 6

// pop3_sasl_conn must not move: libsasl2 keeps pointers into it.
typedef struct pop3_sasl_conn {
  const pop3_host *host;
  sasl_conn_t *sasl;
  const char *user;     // the session's, or ""
  const char *authzid;  // likewise
  const char *realm;    // likewise
  sasl_secret_t *secret;
  size_t secret_size;
  pop3_sasl_binding binding;
  sasl_channel_binding_t cyrus_binding;
  sasl_callback_t callbacks[POP3_SASL_NUM_CALLBACKS];
} pop3_sasl_conn;

// pop3_sasl_conn_init makes a connection to |server|, without credentials, in |conn|. It takes
// nothing from the host's allocator.
pop3_status pop3_sasl_conn_init(pop3_sasl_conn *conn, const pop3_host *host, const char *server,
                                pop3_error *err);

// pop3_sasl_conn_cleanup forgets, and ends what pop3_sasl_conn_init has made, or tried to.
void pop3_sasl_conn_cleanup(pop3_sasl_conn *conn);

// pop3_sasl_conn_new is pop3_sasl_conn_init on the heap.
pop3_status pop3_sasl_conn_new(pop3_sasl_conn **out, const pop3_host *host, const char *server,
                               pop3_error *err);

// pop3_sasl_conn_credentials fetches what |flags| (POP3_SASL_USER, POP3_SASL_PASSWORD) say, and
// what else there is.
pop3_status pop3_sasl_conn_credentials(pop3_sasl_conn *conn, const pop3_auth_context *context,
                                       uint32_t flags, pop3_error *err);

// pop3_sasl_conn_forget drops the credentials, wiping the copy of the password.
void pop3_sasl_conn_forget(pop3_sasl_conn *conn);

// pop3_sasl_conn_fail fills |err| with |what| and what libsasl2 has to say about |code|.
pop3_status pop3_sasl_conn_fail(const pop3_sasl_conn *conn, const char *what, int code,
                                pop3_error *err);

// pop3_sasl_conn_free ends what pop3_sasl_conn_new has made. NULL is fine.
void pop3_sasl_conn_free(pop3_sasl_conn *conn);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_AUTH_SASL_CONN_H_
