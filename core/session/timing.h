// The deadlines of a session: when the next one is due, and what happens then.
#ifndef POP3_CORE_SESSION_TIMING_H_
#define POP3_CORE_SESSION_TIMING_H_

#include "core/session/session_state.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_session_is_waiting says whether the server owes us octets, so that its silence counts.
int p3_session_is_waiting(const pop3_session *session);

// p3_session_deadline returns the earliest deadline that applies now, or POP3_NO_DEADLINE, and in
// |*out_what| which it is.
int64_t p3_session_deadline(const pop3_session *session, p3_deadline *out_what);

// p3_session_check_deadlines fails the session if one has passed.
void p3_session_check_deadlines(pop3_session *session);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_SESSION_TIMING_H_
