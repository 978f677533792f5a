#include "tools/mailboxd/wire.h"

#include <string.h>

void wire_init(struct wire *w, int unquote) { *w = (struct wire){.unquote = unquote}; }

enum quoted { QUOTED_NO, QUOTED_YES, QUOTED_UNKNOWN };

// Does a line that begins with '>' hold a quoted "From "? A run of '>' that fills the whole window
// is taken as text, so that the answer does not depend on how the message was cut into pieces.
static enum quoted is_quoted_from(const uint8_t *in, size_t len, int last) {
  size_t window = len < WIRE_LOOKAHEAD ? len : WIRE_LOOKAHEAD;
  size_t at = 0;
  while (at < window && in[at] == '>') {
    at++;
  }
  size_t rest = window - at;
  size_t compare = rest < 5 ? rest : 5;
  if (memcmp(in + at, "From ", compare) != 0) {
    return QUOTED_NO;
  }
  if (compare == 5) {
    return QUOTED_YES;
  }
  return last || len >= WIRE_LOOKAHEAD ? QUOTED_NO : QUOTED_UNKNOWN;
}

size_t wire_step(struct wire *w, const uint8_t *in, size_t in_len, int last, uint8_t *out,
                 size_t *out_len) {
  uint8_t *to = out;
  size_t at = 0;
  while (at < in_len) {
    if (!w->mid_line) {
      if (in[at] == '>' && w->unquote) {
        enum quoted quoted = is_quoted_from(in + at, in_len - at, last);
        if (quoted == QUOTED_UNKNOWN) {
          break;
        }
        if (quoted == QUOTED_YES) {
          at++;
          w->changes++;
        }
      } else if (in[at] == '.') {
        w->dots++;
        w->changes++;
        if (to != NULL) {
          *to++ = '.';
        }
      }
      w->mid_line = 1;
      w->after_cr = 0;
    }
    const uint8_t *lf = memchr(in + at, '\n', in_len - at);
    size_t len = lf == NULL ? in_len - at : (size_t)(lf - (in + at));
    if (to != NULL && len > 0) {
      memcpy(to, in + at, len);
      to += len;
    }
    if (len > 0) {
      w->after_cr = in[at + len - 1] == '\r';
    }
    at += len;
    w->octets += len;
    if (lf == NULL) {
      break;
    }
    at++;
    if (!w->after_cr) {
      w->changes++;
      w->octets++;
      if (to != NULL) {
        *to++ = '\r';
      }
    }
    w->octets++;
    if (to != NULL) {
      *to++ = '\n';
    }
    w->mid_line = 0;
  }
  if (out != NULL) {
    *out_len = (size_t)(to - out);
  }
  return at;
}

size_t wire_finish(struct wire *w, uint8_t out[2]) {
  if (!w->mid_line) {
    return 0;
  }
  w->mid_line = 0;
  w->octets += 2;
  if (out != NULL) {
    memcpy(out, "\r\n", 2);
  }
  return 2;
}

void wire_top_init(struct wire_top *t, uint64_t lines) { *t = (struct wire_top){.lines = lines}; }

int wire_top_step(struct wire_top *t, const uint8_t *in, size_t in_len, size_t *out_used) {
  size_t at = 0;
  while (at < in_len && !(t->in_body && t->lines == 0)) {
    const uint8_t *lf = memchr(in + at, '\n', in_len - at);
    size_t len = lf == NULL ? in_len - at : (size_t)(lf - (in + at));
    if (!t->in_body && len > 0) {
      t->only_cr = t->line_len == 0 && len == 1 && in[at] == '\r';
      t->line_len = t->line_len + len > 2 ? 2 : t->line_len + (uint32_t)len;
    }
    at += len;
    if (lf == NULL) {
      break;
    }
    at++;
    if (t->in_body) {
      t->lines--;
    } else if (t->line_len == 0 || (t->line_len == 1 && t->only_cr)) {
      t->in_body = 1;
    }
    t->line_len = 0;
    t->only_cr = 0;
  }
  *out_used = at;
  return t->in_body && t->lines == 0;
}
