// How BoringSSL reads and writes the socket of a connection.
#ifndef TOOLS_MAILBOXD_TLS_SOCKET_H_
#define TOOLS_MAILBOXD_TLS_SOCKET_H_

#include <openssl/bio.h>

#ifdef __cplusplus
extern "C" {
#endif

// tls_socket_method returns a method for BIOs whose data is a pointer to the descriptor, an int;
// NULL if memory ran out. They never block.
BIO_METHOD *tls_socket_method(void);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_TLS_SOCKET_H_
