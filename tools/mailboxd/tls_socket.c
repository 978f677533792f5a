#define _GNU_SOURCE 1
#include "tools/mailboxd/tls_socket.h"

#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>

static int socket_read(BIO *bio, char *out, int cap) {
  const int *fd = BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  ssize_t got;
  do {
    got = recv(*fd, out, (size_t)cap, MSG_DONTWAIT);
  } while (got < 0 && errno == EINTR);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    BIO_set_retry_read(bio);
  }
  return (int)got;
}

static int socket_write(BIO *bio, const char *in, int in_len) {
  const int *fd = BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  ssize_t sent;
  do {
    sent = send(*fd, in, (size_t)in_len, MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    BIO_set_retry_write(bio);
  }
  return (int)sent;
}

static long socket_ctrl(BIO *bio, int command, long number, void *pointer) {
  (void)bio;
  (void)number;
  (void)pointer;
  return command == BIO_CTRL_FLUSH;  // nothing is held back here
}

BIO_METHOD *tls_socket_method(void) {
  BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "socket of a connection");
  if (method != NULL) {
    BIO_meth_set_read(method, socket_read);
    BIO_meth_set_write(method, socket_write);
    BIO_meth_set_ctrl(method, socket_ctrl);
  }
  return method;
}
