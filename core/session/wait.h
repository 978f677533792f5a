// Waiting: the blocking calls are loops over the step that never blocks.
#ifndef POP3_CORE_SESSION_WAIT_H_
#define POP3_CORE_SESSION_WAIT_H_

#include <pop3/session.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_session_wait_ready waits until the greeting has come and no transport is being made.
pop3_status p3_session_wait_ready(pop3_session *session, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_SESSION_WAIT_H_
