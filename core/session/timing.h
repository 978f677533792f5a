// The deadlines of a session: when the next one is due, and what happens then.
#ifndef POP3_CORE_SESSION_TIMING_H_
#define POP3_CORE_SESSION_TIMING_H_

#include "core/session/session_state.h"

#ifdef __cplusplus
extern "C" {
#endif

// pop3_session_is_waiting says whether the server owes us octets, so that its silence counts.
int pop3_session_is_waiting(const pop3_session *session);

// pop3_session_deadline returns the earliest deadline that applies now, or POP3_NO_DEADLINE, and in
// |*out_what| which it is.
int64_t pop3_session_deadline(const pop3_session *session, pop3_deadline *out_what);

// pop3_session_check_deadlines fails the session if one has passed.
void pop3_session_check_deadlines(pop3_session *session);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_SESSION_TIMING_H_
