#include "core/codec/dot.h"

#include "core/codec/scan.h"

static const uint8_t kCr[1] = {'\r'};

void p3_dot_init(p3_dot *dot, int bare_lf) {
  dot->state = P3_DOT_LINE_START;
  dot->bare_lf = bare_lf;
}

// The state behind a span that reaches the end of the octets at hand.
static p3_dot_state state_behind(const p3_dot *dot, const uint8_t *data, size_t len) {
  const uint8_t last = data[len - 1];
  if (last == '\r') return P3_DOT_CR;
  if (last != '\n') return P3_DOT_MID_LINE;
  const int behind_cr = len > 1 ? data[len - 2] == '\r' : dot->state == P3_DOT_CR;
  if (behind_cr) return P3_DOT_LINE_START;
  return dot->bare_lf ? P3_DOT_BARE_START : P3_DOT_MID_LINE;
}

// The LF at |data[at]| ends a line for certain, or by leniency, or not at all.
static int ends_line(const p3_dot *dot, const uint8_t *data, size_t at, pop3_quirks *quirks) {
  if (at > 0 ? data[at - 1] == '\r' : dot->state == P3_DOT_CR) return 1;
  if (!dot->bare_lf) return 0;
  quirks->hits[POP3_QUIRK_BARE_LF]++;
  return 1;
}

// Within text: everything up to the next line that starts with a dot is one span.
static void next_span(p3_dot *dot, const uint8_t *data, size_t len, size_t *out_read,
                      const uint8_t **out_span, size_t *out_span_len, pop3_quirks *quirks) {
  size_t from = 0;
  *out_span = data;
  for (;;) {
    const size_t at = from + p3_scan_lf_dot(data + from, len - from);
    if (at >= len) {
      *out_read = *out_span_len = len;
      dot->state = state_behind(dot, data, len);
      return;
    }
    if (ends_line(dot, data, at, quirks)) {
      *out_span_len = at + 1;
      *out_read = at + 2;  // the dot as well
      dot->state = P3_DOT_DOT;
      return;
    }
    from = at + 1;
  }
}

void p3_dot_next(p3_dot *dot, const uint8_t *data, size_t len, size_t *out_read,
                 const uint8_t **out_span, size_t *out_span_len, pop3_quirks *quirks) {
  *out_read = 0;
  *out_span = NULL;
  *out_span_len = 0;
  switch (dot->state) {
    case P3_DOT_LINE_START:
    case P3_DOT_BARE_START:
      if (data[0] == '.') {
        if (dot->state == P3_DOT_BARE_START) quirks->hits[POP3_QUIRK_BARE_LF]++;
        *out_read = 1;
        dot->state = P3_DOT_DOT;
        return;
      }
      break;
    case P3_DOT_DOT:
      if (data[0] == '\r') {
        *out_read = 1;
        dot->state = P3_DOT_DOT_CR;
        return;
      }
      if (data[0] == '\n' && dot->bare_lf) {
        quirks->hits[POP3_QUIRK_BARE_LF]++;
        *out_read = 1;
        dot->state = P3_DOT_END;
        return;
      }
      dot->state = P3_DOT_MID_LINE;
      break;
    case P3_DOT_DOT_CR:
      if (data[0] == '\n') {
        *out_read = 1;
        dot->state = P3_DOT_END;
        return;
      }
      *out_span = kCr;
      *out_span_len = sizeof(kCr);
      dot->state = P3_DOT_CR;
      return;
    case P3_DOT_END:
      return;
    case P3_DOT_MID_LINE:
    case P3_DOT_CR:
      break;
  }
  next_span(dot, data, len, out_read, out_span, out_span_len, quirks);
}
