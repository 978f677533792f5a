#include "tools/mailboxd/line.h"

#include <string.h>

// Drops octets up to a CRLF; a CR at the very end is kept, its LF may follow.
static size_t skip(struct line_reader *reader, const uint8_t *in, size_t in_len) {
  size_t at = 0;
  while (at < in_len) {
    const uint8_t *cr = memchr(in + at, '\r', in_len - at);
    if (cr == NULL) {
      return in_len;
    }
    at = (size_t)(cr - in);
    if (at + 1 == in_len) {
      return at;
    }
    if (in[at + 1] == '\n') {
      reader->skipping = 0;
      return at + 2;
    }
    at++;
  }
  return at;
}

// The first octet that may not stand in a command, or |len|. 8-bit octets may (RFC 6856).
static size_t find_bad(const uint8_t *in, size_t len) {
  for (size_t i = 0; i < len; i++) {
    if (in[i] < 0x20 || in[i] == 0x7F) {
      return i;
    }
  }
  return len;
}

enum line_result line_next(struct line_reader *reader, const uint8_t *in, size_t in_len, size_t max,
                           size_t *out_used, size_t *out_len) {
  *out_len = 0;
  if (reader->skipping) {
    *out_used = skip(reader, in, in_len);
    return reader->skipping ? LINE_NONE : LINE_SKIPPED;
  }
  *out_used = 0;
  size_t window = in_len < max ? in_len : max;
  size_t bad = find_bad(in, window);
  if (bad + 1 < window && in[bad] == '\r' && in[bad + 1] == '\n') {
    *out_used = bad + 2;
    *out_len = bad;
    return LINE_GOOD;
  }
  int may_be_end = bad < window && in[bad] == '\r' && bad + 1 == window;
  if (window < max && (bad == window || may_be_end)) {
    return LINE_NONE;
  }
  // What is skipped begins at the bad octet: if it is a CR, an LF may follow it.
  reader->skipping = 1;
  *out_used = bad;
  return bad == window || may_be_end ? LINE_TOO_LONG : LINE_BAD_OCTET;
}
