// What is inside of a tls_server and a tls, for the files of TLS only.
#ifndef TOOLS_MAILBOXD_TLS_STATE_H_
#define TOOLS_MAILBOXD_TLS_STATE_H_

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <stdint.h>

#include "tools/mailboxd/io.h"

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

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_TLS_STATE_H_
