// Whether a login has to encrypt the connection first (RFC 2595), by the policy and by what the
// server offers.
#ifndef POP3_CORE_LOGIN_LOGIN_STLS_H_
#define POP3_CORE_LOGIN_LOGIN_STLS_H_

#include "core/login/login_state.h"

#ifdef __cplusplus
extern "C" {
#endif

// pop3_stls_need is the answer.
typedef enum pop3_stls_need {
  POP3_STLS_NEED_NONE = 0,  // the login goes on as the connection is
  POP3_STLS_NEED_FIRST,     // STLS comes first
  POP3_STLS_NEED_UNMET      // it should, but cannot
} pop3_stls_need;

// pop3_login_needs_stls decides from |login->facts|. UNMET: |err| says why.
pop3_stls_need pop3_login_needs_stls(const pop3_login_task *login, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_LOGIN_LOGIN_STLS_H_
