// The sockets of the transport "tcp": one attempt to connect, as the race wants it.
#ifndef POP3_TRANSPORTS_TCP_SOCKET_H_
#define POP3_TRANSPORTS_TCP_SOCKET_H_

#include "transports/address.h"
#include "transports/race.h"
#include "transports/tcp_options.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// pop3_tcp_attempts is the |arg| of pop3_tcp_race_ops: attempt i connects to addresses->at[i].
typedef struct pop3_tcp_attempts {
  const pop3_tcp_options *options;
  const pop3_address_list *addresses;
} pop3_tcp_attempts;

// pop3_tcp_race_ops connects with non-blocking sockets.
extern const pop3_race_ops pop3_tcp_race_ops;

// pop3_tcp_socket_tune sets TCP_NODELAY and SO_KEEPALIVE. POP3_TCP_DEFAULT leaves one as it is.
// Returns 0 or errno.
int pop3_tcp_socket_tune(int fd, int nodelay, int keepalive);

// pop3_tcp_socket_check says why |fd| is no connected stream socket, or NULL if it is one.
// |*out_errno| is that of the system call that told.
const char *pop3_tcp_socket_check(int fd, int *out_errno);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_TCP_SOCKET_H_
