// What is inside of a tls_server, for the files of TLS only.
#ifndef TOOLS_MAILBOXD_TLS_SERVER_H_
#define TOOLS_MAILBOXD_TLS_SERVER_H_

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include "tools/mailboxd/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

// TLS_RECORD is how many octets one record carries at most.
#define TLS_RECORD 16384u

struct tls_server {
  SSL_CTX *ctx;
  BIO_METHOD *socket;          // how a connection reaches its socket
  uint8_t gather[TLS_RECORD];  // where short spans become one record
};

struct tls {
  struct tls_server *server;
  SSL *ssl;
  int fd;
  enum io_result late;  // what read found behind octets that it had to deliver first
};

// tls_socket_method returns how BoringSSL reads and writes the socket of a struct tls, or NULL.
BIO_METHOD *tls_socket_method(void);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_TLS_SERVER_H_
