// OAUTHBEARER (RFC 7628) and XOAUTH2 (as Google and Microsoft know it), with tokens that stay the
// same.
#ifndef TOOLS_MAILBOXD_OAUTH_H_
#define TOOLS_MAILBOXD_OAUTH_H_

#include <stddef.h>

#include "tools/mailboxd/auth.h"

#ifdef __cplusplus
extern "C" {
#endif

// OAUTH_MECHS is how many mechanisms these are.
#define OAUTH_MECHS 2u

// oauth_mechs writes them to |out| and returns their number.
size_t oauth_mechs(const struct auth_mech **out);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_OAUTH_H_
