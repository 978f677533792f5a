// What plugins and engine call: the host table, the clock, the trace.
#ifndef POP3_CORE_SESSION_HOST_H_
#define POP3_CORE_SESSION_HOST_H_

#include "core/session/session_state.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_session_host_init fills the host table of |session|.
void p3_session_host_init(pop3_session *session);

// p3_session_now is the session's clock, in milliseconds.
int64_t p3_session_now(const pop3_session *session);

// p3_session_note writes to the trace at level 1.
void p3_session_note(pop3_session *session, const char *format, ...) POP3_PRINTF(2, 3);

// p3_session_trace is the engine's trace hook; |arg| is the session.
void p3_session_trace(void *arg, const pop3_trace_event *event);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_SESSION_HOST_H_
