// A POP3 session: lines in, replies out. It knows no socket.
//
// RFC 1939 with CAPA and response codes (RFC 2449, 3206), UTF8 and LANG (RFC 6856), LAST (RFC 1460)
// and RPOP (RFC 1081).
#ifndef TOOLS_MAILBOXD_SESSION_H_
#define TOOLS_MAILBOXD_SESSION_H_

#include <stddef.h>

#include "tools/mailboxd/io.h"
#include "tools/mailboxd/line.h"
#include "tools/mailboxd/outq.h"
#include "tools/mailboxd/session_config.h"
#include "tools/mailboxd/session_state.h"
#include "tools/mailboxd/texts.h"

#ifdef __cplusplus
extern "C" {
#endif

// session_init begins a session whose replies go to |out|.
void session_init(struct session *s, const struct session_config *config, struct outq *out,
                  const struct session_peer *peer);

// session_greet queues the greeting.
void session_greet(struct session *s);

// session_line handles one line without its CRLF. Not to be called while session_is_replying.
enum session_next session_line(struct session *s, const char *line, size_t line_len);

// session_take_layer hands over what protects the connection from now on.
struct io_layer session_take_layer(struct session *s);

// session_bad_line answers a line that line_next refused.
enum session_next session_bad_line(struct session *s, enum line_result why);

// session_line_max returns how long the next line may be, CRLF included.
size_t session_line_max(const struct session *s);

// session_is_replying says that a reply is not completely queued.
int session_is_replying(const struct session *s);

// session_fill queues more of it, until the queue is full.
enum session_next session_fill(struct session *s);

// session_farewell queues an -ERR that nobody asked for, before the connection is closed.
void session_farewell(struct session *s, const char *code, enum text text);

// session_cleanup ends the session: the maildrop is released, nothing is removed from it.
void session_cleanup(struct session *s);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_SESSION_H_
