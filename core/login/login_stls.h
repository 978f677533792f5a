// Whether a login has to ask CAPA (RFC 2449) or to encrypt the connection (RFC 2595) first, by the
// policy and by what the server offers.
#ifndef POP3_CORE_LOGIN_LOGIN_STLS_H_
#define POP3_CORE_LOGIN_LOGIN_STLS_H_

#include "core/login/login_state.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_stls_need is the answer.
typedef enum p3_stls_need {
  P3_STLS_NEED_NONE = 0,  // the login goes on as the connection is
  P3_STLS_NEED_FIRST,     // STLS comes first
  P3_STLS_NEED_UNMET      // it should, but cannot
} p3_stls_need;

// p3_login_needs_capabilities decides whether CAPA comes first: they are not known, and would make
// a difference, to the choice of a mechanism or to STLS. Before the greeting, as far as is known
// then.
int p3_login_needs_capabilities(const p3_login_task *login, const p3_login_facts *facts);

// p3_login_needs_stls decides from |login->facts|. UNMET: |err| says why.
p3_stls_need p3_login_needs_stls(const p3_login_task *login, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_LOGIN_LOGIN_STLS_H_
