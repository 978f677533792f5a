// Just enough of base64 (RFC 4648) for checking what is sent and received in AUTH. Encoding and
// decoding are the mechanisms' own.
#ifndef POP3_CORE_CODEC_BASE64_H_
#define POP3_CORE_CODEC_BASE64_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_base64_valid says whether |text| is base64 in whole groups of four with padding only at the
// end, and zero bits behind the last octet. The empty text is.
int p3_base64_valid(const char *text, size_t text_len);

// p3_base64_group decodes the four characters at |text|, which are valid, and returns how many
// octets they hold: 1 to 3.
size_t p3_base64_group(const char text[4], unsigned char out[3]);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_CODEC_BASE64_H_
