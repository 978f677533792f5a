// Making the connection: the transports one after the other, and once more if one knows what helps.
#ifndef POP3_CORE_SESSION_CONNECTING_H_
#define POP3_CORE_SESSION_CONNECTING_H_

#include "core/session/session_state.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_session_start begins the first connection. The audit hook may end it.
void p3_session_start(pop3_session *session);

// p3_session_connect goes on making the transports. Returns 1 once every one is connected.
int p3_session_connect(pop3_session *session);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_SESSION_CONNECTING_H_
