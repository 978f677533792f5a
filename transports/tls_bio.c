#include "transports/tls_bio.h"

#include <string.h>

#include "transports/tls_text.h"

#define LAYER "tls"

// BUFFER holds two records of the greatest size. READS_PER_OPERATION: a peer that sends only what
// never becomes data (session tickets, for example) may not keep one operation busy for ever.
enum { BUFFER = 40 * 1024, READS_PER_OPERATION = 256 };
enum { RECORD_HEADER = 5 };

static p3_tls_bio *state_of(BIO *bio) { return BIO_get_data(bio); }

// Notes how the transport below has answered. Returns what a BIO's function returns then.
static int no_luck(p3_tls_bio *self, BIO *bio, pop3_io io, int reading, const pop3_error *error) {
  switch (io) {
    case POP3_IO_WANT_READ:
    case POP3_IO_WANT_WRITE:
      self->want = io;
      if (reading) {
        BIO_set_retry_read(bio);
      } else {
        BIO_set_retry_write(bio);
      }
      return -1;
    case POP3_IO_EOF:
      if (reading) {
        self->eof = 1;
        return 0;
      }
      self->write_failed = 1;
      if (!self->read_failed) {
        self->host->fail(self->host->ctx, &self->error, POP3_ERR_EOF, LAYER, 0, 0,
                         "the server closed the connection");
      }
      return -1;
    default:
      if (!self->read_failed && !self->write_failed) self->error = *error;
      if (reading) {
        self->read_failed = 1;
      } else {
        self->write_failed = 1;
      }
      return -1;
  }
}

// Reads from the transport below into the empty buffer. Returns 1 if something came.
static int fill(p3_tls_bio *self, BIO *bio, int *out_result) {
  self->start = self->end = 0;
  *out_result = -1;
  if (self->read_failed) return 0;
  if (self->eof) {
    *out_result = 0;
    return 0;
  }
  if (self->budget == 0) {
    self->exhausted = 1;
    self->want = POP3_IO_WANT_READ;
    BIO_set_retry_read(bio);
    return 0;
  }
  self->budget--;
  size_t got = 0;
  pop3_error error = POP3_ERROR_INIT;
  const pop3_io io = self->lower->ops->read(self->lower->self, self->buf, BUFFER, &got, &error);
  if (io != POP3_IO_DONE) {
    *out_result = no_luck(self, bio, io, 1, &error);
    return 0;
  }
  self->end = got;
  self->octets_in += got;
  if (self->first_len < sizeof(self->first)) {
    size_t len = sizeof(self->first) - self->first_len;
    if (len > got) len = got;
    memcpy(self->first + self->first_len, self->buf, len);
    self->first_len += len;
  }
  return 1;
}

static int bio_read(BIO *bio, char *out, int cap) {
  p3_tls_bio *self = state_of(bio);
  BIO_clear_retry_flags(bio);
  if (out == NULL || cap <= 0) return 0;
  int result;
  if (self->start == self->end && !fill(self, bio, &result)) return result;
  size_t len = self->end - self->start;
  if (len > (size_t)cap) len = (size_t)cap;
  memcpy(out, self->buf + self->start, len);
  self->start += len;
  return (int)len;
}

static int bio_write(BIO *bio, const char *data, int len) {
  p3_tls_bio *self = state_of(bio);
  BIO_clear_retry_flags(bio);
  if (data == NULL || len <= 0) return 0;
  // A transport that has failed is called no more; after a failed write it may still be read.
  if (self->read_failed || self->write_failed) return -1;
  size_t put = 0;
  pop3_error error = POP3_ERROR_INIT;
  const pop3_io io =
      self->lower->ops->write(self->lower->self, (const uint8_t *)data, (size_t)len, &put, &error);
  if (io != POP3_IO_DONE) return no_luck(self, bio, io, 0, &error);
  return (int)put;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer) {
  (void)bio;
  (void)number;
  (void)pointer;
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

pop3_status p3_tls_bio_init(p3_tls_bio *self, const pop3_host *host, const pop3_layer *lower,
                            void *owner, pop3_error *err) {
  memset(self, 0, sizeof(*self));
  self->host = host;
  self->lower = lower;
  self->owner = owner;
  self->want = POP3_IO_WANT_READ;
  self->buf = host->alloc(host->ctx, BUFFER);
  self->method = self->buf != NULL ? BIO_meth_new(0, "pop3 transport") : NULL;
  if (self->method != NULL && BIO_meth_set_read(self->method, bio_read) &&
      BIO_meth_set_write(self->method, bio_write) && BIO_meth_set_ctrl(self->method, bio_ctrl)) {
    self->bio = BIO_new(self->method);
  }
  if (self->bio == NULL) return p3_tls_no_memory(host, err);
  BIO_set_data(self->bio, self);
  BIO_set_init(self->bio, 1);
  return POP3_OK;
}

void p3_tls_bio_cleanup(p3_tls_bio *self) {
  if (self->bio != NULL) BIO_free(self->bio);
  if (self->method != NULL) BIO_meth_free(self->method);
  if (self->buf != NULL) self->host->release(self->host->ctx, self->buf);
  self->bio = NULL;
  self->method = NULL;
  self->buf = NULL;
}

void *p3_tls_bio_owner(BIO *bio) { return state_of(bio)->owner; }

void p3_tls_bio_start(p3_tls_bio *self) {
  self->budget = READS_PER_OPERATION;
  self->exhausted = 0;
}

int p3_tls_bio_has_record(const p3_tls_bio *self) {
  const uint8_t *at = self->buf + self->start;
  const size_t len = self->end - self->start;
  if (len < RECORD_HEADER) return 0;
  return len - RECORD_HEADER >= ((size_t)at[3] << 8 | at[4]);
}
