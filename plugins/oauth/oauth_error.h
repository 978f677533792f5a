// What a server says about a token that it refuses: JSON (RFC 7628 section 3.2.2).
#ifndef POP3_PLUGINS_OAUTH_OAUTH_ERROR_H_
#define POP3_PLUGINS_OAUTH_OAUTH_ERROR_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// P3_OAUTH_DETAIL_MAX is how much of it is kept, in octets.
#define P3_OAUTH_DETAIL_MAX 4096

// P3_OAUTH_STATUS_MAX is how much of its status, with the NUL.
#define P3_OAUTH_STATUS_MAX 48

// p3_oauth_clean makes |text| fit to be shown, in place: what is no printable ASCII becomes '?'.
// Returns its new length, at most P3_OAUTH_DETAIL_MAX.
size_t p3_oauth_clean(char *text, size_t text_len);

// p3_oauth_status writes the value of "status" in |json|, a string or a number of the outermost
// object, and returns 1; or "" and 0 if there is none.
int p3_oauth_status(const char *json, size_t json_len, char out[P3_OAUTH_STATUS_MAX]);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_OAUTH_OAUTH_ERROR_H_
