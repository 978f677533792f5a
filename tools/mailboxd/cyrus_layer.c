#include "tools/mailboxd/cyrus_layer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/mailboxd/log.h"

#define PIECE 16384u

struct layer {
  sasl_conn_t *conn;
  const struct io_ops *lower;
  void *lower_state;
  size_t max;  // octets that one protected piece may carry
  // What was decoded and not read yet; it lies in |conn|.
  const char *plain;
  size_t plain_len;
  // What was encoded and not sent yet, and how many octets of the queue that is; it lies in |conn|.
  const char *sealed;
  size_t sealed_len, sealed_of;
  uint8_t gather[PIECE];
};

static enum io_result fail(const struct layer *layer, const char *what) {
  log_write(LOG_LEVEL_INFO, "security layer: %s: %s", what, sasl_errdetail(layer->conn));
  return IO_FAILED;
}

static enum io_result read_some(void *state, int fd, uint8_t *out, size_t cap, size_t *out_len) {
  struct layer *layer = state;
  while (layer->plain_len == 0) {
    uint8_t in[PIECE];
    size_t got = 0;
    enum io_result result = layer->lower->read(layer->lower_state, fd, in, sizeof(in), &got);
    if (result != IO_DONE) {
      return result;
    }
    unsigned len = 0;
    if (sasl_decode(layer->conn, (const char *)in, (unsigned)got, &layer->plain, &len) != SASL_OK) {
      return fail(layer, "received octets");
    }
    layer->plain_len = len;
  }
  *out_len = layer->plain_len < cap ? layer->plain_len : cap;
  memcpy(out, layer->plain, *out_len);
  layer->plain += *out_len;
  layer->plain_len -= *out_len;
  return IO_DONE;
}

static int pending(const void *state) {
  const struct layer *layer = state;
  return layer->plain_len > 0 ||
         (layer->lower->pending != NULL && layer->lower->pending(layer->lower_state));
}

// Sends what is encoded.
static enum io_result flush(struct layer *layer, int fd) {
  while (layer->sealed_len > 0) {
    // The layer below only reads the span: iovec has no const form.
    const struct iovec iov = {.iov_base = (void *)(uintptr_t)layer->sealed,
                              .iov_len = layer->sealed_len};
    size_t sent = 0;
    enum io_result result = layer->lower->write(layer->lower_state, fd, &iov, 1, &sent);
    if (result != IO_DONE) {
      return result;
    }
    layer->sealed += sent;
    layer->sealed_len -= sent;
  }
  return IO_DONE;
}

// Encodes the next octets, those behind the first |at| ones of |iov|.
static int seal(struct layer *layer, const struct iovec *iov, size_t iov_len, size_t at) {
  size_t len = 0;
  for (; iov_len > 0 && len < layer->max; iov++, iov_len--) {
    if (at >= iov->iov_len) {
      at -= iov->iov_len;
      continue;
    }
    size_t there = iov->iov_len - at, room = layer->max - len;
    size_t n = there < room ? there : room;
    memcpy(layer->gather + len, (const uint8_t *)iov->iov_base + at, n);
    len += n;
    at = 0;
  }
  unsigned sealed_len = 0;
  layer->sealed_of = len;
  if (len > 0 && sasl_encode(layer->conn, (const char *)layer->gather, (unsigned)len,
                             &layer->sealed, &sealed_len) != SASL_OK) {
    return 0;
  }
  layer->sealed_len = sealed_len;
  return 1;
}

// What is encoded counts as sent only when all of it is: the same octets are offered again until
// then.
static enum io_result write_some(void *state, int fd, const struct iovec *iov, size_t iov_len,
                                 size_t *out_len) {
  struct layer *layer = state;
  size_t done = 0;
  do {
    enum io_result result = flush(layer, fd);
    if (result != IO_DONE && (done == 0 || result == IO_FAILED)) {
      return result;
    }
    if (result != IO_DONE) {
      break;
    }
    done += layer->sealed_of;
    if (!seal(layer, iov, iov_len, done)) {
      return fail(layer, "octets to be sent");
    }
  } while (layer->sealed_of > 0);
  *out_len = done;
  return IO_DONE;
}

static enum io_result end(void *state, int fd) {
  const struct layer *layer = state;
  return layer->lower->end == NULL ? IO_DONE : layer->lower->end(layer->lower_state, fd);
}

static void push(void *state, const struct io_ops *lower, void *lower_state) {
  struct layer *layer = state;
  layer->lower = lower;
  layer->lower_state = lower_state;
}

static void layer_free(void *state) {
  struct layer *layer = state;
  sasl_dispose(&layer->conn);
  if (layer->lower != NULL && layer->lower->free != NULL) {
    layer->lower->free(layer->lower_state);
  }
  free(layer);
}

int cyrus_layer(sasl_conn_t *conn, struct io_layer *out) {
  static const struct io_ops kOps = {
      .read = read_some, .pending = pending, .write = write_some, .end = end, .free = layer_free};
  const void *max;
  if (sasl_getprop(conn, SASL_MAXOUTBUF, &max) != SASL_OK || *(const unsigned *)max == 0) {
    return 0;
  }
  struct layer *layer = calloc(1, sizeof(*layer));
  if (layer == NULL) {
    return 0;
  }
  layer->conn = conn;
  layer->max = *(const unsigned *)max < PIECE ? *(const unsigned *)max : PIECE;
  *out = (struct io_layer){.ops = &kOps, .state = layer, .push = push};
  return 1;
}
