#include "core/codec/url_host.h"

#include "core/codec/codec.h"

int p3_host_name_valid(const char *text, size_t text_len) {
  size_t label = 0;  // octets of the present one
  size_t len = text_len > 0 && text[text_len - 1] == '.' ? text_len - 1 : text_len;
  if (len == 0 || len > 253) {
    return 0;
  }
  for (size_t i = 0; i < len; i++) {
    char c = text[i];
    int is_alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (c == '.' ? label == 0 : !(is_alnum || c == '-' || c == '_')) {
      return 0;
    }
    label = c == '.' ? 0 : label + 1;
  }
  return label > 0;
}

static int ipv4_valid(const char *text, size_t text_len) {
  size_t at = 0;
  for (int part = 0; part < 4; part++) {
    uint64_t value = 0;
    if (part > 0 && (at >= text_len || text[at++] != '.')) {
      return 0;
    }
    size_t len = p3_decimal_parse(text + at, text_len - at, 255, &value);
    if (len == 0 || len > 3) {
      return 0;
    }
    at += len;
  }
  return at == text_len;
}

static size_t hex_digits(const char *text, size_t text_len) {
  size_t len = 0;
  while (len < text_len &&
         ((text[len] >= '0' && text[len] <= '9') || (text[len] >= 'A' && text[len] <= 'F') ||
          (text[len] >= 'a' && text[len] <= 'f'))) {
    len++;
  }
  return len;
}

int p3_ipv6_valid(const char *text, size_t text_len) {
  int groups = 0;
  int gap = 0;  // "::" was seen
  size_t at = 0;
  if (text_len >= 2 && text[0] == ':' && text[1] == ':') {
    gap = 1;
    at = 2;
  }
  while (at < text_len) {
    size_t digits = hex_digits(text + at, text_len - at);
    size_t end = at + digits;
    if (end < text_len && text[end] == '.') {
      groups += 2;
      return ipv4_valid(text + at, text_len - at) && (gap ? groups <= 7 : groups == 8);
    }
    if (digits == 0 || digits > 4 || ++groups > 8) {
      return 0;
    }
    at = end;
    if (at == text_len) {
      break;
    }
    if (text[at] != ':' || at + 1 == text_len) {
      return 0;
    }
    at++;
    if (text[at] == ':') {
      if (gap) {
        return 0;
      }
      gap = 1;
      at++;
    }
  }
  return gap ? groups <= 7 : groups == 8;
}
