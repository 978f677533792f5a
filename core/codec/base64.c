#include "core/codec/base64.h"

// value returns the six bits of a character, or 64 if it has none.
static unsigned value(char c) {
  if (c >= 'A' && c <= 'Z') {
    return (unsigned)(c - 'A');
  }
  if (c >= 'a' && c <= 'z') {
    return (unsigned)(c - 'a') + 26;
  }
  if (c >= '0' && c <= '9') {
    return (unsigned)(c - '0') + 52;
  }
  return c == '+' ? 62 : c == '/' ? 63 : 64;
}

int p3_base64_valid(const char *text, size_t text_len) {
  if (text_len % 4 != 0) {
    return 0;
  }
  size_t digits = text_len;
  while (digits > 0 && text_len - digits < 2 && text[digits - 1] == '=') {
    digits--;
  }
  for (size_t i = 0; i < digits; i++) {
    if (value(text[i]) > 63) {
      return 0;
    }
  }
  // One octet leaves four bits of the last character unused, two octets leave two.
  unsigned unused = digits % 4 == 2 ? 0x0FU : digits % 4 == 3 ? 0x03U : 0;
  return unused == 0 || (value(text[digits - 1]) & unused) == 0;
}

size_t p3_base64_group(const char text[4], unsigned char out[3]) {
  unsigned a = value(text[0]);
  unsigned b = value(text[1]);
  out[0] = (unsigned char)(a << 2U | b >> 4U);
  if (text[2] == '=') {
    return 1;
  }
  unsigned c = value(text[2]);
  out[1] = (unsigned char)((b & 0x0FU) << 4U | c >> 2U);
  if (text[3] == '=') {
    return 2;
  }
  out[2] = (unsigned char)((c & 0x03U) << 6U | value(text[3]));
  return 3;
}
