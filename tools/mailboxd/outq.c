#include "tools/mailboxd/outq.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_FIRST 512u   // chunk of a connection with little to say
#define TEXT_MORE 32768u  // chunk of one that is being pipelined to
#define RESERVE_MAX 4096u
#define COPY_BELOW 256u  // a body this short is cheaper copied than referred to

int outq_full(const struct outq *q) {
  return q->failed || q->count >= OUTQ_MAX_SPANS || q->octets >= OUTQ_MAX_OCTETS;
}

static int grow(struct outq *q) {
  if (q->head + q->count < q->cap) {
    return 1;
  }
  if (q->head > 0 && q->head >= q->cap / 4) {
    memmove(q->spans, q->spans + q->head, q->count * sizeof(*q->spans));
    q->head = 0;
    return 1;
  }
  uint32_t cap = q->cap == 0 ? 4 : q->cap * 4;
  struct outq_span *spans = realloc(q->spans, cap * sizeof(*spans));
  if (spans == NULL) {
    q->failed = 1;
    return 0;
  }
  q->spans = spans;
  q->cap = cap;
  return 1;
}

static void push(struct outq *q, struct blob *blob, const uint8_t *data, size_t len) {
  if (len == 0 || q->failed) {
    return;
  }
  if (q->count > 0) {
    struct outq_span *last = &q->spans[q->head + q->count - 1];
    if (last->blob == blob && last->data + last->len == data) {
      last->len += len;
      q->octets += len;
      return;
    }
  }
  if (!grow(q)) {
    return;
  }
  q->spans[q->head + q->count++] =
      (struct outq_span){.data = data, .len = len, .blob = blob_ref(blob)};
  q->octets += len;
}

uint8_t *outq_reserve(struct outq *q, size_t len) {
  if (q->failed || len > RESERVE_MAX) {
    q->failed = 1;
    return NULL;
  }
  if (q->text == NULL || q->text->cap - q->text->len < len) {
    size_t cap = q->text == NULL && q->count == 0 ? TEXT_FIRST : TEXT_MORE;
    blob_unref(q->text);
    q->text = blob_new(len > cap ? TEXT_MORE : cap);
    if (q->text == NULL) {
      q->failed = 1;
      return NULL;
    }
  }
  return q->text->data + q->text->len;
}

void outq_commit(struct outq *q, size_t len) {
  if (q->failed) {
    return;
  }
  const uint8_t *data = q->text->data + q->text->len;
  q->text->len += len;
  push(q, q->text, data, len);
}

void outq_text(struct outq *q, const void *data, size_t len) {
  const uint8_t *from = data;
  while (len > 0 && !q->failed) {
    size_t n = len < RESERVE_MAX ? len : RESERVE_MAX;
    uint8_t *to = outq_reserve(q, n);
    if (to == NULL) {
      return;
    }
    memcpy(to, from, n);
    outq_commit(q, n);
    from += n;
    len -= n;
  }
}

void outq_string(struct outq *q, const char *string) { outq_text(q, string, strlen(string)); }

void outq_number(struct outq *q, uint64_t value) {
  char digits[20];
  size_t at = sizeof(digits);
  do {
    digits[--at] = (char)('0' + value % 10);
    value /= 10;
  } while (value > 0);
  outq_text(q, digits + at, sizeof(digits) - at);
}

void outq_refer(struct outq *q, struct blob *blob, const uint8_t *data, size_t len) {
  if (len < COPY_BELOW && (blob == NULL || blob->map == NULL)) {
    outq_text(q, data, len);
  } else {
    push(q, blob, data, len);
  }
}

size_t outq_iovec(const struct outq *q, struct iovec *iov, size_t max, uint64_t limit,
                  uint64_t *out_octets) {
  size_t n = 0;
  uint64_t octets = 0;
  while (n < q->count && n < max && limit > 0) {
    const struct outq_span *span = &q->spans[q->head + n];
    size_t len = span->len < limit ? span->len : (size_t)limit;
    // The kernel only reads: iovec has no const form.
    iov[n++] = (struct iovec){.iov_base = (void *)(uintptr_t)span->data, .iov_len = len};
    limit -= len;
    octets += len;
  }
  *out_octets = octets;
  return n;
}

void outq_sent(struct outq *q, uint64_t len) {
  q->octets -= len;
  while (len > 0) {
    struct outq_span *span = &q->spans[q->head];
    if (span->len > len) {
      span->data += len;
      span->len -= (size_t)len;
      return;
    }
    len -= span->len;
    blob_unref(span->blob);
    q->head++;
    q->count--;
  }
  if (q->count == 0) {
    outq_clear(q);
  }
}

void outq_clear(struct outq *q) {
  for (uint32_t i = 0; i < q->count; i++) {
    blob_unref(q->spans[q->head + i].blob);
  }
  blob_unref(q->text);
  free(q->spans);
  int failed = q->failed;
  *q = (struct outq){.failed = failed};
}
