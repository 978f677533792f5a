// How logins and sessions end.
#ifndef POP3_CORE_SESSION_ENDING_H_
#define POP3_CORE_SESSION_ENDING_H_

#include "core/session/session_state.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_session_finish_login ends the login and tells the caller. |error| is NULL on success.
void p3_session_finish_login(pop3_session *session, const pop3_error *error);

// p3_session_abort_login ends the login that is under way, if any, with |error|: from inside a
// plugin's function, once that has returned.
void p3_session_abort_login(pop3_session *session, const pop3_error *error);

// p3_session_fail makes |error| sticky, ends every operation with it and closes the connection.
void p3_session_fail(pop3_session *session, const pop3_error *error);

// p3_session_failf is p3_session_fail with a text.
void p3_session_failf(pop3_session *session, pop3_status status, const char *format, ...)
    POP3_PRINTF(3, 4);

// p3_session_hold and p3_session_release enclose a call during which the session must not be
// freed; the latter frees it if that was asked for in between. Returns 1 if it is still there.
void p3_session_hold(pop3_session *session);
// p3_session_release: see p3_session_hold.
int p3_session_release(pop3_session *session);

// p3_session_destroy frees |session| and what it owns.
void p3_session_destroy(pop3_session *session);

// p3_session_is_over says whether nothing more will come.
int p3_session_is_over(const pop3_session *session);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_SESSION_ENDING_H_
