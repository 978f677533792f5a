// AUTH (RFC 5034): the exchange, line by line. What the octets mean is the mechanisms' business.
#ifndef TOOLS_MAILBOXD_SESSION_AUTH_H_
#define TOOLS_MAILBOXD_SESSION_AUTH_H_

#include <stddef.h>

#include "tools/mailboxd/auth.h"
#include "tools/mailboxd/command.h"
#include "tools/mailboxd/reply.h"
#include "tools/mailboxd/session_state.h"

#ifdef __cplusplus
extern "C" {
#endif

// offers_mech says whether a mechanism is possible on this connection.
int offers_mech(const struct session *s, const struct auth_mech *mech);

// handle_auth begins an exchange, or lists the mechanisms.
enum result handle_auth(struct session *s, const struct command_line *line);

// handle_auth_response goes on with it: |line| is what the client answers to a challenge.
enum result handle_auth_response(struct session *s, const char *line, size_t line_len);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_SESSION_AUTH_H_
