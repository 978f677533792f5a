#include <pop3/collect.h>
#include <string.h>

#include "core/base/fill.h"
#include "core/base/memory.h"

#define DEFAULT_MAX (UINT64_C(1) << 30U)
#define LEAST_CAP 4096

void pop3_buffer_init(pop3_buffer *buffer, uint64_t max, const pop3_allocator *allocator) {
  memset(buffer, 0, sizeof(*buffer));
  buffer->max = max == 0 ? DEFAULT_MAX : max;
  buffer->status = POP3_OK;
  p3_allocator_resolve(&buffer->allocator, allocator);
}

void pop3_buffer_cleanup(pop3_buffer *buffer) {
  p3_mem_free(&buffer->allocator, buffer->data);
  buffer->data = NULL;
  buffer->len = 0;
  buffer->cap = 0;
  buffer->status = POP3_OK;
}

// reserve makes room for |more| octets and a NUL. Doubling keeps the copying linear.
static pop3_status reserve(pop3_buffer *buffer, size_t more) {
  if (more > buffer->max - buffer->len) {
    return POP3_ERR_LIMIT;
  }
  if (more > SIZE_MAX - 1 - buffer->len) {
    return POP3_ERR_MEMORY;
  }
  size_t need = buffer->len + more + 1;
  if (need <= buffer->cap) {
    return POP3_OK;
  }
  size_t cap = buffer->cap > SIZE_MAX / 2 ? SIZE_MAX : buffer->cap * 2;
  if (cap < LEAST_CAP) {
    cap = LEAST_CAP;
  }
  if (cap > buffer->max && buffer->max < SIZE_MAX) {
    cap = (size_t)buffer->max + 1;  // no more than can ever be used
  }
  if (cap < need) {
    cap = need;
  }
  uint8_t *data = p3_mem_grow(&buffer->allocator, buffer->data, cap, 1);
  if (data == NULL && cap > need) {
    cap = need;  // the last chance when memory is short
    data = p3_mem_grow(&buffer->allocator, buffer->data, cap, 1);
  }
  if (data == NULL) {
    return POP3_ERR_MEMORY;
  }
  buffer->data = data;
  buffer->cap = cap;
  return POP3_OK;
}

static pop3_sink_verdict body(void *arg, const uint8_t *data, size_t data_len) {
  pop3_buffer *buffer = arg;
  if (buffer->status == POP3_OK) {
    buffer->status = reserve(buffer, data_len);
  }
  if (buffer->status != POP3_OK) {
    return POP3_SINK_STOP;
  }
  if (data_len > 0) {
    memcpy(buffer->data + buffer->len, data, data_len);
    buffer->len += data_len;
  }
  buffer->data[buffer->len] = 0;
  return POP3_SINK_CONTINUE;
}

void pop3_buffer_sink(pop3_buffer *buffer, pop3_sink *out) {
  pop3_sink sink = POP3_SINK_INIT;
  sink.body = body;
  sink.arg = buffer;
  (void)p3_fill(out, &sink, sizeof(sink));
}
