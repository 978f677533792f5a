// TLS on BoringSSL: a layer (io.h) between a connection and its socket.
#ifndef TOOLS_MAILBOXD_TLS_H_
#define TOOLS_MAILBOXD_TLS_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/mailboxd/io.h"

#ifdef __cplusplus
extern "C" {
#endif

// TLS_BINDING_MAX is room for every channel binding.
#define TLS_BINDING_MAX 64u
// TLS_NAME_MAX is room for the common name of a client's certificate and its NUL.
#define TLS_NAME_MAX 65u

// tls_options is what the command line says. Files are PEM.
struct tls_options {
  const char *cert;       // the server's certificate, and those that lead to its CA
  const char *key;        // its private key
  const char *client_ca;  // NULL: clients are asked for no certificate
  uint16_t min, max;      // as TLS1_2_VERSION; 0 for the usual
};

// tls_server is what all TLS connections share.
struct tls_server;

// tls is one connection's TLS.
struct tls;

// tls_server_new reads certificate and key; on NULL |why| says in words what is wrong.
struct tls_server *tls_server_new(const struct tls_options *options, char *why, size_t why_size);

// tls_server_free ends it when no connection is left. NULL does nothing.
void tls_server_free(struct tls_server *server);

// tls_new begins the server's side of a handshake; NULL if memory ran out. It is the state of
// tls_io.
struct tls *tls_new(struct tls_server *server);

// tls_io is the layer. Its state is a struct tls.
extern const struct io_ops tls_io;

// tls_version returns as what both sides speak TLS, as "TLSv1.3". The handshake must be over, here
// and below.
const char *tls_version(const struct tls *tls);

// tls_peer_name copies the common name of the certificate that the client has shown, and that was
// verified; false if there is none.
bool tls_peer_name(const struct tls *tls, char out[TLS_NAME_MAX]);

// tls_default_binding names the channel binding that fits the version: tls-exporter (RFC 9266) for
// TLS 1.3, tls-unique (RFC 5929) before.
const char *tls_default_binding(const struct tls *tls);

// tls_binding writes the channel binding called |type|, |type_len| octets long: the default one or
// tls-server-end-point. Returns its length, or 0 if this connection has none of that type.
size_t tls_binding(const struct tls *tls, const char *type, size_t type_len,
                   uint8_t out[TLS_BINDING_MAX]);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_TLS_H_
