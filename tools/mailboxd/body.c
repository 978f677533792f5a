#define _GNU_SOURCE 1
#include "tools/mailboxd/body.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

// A stream keeps this much ready for a client, no more: this is per connection, unlike all else.
#define STREAM_READY (256u << 10)
#define STREAM_PIECE (64u << 10)

void body_init(struct body *body) {
  // All but the prefix, of which only prefix_len octets count: this is done for each message.
  memset(body, 0, offsetof(struct body, prefix));
}

void body_add_part(struct body *body, struct blob *blob, const uint8_t *data, size_t len,
                   uint64_t times) {
  if (len == 0 || times == 0) {
    return;
  }
  body->parts[body->num_parts++] =
      (struct body_part){.blob = blob_ref(blob), .data = data, .len = len, .times = times};
}

// Reads and converts one piece of the file. BODY_DONE means that a piece was queued.
static enum body_result stream_piece(struct body *body, struct outq *q) {
  uint8_t raw[STREAM_PIECE];
  uint64_t left = body->stream_end - body->stream_at;
  size_t want = left < sizeof(raw) ? (size_t)left : sizeof(raw);
  ssize_t got;
  do {
    got = pread(body->stream_fd, raw, want, (off_t)body->stream_at);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) {
    return BODY_FAILED;
  }
  size_t len = (size_t)got;
  int last = len == left;
  struct blob *blob = blob_new(2 * len + 2);
  if (blob == NULL) {
    return BODY_FAILED;
  }
  size_t used = wire_step(&body->stream_wire, raw, len, last, blob->data, &blob->len);
  if (used == 0) {  // a short read in the middle of a look-ahead: the file is shrinking
    blob_unref(blob);
    return BODY_FAILED;
  }
  if (last) {
    blob->len += wire_finish(&body->stream_wire, blob->data + blob->len);
  }
  body->stream_at += used;
  outq_refer(q, blob, blob->data, blob->len);
  blob_unref(blob);
  return BODY_DONE;
}

enum body_result body_fill(struct body *body, struct outq *q) {
  if (body->prefix_len > 0) {
    outq_text(q, body->prefix, body->prefix_len);
    body->prefix_len = 0;
  }
  while (body->part < body->num_parts) {
    struct body_part *part = &body->parts[body->part];
    for (; part->times > 0; part->times--) {
      if (outq_full(q)) {
        return BODY_MORE;
      }
      outq_refer(q, part->blob, part->data, part->len);
    }
    body->part++;
  }
  while (body->streaming && body->stream_at < body->stream_end) {
    if (outq_full(q) || q->octets >= STREAM_READY) {
      return BODY_MORE;
    }
    enum body_result result = stream_piece(body, q);
    if (result != BODY_DONE) {
      return result;
    }
  }
  outq_text(q, ".\r\n", 3);
  return q->failed ? BODY_FAILED : BODY_DONE;
}

void body_cleanup(struct body *body) {
  for (uint32_t i = 0; i < body->num_parts; i++) {
    blob_unref(body->parts[i].blob);
  }
  if (body->streaming) {
    close(body->stream_fd);
  }
}
