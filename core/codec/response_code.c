#include <string.h>

#include "core/base/text.h"
#include "core/codec/codec.h"

// is_level_char is the "rchar" of RFC 2449 section 3: printable ASCII but "/" and "]".
static int is_level_char(char c) {
  return c > 0x20 && c != '/' && c != ']' && (unsigned char)c <= 0x7F;
}

// starts_with says whether |code| is |known|, or more detail of it: "[IN-USE/ELSEWHERE]" is
// [IN-USE], as RFC 2449 section 8 wants it.
static int starts_with(const char *code, size_t code_len, const char *known) {
  size_t len = strlen(known);
  return code_len >= len && p3_ascii_equal(code, len, known) &&
         (code_len == len || code[len] == '/');
}

pop3_response_code p3_response_code_parse(const char *text, size_t text_len, size_t *out_len) {
  size_t end = 1;
  size_t level = 1;  // where the present level starts
  if (out_len != NULL) {
    *out_len = 0;
  }
  if (text_len == 0 || text[0] != '[') {
    return POP3_CODE_NONE;
  }
  for (; end < text_len && text[end] != ']'; end++) {
    if (text[end] == '/' && end > level) {
      level = end + 1;
    } else if (!is_level_char(text[end])) {
      return POP3_CODE_NONE;
    }
  }
  if (end >= text_len || end == level) {
    return POP3_CODE_NONE;
  }
  if (out_len != NULL) {
    *out_len = end + 1;
  }
  for (pop3_response_code code = POP3_CODE_IN_USE; code < POP3_CODE_OTHER;
       code = (pop3_response_code)(code + 1)) {
    if (starts_with(text + 1, end - 1, pop3_response_code_name(code))) {
      return code;
    }
  }
  return POP3_CODE_OTHER;
}
