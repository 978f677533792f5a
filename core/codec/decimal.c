#include "core/codec/codec.h"

size_t p3_decimal_parse(const char *text, size_t text_len, uint64_t max, uint64_t *out) {
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
