// Host names and addresses in URLs.
#ifndef POP3_CORE_CODEC_URL_HOST_H_
#define POP3_CORE_CODEC_URL_HOST_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_host_name_valid says whether |text| is a host name or IPv4 address: 1 to 253 letters,
// digits, "-", "_" and "." with no empty label; a "." may end it.
int p3_host_name_valid(const char *text, size_t text_len);

// p3_ipv6_valid says whether |text| is an IPv6 address of RFC 4291 section 2.2, without a zone.
int p3_ipv6_valid(const char *text, size_t text_len);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_CODEC_URL_HOST_H_
