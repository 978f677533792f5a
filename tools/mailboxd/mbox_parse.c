#include "tools/mailboxd/mbox_parse.h"

#include <string.h>

void mbox_parser_init(struct mbox_parser *parser) {
  *parser = (struct mbox_parser){.after_empty = 1};
}

// Ends the message that is being read before |end|.
static int end_message(struct mbox_parser *p, uint64_t end, mbox_sink *sink, void *arg) {
  if (!p->in_message) {
    return 1;
  }
  p->in_message = 0;
  p->range.end = end;
  p->range.stop = p->after_empty && p->empty_start >= p->range.start ? p->empty_start : end;
  return sink(arg, &p->range);
}

// Looks at a line of which all, or at least its first octets, are known. |line_end| is behind its
// LF.
static int end_line(struct mbox_parser *p, uint64_t line_end, mbox_sink *sink, void *arg) {
  int is_from = p->after_empty && p->line_len >= 5 && memcmp(p->line, "From ", 5) == 0;
  int is_empty = p->line_len == 0 || (p->line_len == 1 && p->line[0] == '\r');
  if (is_from) {
    if (!end_message(p, p->line_start, sink, arg)) {
      return 0;
    }
    p->in_message = 1;
    p->range = (struct mbox_range){.from = p->line_start, .start = line_end};
  } else if (p->line_start == 0) {
    return 0;
  }
  p->after_empty = is_empty;
  p->empty_start = p->line_start;
  p->line_start = line_end;
  p->line_len = 0;
  return 1;
}

int mbox_parser_feed(struct mbox_parser *p, const uint8_t *in, size_t in_len, mbox_sink *sink,
                     void *arg) {
  size_t at = 0;
  while (at < in_len) {
    const uint8_t *lf = memchr(in + at, '\n', in_len - at);
    size_t len = lf == NULL ? in_len - at : (size_t)(lf - (in + at));
    size_t room = sizeof(p->line) - p->line_len;
    size_t copied = len < room ? len : room;
    memcpy(p->line + p->line_len, in + at, copied);
    p->line_len += (uint32_t)copied;
    at += len;
    if (lf == NULL) {
      break;
    }
    at++;
    if (!end_line(p, p->at + at, sink, arg)) {
      return 0;
    }
  }
  p->at += in_len;
  return 1;
}

int mbox_parser_finish(struct mbox_parser *p, mbox_sink *sink, void *arg) {
  if (p->line_start < p->at && !end_line(p, p->at, sink, arg)) {
    return 0;
  }
  return end_message(p, p->at, sink, arg);
}
