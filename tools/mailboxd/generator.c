#include "tools/mailboxd/generator.h"

#include <string.h>

// Octets of GENERATOR_PERIOD lines: 470 x (68 + 2 on average + CRLF), one of them a dot instead.
#define PERIOD_OCTETS 33771u
#define DOT_LINE 107u

static char *put_text(char *to, const char *text, size_t len) {
  memcpy(to, text, len);
  return to + len;
}

static char *put_digits(char *to, uint64_t value, size_t digits) {
  for (size_t i = digits; i > 0; i--) {
    to[i - 1] = (char)('0' + value % 10);
    value /= 10;
  }
  return to + digits;
}

#define PUT(to, text) put_text(to, text, sizeof(text) - 1)

size_t generator_header(char out[GENERATOR_HEADER_MAX], uint32_t n, uint64_t size) {
  char *to = PUT(out,
                 "From: Generator <generator@mailboxd.invalid>\r\n"
                 "To: Reader <reader@mailboxd.invalid>\r\n"
                 "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"
                 "Subject: Message ");
  to = put_digits(to, n, 10);
  to = PUT(to, " of ");
  to = put_digits(to, size, 12);
  to = PUT(to, " octets\r\nMessage-ID: <");
  to = put_digits(to, n, 10);
  to = PUT(to, ".");
  to = put_digits(to, size, 12);
  to = PUT(to,
           "@mailboxd.invalid>\r\n"
           "MIME-Version: 1.0\r\n"
           "Content-Type: text/plain; charset=us-ascii\r\n"
           "\r\n");
  return (size_t)(to - out);
}

uint64_t generator_min_size(void) {
  char header[GENERATOR_HEADER_MAX];
  return generator_header(header, 1, 0) + 2;
}

size_t generator_line(uint8_t out[74], uint64_t j) {
  uint32_t line = (uint32_t)(j % GENERATOR_PERIOD);
  size_t len = 68 + line % 5;
  if (line == DOT_LINE) {
    out[0] = '.';
    len = 1;
  } else {
    for (uint32_t k = 0; k < len; k++) {
      out[k] = (uint8_t)(33 + (line + 7 * k) % 94);
    }
  }
  out[len] = '\r';
  out[len + 1] = '\n';
  return len + 2;
}

void generator_body(uint8_t *out, uint64_t size, uint64_t offset, size_t len) {
  uint64_t body = size - (generator_min_size() - 2);
  uint64_t end = offset + len;
  uint64_t at = offset - offset % PERIOD_OCTETS;  // where line j begins
  for (uint64_t j = 0; at < end; j++) {
    uint8_t line[74];
    size_t line_len = generator_line(line, j);
    for (size_t i = 0; i < line_len && at + i < end; i++) {
      if (at + i >= offset) {
        out[at + i - offset] = line[i];
      }
    }
    at += line_len;
  }
  // The end of the body differs from the endless text.
  for (size_t i = 0; i < len && i < 3; i++) {
    size_t last = len - 1 - i;
    uint64_t position = offset + last;
    if (position + 1 == body) {
      out[last] = '\n';
    } else if (position + 2 == body) {
      out[last] = '\r';
    } else if (position + 3 == body && out[last] == '\r') {
      out[last] = '-';
    }
  }
}
