#include "core/base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

// is_deceptive says whether a character, though well-formed, is a control character, invisible, or
// changes how its neighbours are shown.
static int is_deceptive(uint32_t c) {
  static const uint32_t kRanges[][2] = {
      {0x80, 0x9F},        // C1 control characters: escape sequences for some terminals
      {0xAD, 0xAD},        // soft hyphen
      {0x61C, 0x61C},      // Arabic letter mark
      {0x180E, 0x180E},    // Mongolian vowel separator
      {0x200B, 0x200F},    // zero width, direction marks
      {0x2028, 0x202E},    // line and paragraph separators, direction embedding and override
      {0x2060, 0x206F},    // invisible operators, direction isolates
      {0xFEFF, 0xFEFF},    // byte order mark
      {0xFFF9, 0xFFFB},    // interlinear annotation
      {0xE0000, 0xE0FFF},  // tags, variation selectors
  };
  for (size_t i = 0; i < sizeof(kRanges) / sizeof(kRanges[0]); i++) {
    if (c >= kRanges[i][0] && c <= kRanges[i][1]) {
      return 1;
    }
  }
  return 0;
}

// utf8_len returns the length of the harmless UTF-8 character of more than one octet at |s|, or 0.
static size_t utf8_len(const unsigned char *s, size_t len) {
  size_t n = 0;
  uint32_t c = 0;
  uint32_t least = 0;
  if (s[0] >= 0xC2 && s[0] <= 0xDF) {
    n = 2;
    c = s[0] & 0x1FU;
    least = 0x80;
  } else if ((s[0] & 0xF0U) == 0xE0U) {
    n = 3;
    c = s[0] & 0x0FU;
    least = 0x800;
  } else if (s[0] >= 0xF0 && s[0] <= 0xF4) {
    n = 4;
    c = s[0] & 0x07U;
    least = 0x10000;
  }
  if (n == 0 || n > len) {
    return 0;
  }
  for (size_t i = 1; i < n; i++) {
    if ((s[i] & 0xC0U) != 0x80U) {
      return 0;
    }
    c = (c << 6U) | (s[i] & 0x3FU);
  }
  if (c < least || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF) || is_deceptive(c)) {
    return 0;
  }
  return n;
}

size_t p3_text_clean(char *out, size_t out_cap, const char *text, size_t text_len) {
  static const char kDots[] = "...";
  const unsigned char *in = (const unsigned char *)text;
  size_t room = 0;
  size_t len = 0;  // octets written
  size_t cut = 0;  // where the dots would go
  if (out_cap == 0) {
    return 0;
  }
  room = out_cap - 1;
  for (size_t i = 0; i < text_len;) {
    char escape[8];
    const char *piece = text + i;
    size_t piece_len = 1;
    size_t step = 1;
    if (in[i] < 0x20 || in[i] >= 0x7F) {
      step = in[i] >= 0x80 ? utf8_len(in + i, text_len - i) : 0;
      piece_len = step;
      if (step == 0) {
        (void)snprintf(escape, sizeof(escape), "\\x%02X", (unsigned)in[i]);
        piece = escape;
        piece_len = 4;
        step = 1;
      }
    }
    if (piece_len > room - len) {
      size_t dots_len = room < 3 ? room : 3;
      memcpy(out + cut, kDots, dots_len);
      len = cut + dots_len;
      break;
    }
    memcpy(out + len, piece, piece_len);
    len += piece_len;
    i += step;
    if (len + 3 <= room) {
      cut = len;
    }
  }
  out[len] = '\0';
  return len;
}

const char *p3_text_quote(char out[P3_QUOTE_MAX], const char *text, size_t text_len) {
  static const char *const kSecretVerbs[] = {"PASS", "APOP", "AUTH"};
  for (size_t i = 0; i < sizeof(kSecretVerbs) / sizeof(kSecretVerbs[0]); i++) {
    if (text_len > 5 && text[4] == ' ' && p3_ascii_equal(text, 4, kSecretVerbs[i])) {
      (void)snprintf(out, P3_QUOTE_MAX, "%s <redacted>", kSecretVerbs[i]);
      return out;
    }
  }
  (void)p3_text_clean(out, P3_QUOTE_MAX, text, text_len);
  return out;
}

static unsigned char lower(char c) {
  unsigned char u = (unsigned char)c;
  return u >= 'A' && u <= 'Z' ? (unsigned char)(u + ('a' - 'A')) : u;
}

int p3_ascii_equal(const char *text, size_t text_len, const char *word) {
  size_t i = 0;
  for (; i < text_len; i++) {
    if (word[i] == '\0' || lower(text[i]) != lower(word[i])) {
      return 0;
    }
  }
  return word[i] == '\0';
}
