// A place in front of another that turns each CRLF into LF, wherever the pieces are cut. A CR or LF
// that stands alone stays as it is.
#include <stdlib.h>
#include <string.h>

#include "tools/cli/deliver.h"

typedef struct lf_place {
  cli_deliver base;
  cli_deliver *inner;
  int holds_cr;  // the last octet was a CR that was not handed on yet
} lf_place;

static pop3_status lf_begin(cli_deliver *deliver, const cli_message_id *id, pop3_error *err) {
  lf_place *self = (lf_place *)deliver;
  self->holds_cr = 0;
  return self->inner->ops->begin(self->inner, id, err);
}

static pop3_status pass(lf_place *self, const uint8_t *data, size_t data_len, pop3_error *err) {
  return data_len == 0 ? POP3_OK : self->inner->ops->write(self->inner, data, data_len, err);
}

// Hands on the CR that was held back, unless |next| makes it half of a CRLF.
static pop3_status settle_cr(lf_place *self, int next, pop3_error *err) {
  if (!self->holds_cr) return POP3_OK;
  self->holds_cr = 0;
  return next == '\n' ? POP3_OK : pass(self, (const uint8_t *)"\r", 1, err);
}

static pop3_status lf_write(cli_deliver *deliver, const uint8_t *data, size_t data_len,
                            pop3_error *err) {
  lf_place *self = (lf_place *)deliver;
  pop3_status status = data_len == 0 ? POP3_OK : settle_cr(self, data[0], err);
  while (status == POP3_OK && data_len > 0) {
    const uint8_t *cr = memchr(data, '\r', data_len);
    size_t clear = cr == NULL ? data_len : (size_t)(cr - data);
    status = pass(self, data, clear, err);
    if (cr == NULL) break;
    self->holds_cr = 1;
    data += clear + 1;
    data_len -= clear + 1;
    if (status == POP3_OK && data_len > 0) status = settle_cr(self, data[0], err);
  }
  return status;
}

static pop3_status lf_end(cli_deliver *deliver, pop3_error *err) {
  lf_place *self = (lf_place *)deliver;
  pop3_status status = settle_cr(self, -1, err);
  return status == POP3_OK ? self->inner->ops->end(self->inner, err) : status;
}

static void lf_abort(cli_deliver *deliver) {
  cli_deliver *inner = ((lf_place *)deliver)->inner;
  inner->ops->abort(inner);
}

static pop3_status lf_flush(cli_deliver *deliver, pop3_error *err) {
  cli_deliver *inner = ((lf_place *)deliver)->inner;
  pop3_status status = inner->ops->flush(inner, err);
  deliver->stored = inner->stored;
  return status;
}

static void lf_rest(cli_deliver *deliver) {
  cli_deliver *inner = ((lf_place *)deliver)->inner;
  if (inner->ops->rest != NULL) inner->ops->rest(inner);
}

static void lf_close(cli_deliver *deliver) {
  cli_deliver *inner = ((lf_place *)deliver)->inner;
  inner->ops->close(inner);
  free(deliver);
}

static const cli_deliver_ops kLfOps = {lf_begin, lf_write, lf_end,  lf_abort,
                                       lf_flush, lf_rest,  lf_close};

pop3_status cli_deliver_lf_open(cli_deliver **out, cli_deliver *inner, pop3_error *err) {
  lf_place *self = calloc(1, sizeof(*self));
  *out = (cli_deliver *)self;
  if (self == NULL) return pop3_error_set(err, POP3_ERR_MEMORY, "lf", 0, "no memory for output");
  self->base.ops = &kLfOps;
  self->inner = inner;
  return POP3_OK;
}
