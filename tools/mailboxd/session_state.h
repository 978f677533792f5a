// What a session keeps from line to line. For the files of the session and for the connection,
// which has room for it.
#ifndef TOOLS_MAILBOXD_SESSION_STATE_H_
#define TOOLS_MAILBOXD_SESSION_STATE_H_

#include <stdint.h>

#include "tools/mailboxd/auth.h"
#include "tools/mailboxd/body.h"
#include "tools/mailboxd/command.h"
#include "tools/mailboxd/io.h"
#include "tools/mailboxd/maildrop.h"
#include "tools/mailboxd/outq.h"
#include "tools/mailboxd/session_config.h"
#include "tools/mailboxd/users.h"

#ifdef __cplusplus
extern "C" {
#endif

struct tls;

// session_peer says who is at the other end, for RPOP.
struct session_peer {
  int is_unix;
  uint16_t port;  // TCP: the client's port
  int same_user;  // Unix socket: the client's user is root or the server's own
  int tls;        // TLS begins at once, before the greeting
};

// session_listing is which listing is under way.
enum session_listing { LISTING_NONE, LISTING_LIST, LISTING_UIDL };

// session is a session: what was said so far, and what is under way.
struct session {
  const struct session_config *config;
  struct outq *out;
  struct session_peer peer;
  uint32_t state;  // STATE_AUTHORIZATION or STATE_TRANSACTION
  uint32_t language;
  const struct tls *tls;  // NULL before TLS
  uint32_t bad;           // bad commands in a row
  int utf8;
  uint64_t cut;       // a fault: send this much of the message that was just begun, 0 for all
  int user_given;     // USER came; `user` is NULL if there is no such user
  int logged_in_now;  // the last line was a login that worked
  struct user *user;
  struct maildrop *drop;
  struct auth_exchange exchange;
  struct io_layer layer;  // what the login has made, until the connection takes it
  int layered;            // it was taken
  // A reply that is not all in `out` yet:
  struct body *body;
  enum session_listing listing;
  uint32_t listing_next;
  char stamp[AUTH_STAMP_MAX];  // the APOP timestamp, "" if there is none
};

// session_next is what the connection does after a line.
enum session_next {
  SESSION_GO_ON,
  SESSION_LOSE_INPUT,  // a fault: forget what has been received behind this line
  SESSION_STLS,        // see session_stls
  SESSION_LAYER,       // when the reply is sent, session_take_layer
  SESSION_QUIT,        // send what is queued, then close: the client knows
  SESSION_CLOSE        // the same, but the client does not know: it may still be sending
};

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_SESSION_STATE_H_
