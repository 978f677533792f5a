#include <pop3/collect.h>
#include <string.h>

#include "core/base/fill.h"
#include "core/base/memory.h"

#define DEFAULT_MAX (UINT64_C(1) << 20U)
#define LEAST_CAP 1024

void pop3_lines_init(pop3_lines *lines, size_t size,
                     pop3_sink_verdict (*line)(void *arg, const uint8_t *data, size_t data_len),
                     void *arg) {
  const pop3_lines preset = POP3_LINES_INIT(line, arg);
  p3_fill_preset(lines, size, &preset, sizeof(preset));
}

static uint64_t max_line(const pop3_lines *lines) {
  return lines->max_line == 0 ? DEFAULT_MAX : lines->max_line;
}

void pop3_lines_cleanup(pop3_lines *lines) {
  pop3_allocator allocator;
  p3_allocator_resolve(&allocator, &lines->allocator);
  p3_mem_free(&allocator, lines->held);
  lines->held = NULL;
  lines->held_len = 0;
  lines->held_cap = 0;
}

// begin starts anew if the message before this one is over.
static void begin(pop3_lines *lines) {
  if (lines->is_over == 0) return;
  lines->is_over = 0;
  lines->status = POP3_OK;
  lines->octets = 0;
  lines->num_lines = 0;
  lines->held_len = 0;
}

// reserve makes room for |need| octets of a line. Doubling keeps the copying linear.
static pop3_status reserve(pop3_lines *lines, size_t need) {
  if (need <= lines->held_cap) return POP3_OK;
  size_t cap = lines->held_cap > SIZE_MAX / 2 ? SIZE_MAX : lines->held_cap * 2;
  if (cap < LEAST_CAP) cap = LEAST_CAP;
  if (cap < need) cap = need;
  pop3_allocator allocator;
  p3_allocator_resolve(&allocator, &lines->allocator);
  uint8_t *held = p3_mem_grow(&allocator, lines->held, cap, 1);
  if (held == NULL) return POP3_ERR_MEMORY;
  lines->held = held;
  lines->held_cap = cap;
  return POP3_OK;
}

// hold keeps a piece of a line until the rest is there. A CR at its end may be part of the line
// end, and does not count yet.
static pop3_status hold(pop3_lines *lines, const uint8_t *data, size_t len) {
  if (len == 0) return POP3_OK;
  const uint64_t counts = (uint64_t)lines->held_len + len - (data[len - 1] == '\r' ? 1 : 0);
  if (counts > max_line(lines)) return POP3_ERR_LIMIT;
  if (len > SIZE_MAX - lines->held_len) return POP3_ERR_MEMORY;
  const pop3_status status = reserve(lines, lines->held_len + len);
  if (status == POP3_OK) {
    memcpy(lines->held + lines->held_len, data, len);
    lines->held_len += len;
  }
  return status;
}

// hand_out gives the caller a line of |len| octets, behind which |end_len| ended it.
static pop3_sink_verdict hand_out(pop3_lines *lines, const uint8_t *data, size_t len,
                                  size_t end_len) {
  if (len > max_line(lines)) {
    lines->status = POP3_ERR_LIMIT;
    return POP3_SINK_STOP;
  }
  lines->octets += (uint64_t)len + end_len;
  lines->num_lines++;
  lines->held_len = 0;
  return lines->line == NULL ? POP3_SINK_CONTINUE : lines->line(lines->arg, data, len);
}

// take_line takes |len| octets, the last of which is the LF that ends a line.
static pop3_sink_verdict take_line(pop3_lines *lines, const uint8_t *data, size_t len) {
  const uint8_t *line = data;
  size_t whole = len;
  if (lines->held_len > 0) {
    lines->status = hold(lines, data, len - 1);
    if (lines->status != POP3_OK) return POP3_SINK_STOP;
    line = lines->held;
    whole = lines->held_len + 1;
  }
  const size_t end_len = whole > 1 && line[whole - 2] == '\r' ? 2 : 1;
  return hand_out(lines, line, whole - end_len, end_len);
}

static pop3_sink_verdict body(void *arg, const uint8_t *data, size_t data_len) {
  pop3_lines *lines = arg;
  pop3_sink_verdict verdict = POP3_SINK_CONTINUE;
  int is_over = 0;
  begin(lines);
  if (lines->status != POP3_OK) return POP3_SINK_STOP;
  lines->watch = &is_over;
  while (data_len > 0) {
    const uint8_t *lf = memchr(data, '\n', data_len);
    if (lf == NULL) {
      lines->status = hold(lines, data, data_len);
      verdict = lines->status == POP3_OK ? verdict : POP3_SINK_STOP;
      break;
    }
    const size_t len = (size_t)(lf - data) + 1;
    const pop3_sink_verdict wish = take_line(lines, data, len);
    if (is_over) {
      return POP3_SINK_STOP;  // cancelled by the caller's function: |lines| may be gone
    }
    if (wish == POP3_SINK_STOP) {
      verdict = wish;
      break;
    }
    if (wish == POP3_SINK_PAUSE) verdict = wish;
    data += len;
    data_len -= len;
  }
  lines->watch = NULL;
  return verdict;
}

static void done(void *arg, const pop3_result *result) {
  pop3_lines *lines = arg;
  begin(lines);
  if (lines->watch != NULL) {
    *lines->watch = 1;
    lines->watch = NULL;
  }
  if (result->status == POP3_OK && lines->status == POP3_OK && lines->held_len > 0) {
    (void)hand_out(lines, lines->held, lines->held_len, 0);
  }
  lines->is_over = 1;
  // Last, because it may free |lines|.
  if (lines->done != NULL) lines->done(lines->arg, result);
}

void pop3_lines_sink(pop3_lines *lines, pop3_sink *out) {
  pop3_sink sink = POP3_SINK_INIT;
  sink.body = body;
  sink.done = done;
  sink.arg = lines;
  (void)p3_fill(out, &sink, sizeof(sink));
}
