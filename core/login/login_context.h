// What a login lets plugins see and ask: see pop3_auth_context.
#ifndef POP3_CORE_LOGIN_LOGIN_CONTEXT_H_
#define POP3_CORE_LOGIN_LOGIN_CONTEXT_H_

#include "core/login/login_state.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_login_make_context fills |login->context| from |login->facts| as they are now.
void p3_login_make_context(p3_login_task *login);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_LOGIN_LOGIN_CONTEXT_H_
