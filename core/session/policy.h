// What may go out over which channel: pure functions of the options, the channel and the login.
#ifndef POP3_CORE_SESSION_POLICY_H_
#define POP3_CORE_SESSION_POLICY_H_

#include <pop3/policy.h>
#include <pop3/request.h>
#include <pop3/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_policy_facts is what the decision depends on.
typedef struct p3_policy_facts {
  pop3_tls_policy tls;  // as configured
  pop3_channel_binding channel_binding;
  int allow_cleartext;
  int is_open;       // the channel is connected
  int is_encrypted;  // and the peer verified as demanded
  int is_local;      // the octets do not leave this machine
  int is_login;      // a login is under way, which looks at each mechanism
  int hides;         // its mechanism shows nothing readable
} p3_policy_facts;

// p3_policy_applies returns the TLS policy that applies: never POP3_TLS_DEFAULT once connected.
pop3_tls_policy p3_policy_applies(const p3_policy_facts *facts);

// p3_policy_gate says whether a login command may go out now: POP3_OK, or POP3_ERR_POLICY.
pop3_status p3_policy_gate(const p3_policy_facts *facts, pop3_command command, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_SESSION_POLICY_H_
