// Base64 (RFC 4648 section 4) for mechanisms: static functions, so that a plugin needs nothing of
// the host to have them.
#ifndef POP3_SPI_BASE64_H_
#define POP3_SPI_BASE64_H_

#include <pop3/size.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// POP3_BASE64_MAX is the most octets that pop3_base64_encoded_len can answer for.
#define POP3_BASE64_MAX (SIZE_MAX / 4 * 3 - 3)

// pop3_base64_encoded_len returns how many characters |len| octets become. |len| is at most
// POP3_BASE64_MAX.
static inline size_t pop3_base64_encoded_len(size_t len) { return (len + 2) / 3 * 4; }

// pop3_base64_encode writes the pop3_base64_encoded_len characters for |data| to |out|, without a
// NUL.
static inline void pop3_base64_encode(uint8_t *out, const uint8_t *data, size_t data_len) {
  static const char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  size_t at = 0;
  for (size_t i = 0; i < data_len; i += 3) {
    const size_t left = data_len - i;
    const uint32_t group = POP3_CAST(uint32_t, data[i]) << 16 |
                           (left > 1 ? POP3_CAST(uint32_t, data[i + 1]) << 8 : 0) |
                           (left > 2 ? POP3_CAST(uint32_t, data[i + 2]) : 0);
    out[at++] = POP3_CAST(uint8_t, kDigits[group >> 18]);
    out[at++] = POP3_CAST(uint8_t, kDigits[group >> 12 & 63]);
    out[at++] = left > 1 ? POP3_CAST(uint8_t, kDigits[group >> 6 & 63]) : POP3_CAST(uint8_t, '=');
    out[at++] = left > 2 ? POP3_CAST(uint8_t, kDigits[group & 63]) : POP3_CAST(uint8_t, '=');
  }
}

// pop3_base64_digit returns the value of a character, or 64 if it has none.
static inline uint32_t pop3_base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return POP3_CAST(uint32_t, c - 'A');
  if (c >= 'a' && c <= 'z') return POP3_CAST(uint32_t, c - 'a' + 26);
  if (c >= '0' && c <= '9') return POP3_CAST(uint32_t, c - '0' + 52);
  return c == '+' ? 62 : c == '/' ? 63 : 64;
}

// pop3_base64_decode writes what |text| stands for to |out|, which has room for text_len / 4 * 3
// octets, and their number to |*out_len|. Returns 1, or 0 if |text| is not base64 in its one right
// form: groups of four, padding at the end only, no bits left over, nothing in between.
static inline int pop3_base64_decode(uint8_t *out, size_t *out_len, const char *text,
                                     size_t text_len) {
  *out_len = 0;
  if (text_len % 4 != 0) return 0;
  for (size_t i = 0; i < text_len; i += 4) {
    size_t pad = 0;
    if (i + 4 == text_len && text[i + 3] == '=') pad = text[i + 2] == '=' ? 2 : 1;
    uint32_t group = 0;
    for (size_t k = 0; k < 4; k++) {
      const uint32_t digit = k >= 4 - pad ? 0 : pop3_base64_digit(text[i + k]);
      if (digit > 63) return 0;
      group = group << 6 | digit;
    }
    if ((pad == 1 && (group & 0xFF) != 0) || (pad == 2 && (group & 0xFFFF) != 0)) return 0;
    out[(*out_len)++] = POP3_CAST(uint8_t, group >> 16);
    if (pad < 2) out[(*out_len)++] = POP3_CAST(uint8_t, group >> 8 & 0xFF);
    if (pad < 1) out[(*out_len)++] = POP3_CAST(uint8_t, group & 0xFF);
  }
  return 1;
}

#ifdef __cplusplus
}
#endif

#endif  // POP3_SPI_BASE64_H_
