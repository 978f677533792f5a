#include "plugins/record/escape.h"

size_t p3_record_escape(char *out, uint8_t octet) {
  static const char kDigits[] = "0123456789ABCDEF";
  if (octet >= 0x20 && octet < 0x7F && octet != '\\') {
    out[0] = (char)octet;
    return 1;
  }
  out[0] = '\\';
  switch (octet) {
    case '\\':
      out[1] = '\\';
      return 2;
    case '\r':
      out[1] = 'r';
      return 2;
    case '\n':
      out[1] = 'n';
      return 2;
    case '\t':
      out[1] = 't';
      return 2;
    default:
      out[1] = 'x';
      out[2] = kDigits[octet >> 4];
      out[3] = kDigits[octet & 0xF];
      return 4;
  }
}

static int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

int p3_record_unescape(const char **at, const char *end) {
  if (*at == end) return P3_RECORD_END;
  char c = *(*at)++;
  if (c < 0x20 || c >= 0x7F) return P3_RECORD_BAD;
  if (c != '\\') return c;
  if (*at == end) return P3_RECORD_BAD;
  switch (*(*at)++) {
    case '\\':
      return '\\';
    case 'r':
      return '\r';
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case '?':
      return P3_RECORD_ANY;
    case 'x':
      if (end - *at < 2 || digit((*at)[0]) < 0 || digit((*at)[1]) < 0) return P3_RECORD_BAD;
      *at += 2;
      return digit((*at)[-2]) << 4 | digit((*at)[-1]);
    default:
      return P3_RECORD_BAD;
  }
}
