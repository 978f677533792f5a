#include "tools/mailboxd/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "tools/mailboxd/log.h"
#include "tools/mailboxd/tls_state.h"

struct tls *tls_new(struct tls_server *server) {
  struct tls *tls = calloc(1, sizeof(*tls));
  if (tls == NULL) {
    return NULL;
  }
  *tls = (struct tls){.server = server, .ssl = SSL_new(server->ctx), .fd = -1, .late = IO_DONE};
  BIO *bio = tls->ssl == NULL ? NULL : BIO_new(server->socket);
  if (bio == NULL) {
    SSL_free(tls->ssl);
    free(tls);
    return NULL;
  }
  BIO_set_data(bio, &tls->fd);
  BIO_set_init(bio, 1);
  SSL_set_bio(tls->ssl, bio, bio);
  SSL_set_accept_state(tls->ssl);
  // What only the handshake needs is given back after it: there may be thousands of connections.
  SSL_set_shed_handshake_config(tls->ssl, 1);
  return tls;
}

static enum io_result result_of(const struct tls *tls, int returned) {
  switch (SSL_get_error(tls->ssl, returned)) {
    case SSL_ERROR_WANT_READ:
      return IO_WANT_READ;
    case SSL_ERROR_WANT_WRITE:
      return IO_WANT_WRITE;
    case SSL_ERROR_ZERO_RETURN:
      return IO_EOF;
    default:
      return IO_FAILED;  // an end without close_notify too: who knows what was cut off
  }
}

static void log_failure(const char *what) {
  const char *reason = ERR_reason_error_string(ERR_peek_last_error());
  log_write(LOG_LEVEL_INFO, "%s: %s", what, reason == NULL ? "the client has gone" : reason);
  ERR_clear_error();
}

static enum io_result handshake(void *state, int fd) {
  struct tls *tls = state;
  tls->fd = fd;
  ERR_clear_error();
  int returned = SSL_do_handshake(tls->ssl);
  if (returned == 1) {
    log_write(LOG_LEVEL_DEBUG, "%s, %s", SSL_get_version(tls->ssl),
              SSL_session_reused(tls->ssl) ? "resumed" : "new");
    return IO_DONE;
  }
  enum io_result result = result_of(tls, returned);
  if (result == IO_EOF || result == IO_FAILED) {
    log_failure("TLS handshake failed");
    return IO_FAILED;
  }
  return result;
}

static enum io_result read_some(void *state, int fd, uint8_t *out, size_t cap, size_t *out_len) {
  (void)fd;
  struct tls *tls = state;
  size_t len = 0;
  if (tls->late != IO_DONE) {
    return tls->late;
  }
  enum io_result result = IO_DONE;
  ERR_clear_error();
  while (len < cap && result == IO_DONE) {
    int got = SSL_read(tls->ssl, out + len, cap - len > INT32_MAX ? INT32_MAX : (int)(cap - len));
    if (got > 0) {
      len += (size_t)got;
    } else {
      result = result_of(tls, got);
    }
  }
  if (result == IO_FAILED) {
    log_failure("TLS");
  }
  if (len == 0) {
    return result;
  }
  if (result == IO_EOF || result == IO_FAILED) {
    tls->late = result;
  }
  *out_len = len;
  return IO_DONE;
}

static int pending(const void *state) {
  const struct tls *tls = state;
  return tls->late != IO_DONE || SSL_pending(tls->ssl) > 0;
}

// Finds the octets of the next record behind the first |at| ones of |iov|: in place if they lie
// together, else copied together. Replies are many short spans, and a record costs as much as some
// hundred octets.
static size_t next_record(struct tls_server *server, const struct iovec *iov, size_t iov_len,
                          size_t at, const uint8_t **out) {
  size_t len = 0;
  for (; iov_len > 0 && len < TLS_RECORD; iov++, iov_len--) {
    if (at >= iov->iov_len) {
      at -= iov->iov_len;
      continue;
    }
    const uint8_t *from = (const uint8_t *)iov->iov_base + at;
    size_t there = iov->iov_len - at, room = TLS_RECORD - len;
    at = 0;
    if (len == 0 && (there >= room || iov_len == 1)) {
      *out = from;
      return there < room ? there : room;
    }
    size_t n = there < room ? there : room;
    memcpy(server->gather + len, from, n);
    len += n;
  }
  *out = server->gather;
  return len;
}

static enum io_result write_some(void *state, int fd, const struct iovec *iov, size_t iov_len,
                                 size_t *out_len) {
  (void)fd;
  const struct tls *tls = state;
  size_t done = 0, len;
  const uint8_t *record;
  ERR_clear_error();
  while ((len = next_record(tls->server, iov, iov_len, done, &record)) > 0) {
    int sent = SSL_write(tls->ssl, record, (int)len);
    if (sent > 0) {
      done += (size_t)sent;
      continue;
    }
    enum io_result result = result_of(tls, sent);
    if (result == IO_FAILED || result == IO_EOF) {
      log_failure("TLS");
      return IO_FAILED;
    }
    if (done == 0) {
      return result;
    }
    break;
  }
  *out_len = done;
  return IO_DONE;
}

static enum io_result end(void *state, int fd) {
  (void)fd;
  const struct tls *tls = state;
  ERR_clear_error();
  int returned = SSL_shutdown(tls->ssl);
  if (returned >= 0) {
    return IO_DONE;  // ours is sent; that of the client is not waited for
  }
  enum io_result result = result_of(tls, returned);
  ERR_clear_error();
  return result == IO_WANT_WRITE ? IO_WANT_WRITE : IO_FAILED;
}

static void tls_free(void *state) {
  struct tls *tls = state;
  SSL_free(tls->ssl);
  free(tls);
}

const struct io_ops tls_io = {.handshake = handshake,
                              .read = read_some,
                              .pending = pending,
                              .write = write_some,
                              .end = end,
                              .free = tls_free};
