// Connections: octets from and to clients, and when to stop reading.
//
// An idle connection holds no buffer. What is read goes to one buffer that all share; only what
// cannot be handled yet is kept: an unfinished line, or commands that were sent ahead while the
// client does not read our replies. Those are bounded, per connection and for all together.
#ifndef TOOLS_MAILBOXD_CONN_H_
#define TOOLS_MAILBOXD_CONN_H_

#include <stdint.h>

#include "tools/mailboxd/loop.h"
#include "tools/mailboxd/session.h"

#ifdef __cplusplus
extern "C" {
#endif

struct conn;
struct tls_server;

// conns is all connections of a server, and what they share.
struct conns {
  struct loop *loop;
  const struct session_config *config;
  struct tls_server *tls;         // not owned; NULL if there is no TLS
  struct loop_timer_list idle;    // waiting for the client
  struct loop_timer_list hold;    // a fault: a reply that is held back
  struct loop_timer_list linger;  // closed by us, waiting for the client to see it
  struct conn *first;
  uint32_t count, max;
  uint64_t kept;  // octets of input that are kept, all connections together
  uint8_t *scratch;
};

// conns_init prepares for at most |max| connections that are closed after |idle_ms| without a sign
// of life; 0 if memory ran out.
int conns_init(struct conns *conns, struct loop *loop, const struct session_config *config,
               uint32_t max, int64_t idle_ms);

// conns_accept takes over the connected socket |fd|. It greets, or begins TLS if |peer| says so, or
// refuses if there are too many.
void conns_accept(struct conns *conns, int fd, const struct session_peer *peer);

// conns_refuse tells the client on |fd| that there are too many, and closes.
void conns_refuse(struct conns *conns, int fd);

// conns_cleanup closes all connections.
void conns_cleanup(struct conns *conns);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_CONN_H_
