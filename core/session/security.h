// What protects a session: what is known of the channel, the gate of the login commands, the
// report.
#ifndef POP3_CORE_SESSION_SECURITY_H_
#define POP3_CORE_SESSION_SECURITY_H_

#include "core/session/policy.h"
#include "core/session/session_state.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_session_policy_facts collects what the policy depends on, as it is at this moment.
void p3_session_policy_facts(const pop3_session *session, p3_policy_facts *out);

// p3_session_gate is the engine's gate; |arg| is the session. It looks at the state of the
// channel at that moment, so that there is no way around STLS.
pop3_status p3_session_gate(void *arg, pop3_command command, pop3_error *err);

// p3_session_see_stls remembers what the capabilities in the clear say. Before STLS is sent.
void p3_session_see_stls(pop3_session *session);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_SESSION_SECURITY_H_
