// What the server can do, and in which language it says so: CAPA (RFC 2449), UTF8 and LANG (RFC
// 6856).
#ifndef TOOLS_MAILBOXD_SESSION_CAPA_H_
#define TOOLS_MAILBOXD_SESSION_CAPA_H_

#include "tools/mailboxd/command.h"
#include "tools/mailboxd/reply.h"
#include "tools/mailboxd/session_state.h"

#ifdef __cplusplus
extern "C" {
#endif

// The handlers of CAPA, UTF8 and LANG.
enum result handle_capa(struct session *s, const struct command_line *line);
enum result handle_utf8(struct session *s, const struct command_line *line);
enum result handle_lang(struct session *s, const struct command_line *line);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_SESSION_CAPA_H_
