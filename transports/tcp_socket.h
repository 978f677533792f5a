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

// p3_tcp_attempts is the |arg| of p3_tcp_race_ops: attempt i connects to addresses->at[i].
typedef struct p3_tcp_attempts {
  const p3_tcp_options *options;
  const p3_address_list *addresses;
} p3_tcp_attempts;

// p3_tcp_race_ops connects with non-blocking sockets.
extern const p3_race_ops p3_tcp_race_ops;

// p3_tcp_socket_tune sets TCP_NODELAY and SO_KEEPALIVE. P3_TCP_DEFAULT leaves one as it is.
// Returns 0 or errno.
int p3_tcp_socket_tune(int fd, int nodelay, int keepalive);

// p3_tcp_socket_check says why |fd| is no connected stream socket, or NULL if it is one.
// |*out_errno| is that of the system call that told.
const char *p3_tcp_socket_check(int fd, int *out_errno);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_TCP_SOCKET_H_
