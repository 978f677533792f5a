// What the session needs of the engine beyond <pop3/engine.h>.
#ifndef POP3_CORE_ENGINE_ENGINE_H_
#define POP3_CORE_ENGINE_ENGINE_H_

#include <pop3/engine.h>

#include "core/engine/op.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_engine_submit_line queues a ready command line (without CRLF) of a mechanism; |secret| is
// the offset from which it is secret. |*out_command| is what its first word says. Behind the reply
// the engine stands still until p3_engine_go_on or p3_engine_hold. Refuses CR, LF, NUL and
// over-long lines.
pop3_status p3_engine_submit_line(pop3_engine *engine, const uint8_t *line, size_t line_len,
                                  size_t secret, const pop3_sink *sink, pop3_op_id *out_id,
                                  pop3_command *out_command, pop3_error *err);

// p3_engine_watch has |watch|, which must stay valid until then, filled when operation |id| is
// done; NULL takes it back. Returns 0 if there is no such operation.
int p3_engine_watch(pop3_engine *engine, pop3_op_id id, p3_watch *watch);

// p3_engine_hold makes the engine stand still, as behind STLS, until pop3_engine_upgraded: a
// security layer is about to be pushed. Octets that are there already make it fail with
// POP3_ERR_INJECTION.
void p3_engine_hold(pop3_engine *engine);

// p3_engine_go_on ends the stand behind the reply to a command with P3_OP_HOLDS. Follow with
// pop3_engine_resume: there may be octets.
void p3_engine_go_on(pop3_engine *engine);

// p3_engine_restart makes the engine wait for the greeting of a new connection, instead of the
// handshake that it stands still for behind STLS. What was said on the old one is forgotten; the
// text of its greeting, which was handed out, stays in memory. Nothing may be in flight. Once.
void p3_engine_restart(pop3_engine *engine);

// p3_engine_closed says whether the dialogue ended in order.
int p3_engine_closed(const pop3_engine *engine);

// p3_engine_authenticated says whether a login command succeeded.
int p3_engine_authenticated(const pop3_engine *engine);

// p3_engine_set_authenticated is for a mechanism that has logged in with commands of its own.
void p3_engine_set_authenticated(pop3_engine *engine);

// p3_engine_refused_capa says whether the server answered -ERR to CAPA since the connection is as
// it is now.
int p3_engine_refused_capa(const pop3_engine *engine);

// p3_engine_greeted says whether the greeting of the present connection has come.
int p3_engine_greeted(const pop3_engine *engine);

// p3_engine_reply returns the last status line, or NULL. Valid until the next one.
const pop3_reply *p3_engine_reply(const pop3_engine *engine);

// p3_engine_awaited returns the name of the first command that is not answered, or NULL.
const char *p3_engine_awaited(const pop3_engine *engine);

// p3_engine_unpause takes a sink's POP3_SINK_PAUSE back, and leaves what is in the buffer to the
// next pop3_engine_resume.
void p3_engine_unpause(pop3_engine *engine);

// p3_engine_note writes |text| to the trace at level 1.
void p3_engine_note(pop3_engine *engine, const char *text);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_ENGINE_ENGINE_H_
