// Driving a login: what it wants is done here, and what came of it is told.
#ifndef POP3_CORE_SESSION_SESSION_LOGIN_H_
#define POP3_CORE_SESSION_SESSION_LOGIN_H_

#include "core/session/session_state.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_session_pump_login decides what is next, and does it. Only while p3_login_is_due says so
// and every transport is connected. The login may be over when it returns.
void p3_session_pump_login(pop3_session *session);

// p3_session_challenge is the engine's challenge hook; |arg| is the session.
void p3_session_challenge(void *arg, pop3_op_id op, const char *data, size_t data_len);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_SESSION_SESSION_LOGIN_H_
