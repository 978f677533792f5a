#include "core/codec.h"

size_t pop3_decimal_parse(const char *text, size_t text_len, uint64_t max, uint64_t *out) {
  uint64_t value = 0;
  size_t len = 0;
  for (; len < text_len && text[len] >= '0' && text[len] <= '9'; len++) {
    uint64_t digit = (uint64_t)(text[len] - '0');
    if (len == 20 || digit > max || value > (max - digit) / 10) {
      return 0;
    }
    value = value * 10 + digit;
  }
  if (len > 0) {
    *out = value;
  }
  return len;
}

static unsigned char lower(char c) {
  unsigned char u = (unsigned char)c;
  return u >= 'A' && u <= 'Z' ? (unsigned char)(u + ('a' - 'A')) : u;
}

int pop3_ascii_equal(const char *text, size_t text_len, const char *word) {
  size_t i = 0;
  for (; i < text_len; i++) {
    if (word[i] == '\0' || lower(text[i]) != lower(word[i])) {
      return 0;
    }
  }
  return word[i] == '\0';
}
