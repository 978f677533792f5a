// A CAPA of which not all could be read: what is missing may be STLS, or a mechanism that hides the
// password.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/session/session_private.h"

int pop3_session_is_damaged(const pop3_session *session) {
  const pop3_capabilities *caps = pop3_engine_capabilities(session->engine);
  return caps != NULL && caps->num_damaged > 0;
}

const char *pop3_session_damage(const pop3_session *session, char out[POP3_DAMAGE_MAX]) {
  const pop3_capabilities *caps = pop3_engine_capabilities(session->engine);
  out[0] = 0;
  if (!pop3_session_is_damaged(session)) return out;
  const pop3_quirks *quirks = pop3_engine_quirks(session->engine);
  const int is_on = (quirks->enabled & POP3_QUIRK_BIT(POP3_QUIRK_CAPA_DAMAGE)) != 0;
  (void)snprintf(out, POP3_DAMAGE_MAX, "%s (%s)", caps->damage,
                 is_on ? "not even quirk capa-damage reads it" : "quirk capa-damage reads it");
  return out;
}

pop3_status pop3_session_check_damage(const pop3_session *session, pop3_error *err) {
  if (!pop3_session_is_damaged(session) || pop3_session_is_private(session)) return POP3_OK;
  char damage[POP3_DAMAGE_MAX];
  return pop3_error_set(err, POP3_ERR_POLICY, "login", 0,
                        "not going on unencrypted: CAPA is damaged, STLS may be in it: %s; or let "
                        "option tls be never",
                        pop3_session_damage(session, damage));
}

int pop3_session_hides_mechanisms(const pop3_session *session) {
  // Who names one mechanism does not choose from the list.
  const char *asked = session->login.asked;
  return pop3_session_is_damaged(session) && (asked == NULL || strchr(asked, ',') != NULL);
}
