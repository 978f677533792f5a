// What a TLS connection can tell: who the client is, and what binds a login to this connection.
#ifndef TOOLS_MAILBOXD_TLS_FACTS_H_
#define TOOLS_MAILBOXD_TLS_FACTS_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tls;

// TLS_BINDING_MAX is room for every channel binding.
#define TLS_BINDING_MAX 64u
// TLS_NAME_MAX is room for the common name of a client's certificate and its NUL.
#define TLS_NAME_MAX 65u

// tls_version returns as what both sides speak TLS, as "TLSv1.3". The handshake must be over, here
// and below.
const char *tls_version(const struct tls *tls);

// tls_peer_name copies the common name of the certificate that the client has shown, and that was
// verified; 0 if there is none.
int tls_peer_name(const struct tls *tls, char out[TLS_NAME_MAX]);

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

#endif  // TOOLS_MAILBOXD_TLS_FACTS_H_
