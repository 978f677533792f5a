// A POP3 session: lines in, replies out. It knows no socket.
//
// RFC 1939 with CAPA and response codes (RFC 2449, 3206), UTF8 and LANG (RFC 6856), LAST (RFC 1460)
// and RPOP (RFC 1081).
#ifndef TOOLS_MAILBOXD_SESSION_H_
#define TOOLS_MAILBOXD_SESSION_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/mailboxd/auth.h"
#include "tools/mailboxd/body.h"
#include "tools/mailboxd/command.h"
#include "tools/mailboxd/faults.h"
#include "tools/mailboxd/line.h"
#include "tools/mailboxd/maildrop.h"
#include "tools/mailboxd/outq.h"
#include "tools/mailboxd/texts.h"
#include "tools/mailboxd/tls.h"
#include "tools/mailboxd/users.h"

#ifdef __cplusplus
extern "C" {
#endif

// SESSION_EXPIRE_NEVER stands for EXPIRE NEVER.
#define SESSION_EXPIRE_NEVER UINT32_MAX

// session_config is what all sessions share; it outlives them.
struct session_config {
  struct users *users;
  const struct auth_mech *const *mechs;  // SASL mechanisms that AUTH offers
  size_t num_mechs;
  bool sasl_layers;       // mechanisms may protect connections that have no TLS
  const char *anonymous;  // whom AUTH ANONYMOUS logs in, or NULL
  bool has_tls;           // there is a certificate: STLS is possible
  bool require_tls;       // no login before TLS
  uint32_t disabled;      // bit 1 << command for each command that is switched off
  struct faults faults;
  bool rpop_any_port;      // RPOP also from TCP ports of 1024 and more
  uint32_t login_delay_s;  // seconds between logins of one user, 0 for none
  bool has_expire;         // EXPIRE is in CAPA, with ...
  uint32_t expire_days;    // ... this many days, or SESSION_EXPIRE_NEVER
  uint32_t max_bad;        // bad commands in a row before the session is ended
  const int64_t *now_ms;   // the clock of the loop
};

// session_peer says who is at the other end, for RPOP.
struct session_peer {
  bool is_unix;
  uint16_t port;   // TCP: the client's port
  bool same_user;  // Unix socket: the client's user is root or the server's own
  bool tls;        // TLS begins at once, before the greeting
};

enum session_listing { LISTING_NONE, LISTING_LIST, LISTING_UIDL };

struct session {
  const struct session_config *config;
  struct outq *out;
  struct session_peer peer;
  uint32_t state;  // STATE_AUTHORIZATION or STATE_TRANSACTION
  uint32_t language;
  const struct tls *tls;  // NULL before TLS
  uint32_t bad;           // bad commands in a row
  bool utf8;
  uint64_t cut;        // a fault: send this much of the message that was just begun, 0 for all
  bool user_given;     // USER came; `user` is NULL if there is no such user
  bool logged_in_now;  // the last line was a login that worked
  struct user *user;
  struct maildrop *drop;
  struct auth_exchange exchange;
  struct io_layer layer;  // what the login has made, until the connection takes it
  bool layered;           // it was taken
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

// session_init begins a session whose replies go to |out|.
void session_init(struct session *s, const struct session_config *config, struct outq *out,
                  const struct session_peer *peer);

// session_greet queues the greeting.
void session_greet(struct session *s);

// session_line handles one line without its CRLF. Not to be called while session_is_replying.
enum session_next session_line(struct session *s, const char *line, size_t line_len);

// session_stls answers STLS, which session_line has returned SESSION_STLS for. |more| says that
// octets lie behind it already: whoever put them there, they will not be obeyed. SESSION_STLS: when
// the reply is sent, TLS begins.
enum session_next session_stls(struct session *s, bool more);

// session_take_layer hands over what protects the connection from now on.
struct io_layer session_take_layer(struct session *s);

// session_secure tells the session that |tls| has begun, and makes it forget what was said before.
void session_secure(struct session *s, const struct tls *tls);

// session_bad_line answers a line that line_next refused.
enum session_next session_bad_line(struct session *s, enum line_result why);

// session_line_max returns how long the next line may be, CRLF included.
size_t session_line_max(const struct session *s);

// session_is_replying says that a reply is not completely queued.
bool session_is_replying(const struct session *s);

// session_fill queues more of it, until the queue is full.
enum session_next session_fill(struct session *s);

// session_farewell queues an -ERR that nobody asked for, before the connection is closed.
void session_farewell(struct session *s, const char *code, enum text text);

// session_cleanup ends the session: the maildrop is released, nothing is removed from it.
void session_cleanup(struct session *s);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_SESSION_H_
