#include "core/session/policy.h"

#include "core/codec/command_table.h"

#define LAYER "session"

pop3_tls_policy p3_policy_applies(const p3_policy_facts *facts) {
  if (facts->tls != POP3_TLS_DEFAULT || !facts->is_open) return facts->tls;
  return facts->is_local ? POP3_TLS_NEVER : POP3_TLS_REQUIRED;
}

pop3_status p3_policy_gate(const p3_policy_facts *facts, pop3_command command, pop3_error *err) {
  // A login looks at each mechanism; by hand nobody can tell.
  if (facts->channel_binding == POP3_CHANNEL_BINDING_REQUIRE && !facts->is_login) {
    return pop3_error_set(
        err, POP3_ERR_POLICY, LAYER, 0,
        "%s sent by hand cannot bind the login to the TLS channel (option channel_binding)",
        pop3_command_name(command));
  }
  if (facts->is_encrypted) return POP3_OK;
  if (p3_policy_applies(facts) == POP3_TLS_REQUIRED) {
    return pop3_error_set(err, POP3_ERR_POLICY, LAYER, 0,
                          "%s is not sent: the connection is not encrypted, and TLS is required "
                          "(use STLS or a TLS port; option tls can permit an unencrypted login)",
                          pop3_command_name(command));
  }
  // These show no secret that could be read: a name, a digest.
  if (p3_command_has(command, P3_COMMAND_LOGIN) && !p3_command_has(command, P3_COMMAND_READABLE)) {
    return POP3_OK;
  }
  if (facts->allow_cleartext || facts->is_local) return POP3_OK;
  // A mechanism that shows nothing readable may use any channel; by hand nobody can tell.
  if (command == POP3_CMD_AUTH && facts->is_login && facts->hides) return POP3_OK;
  return pop3_error_set(err, POP3_ERR_POLICY, LAYER, 0,
                        "%s would send a readable credential over a connection that is neither "
                        "encrypted nor local; set allow_cleartext to permit that",
                        pop3_command_name(command));
}
