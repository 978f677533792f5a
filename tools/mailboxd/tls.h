// A connection's TLS on BoringSSL: a layer (io.h) between it and its socket.
#ifndef TOOLS_MAILBOXD_TLS_H_
#define TOOLS_MAILBOXD_TLS_H_

#include "tools/mailboxd/io.h"

#ifdef __cplusplus
extern "C" {
#endif

struct tls_server;

// tls is one connection's TLS.
struct tls;

// tls_new begins the server's side of a handshake; NULL if memory ran out. It is the state of
// tls_io.
struct tls *tls_new(struct tls_server *server);

// tls_io is the layer. Its state is a struct tls.
extern const struct io_ops tls_io;

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_TLS_H_
