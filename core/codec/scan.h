// Finding a line break followed by a dot at memory speed.
#ifndef POP3_CORE_CODEC_SCAN_H_
#define POP3_CORE_CODEC_SCAN_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_scan_lf_dot returns the least i with data[i] == '\n' and data[i + 1] == '.', or |len| if
// there is none. Both octets lie within |len|.
size_t p3_scan_lf_dot(const uint8_t *data, size_t len);

// p3_scan_lf_dot_plain is the same without vector instructions, for targets that have none and
// for tests.
size_t p3_scan_lf_dot_plain(const uint8_t *data, size_t len);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_CODEC_SCAN_H_
