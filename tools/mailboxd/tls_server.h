// What all TLS connections of a server share.
#ifndef TOOLS_MAILBOXD_TLS_SERVER_H_
#define TOOLS_MAILBOXD_TLS_SERVER_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// tls_options is what the command line says. Files are PEM.
struct tls_options {
  const char *cert;       // the server's certificate, and those that lead to its CA
  const char *key;        // its private key
  const char *client_ca;  // NULL: clients are asked for no certificate
  uint16_t min, max;      // as TLS1_2_VERSION; 0 for the usual
};

// tls_server is what all TLS connections share.
struct tls_server;

// tls_server_new reads certificate and key; on NULL |why| says in words what is wrong.
struct tls_server *tls_server_new(const struct tls_options *options, char *why, size_t why_size);

// tls_server_free ends it when no connection is left. NULL does nothing.
void tls_server_free(struct tls_server *server);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_TLS_SERVER_H_
