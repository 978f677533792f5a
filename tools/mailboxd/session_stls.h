// STLS (RFC 2595), and what may not be said before TLS.
#ifndef TOOLS_MAILBOXD_SESSION_STLS_H_
#define TOOLS_MAILBOXD_SESSION_STLS_H_

#include "tools/mailboxd/command.h"
#include "tools/mailboxd/reply.h"
#include "tools/mailboxd/session_state.h"

#ifdef __cplusplus
extern "C" {
#endif

// needs_tls says that |command| may not be given before TLS.
int needs_tls(const struct session *s, enum command command);

// offers_stls says whether STLS is possible now.
int offers_stls(const struct session *s);

// handle_stls returns RESULT_STLS, having said nothing yet, or refuses.
enum result handle_stls(struct session *s, const struct command_line *line);

// session_stls answers STLS, which session_line has returned SESSION_STLS for. |more| says that
// octets lie behind it already: whoever put them there, they will not be obeyed. SESSION_STLS: when
// the reply is sent, TLS begins.
enum session_next session_stls(struct session *s, int more);

// session_secure tells the session that |tls| has begun, and makes it forget what was said before.
void session_secure(struct session *s, const struct tls *tls);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_SESSION_STLS_H_
