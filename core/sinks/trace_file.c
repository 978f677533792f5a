#include <pop3/trace.h>
#include <stdio.h>

#define SHOWN_MAX 1024  // octets of a line that are shown

// escape writes |c| to |out| and returns how many characters it took. A backslash is doubled, so
// that what is shown can be read back.
static size_t escape(unsigned char c, char *out) {
  static const char kHex[] = "0123456789ABCDEF";
  if (c >= 0x20 && c < 0x7F && c != '\\') {
    out[0] = (char)c;
    return 1;
  }
  out[0] = '\\';
  if (c == '\\') {
    out[1] = '\\';
    return 2;
  }
  out[1] = 'x';
  out[2] = kHex[c >> 4U];
  out[3] = kHex[c & 0x0FU];
  return 4;
}

static const char *arrow(pop3_trace_kind kind) {
  switch (kind) {
    case POP3_TRACE_COMMAND:
      return "-> ";
    case POP3_TRACE_REPLY:
    case POP3_TRACE_LINE:
    case POP3_TRACE_BODY:
      return "<- ";
    case POP3_TRACE_NOTE:
      break;
  }
  return "-- ";
}

void pop3_trace_to_file(void *arg, const pop3_trace_event *event) {
  FILE *file = arg;
  if (event->kind == POP3_TRACE_BODY) {
    (void)fprintf(file, "%s(%zu octets of a body)\n", arrow(event->kind), event->data_len);
    return;
  }
  // One fprintf for each event: lines of several sessions do not mix.
  char text[4 * SHOWN_MAX + 1];
  size_t shown = event->data_len < SHOWN_MAX ? event->data_len : SHOWN_MAX;
  size_t len = 0;
  for (size_t i = 0; i < shown; i++) {
    len += escape((unsigned char)event->data[i], text + len);
  }
  text[len] = '\0';
  if (shown < event->data_len) {
    (void)fprintf(file, "%s%s... (%zu octets)\n", arrow(event->kind), text, event->data_len);
  } else {
    (void)fprintf(file, "%s%s\n", arrow(event->kind), text);
  }
}
