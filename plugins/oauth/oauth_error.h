// What a server says about a token that it refuses: JSON (RFC 7628 section 3.2.2).
#ifndef POP3_PLUGINS_OAUTH_OAUTH_ERROR_H_
#define POP3_PLUGINS_OAUTH_OAUTH_ERROR_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// POP3_OAUTH_DETAIL_MAX is how much of it is kept, in octets.
#define POP3_OAUTH_DETAIL_MAX 4096

// POP3_OAUTH_STATUS_MAX is how much of its status, with the NUL.
#define POP3_OAUTH_STATUS_MAX 48

// pop3_oauth_clean makes |text| fit to be shown, in place: what is no printable ASCII becomes '?'.
// Returns its new length, at most POP3_OAUTH_DETAIL_MAX.
size_t pop3_oauth_clean(char *text, size_t text_len);

// pop3_oauth_status writes the value of "status" in |json|, a string or a number of the outermost
// object, and returns 1; or "" and 0 if there is none.
int pop3_oauth_status(const char *json, size_t json_len, char out[POP3_OAUTH_STATUS_MAX]);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_OAUTH_OAUTH_ERROR_H_
