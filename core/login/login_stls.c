#include "core/login/login_stls.h"

#include "core/login/damage.h"

#define LAYER "login"

// Says in |err| why STLS, which is required, cannot be had.
static void no_stls(const p3_login_task *login, pop3_error *err) {
  const p3_login_facts *facts = login->facts;
  const char *host = login->config->host[0] != 0 ? login->config->host : "the server";
  char damage[P3_DAMAGE_MAX];
  if (facts->stls_done) {
    pop3_error_set(err, POP3_ERR_POLICY, LAYER, 0,
                   "STLS succeeded, but the transport does not report the connection to %s as "
                   "encrypted and verified",
                   host);
  } else if (!facts->has_tls) {
    pop3_error_set(err, POP3_ERR_POLICY, LAYER, 0,
                   "the connection to %s must be encrypted, but the registry of this program "
                   "has no transport that encrypts, such as \"tls\" (option tls can permit an "
                   "unencrypted login)",
                   host);
  } else if (p3_damage_is_there(facts->capabilities)) {
    pop3_error_set(err, POP3_ERR_POLICY, LAYER, 0,
                   "the connection must be encrypted, but CAPA is damaged and its valid lines do "
                   "not offer STLS: %s",
                   p3_damage_describe(facts->capabilities, facts->is_lenient, damage));
  } else {
    pop3_error_set(
        err, POP3_ERR_POLICY, LAYER, 0,
        "the connection to %s must be encrypted, but the server %s: it cannot, or an "
        "attacker removed it. Use its TLS port, or set option tls to permit an unencrypted login",
        host,
        facts->capabilities != NULL ? "does not offer STLS" : "does not tell its capabilities");
  }
}

int p3_login_needs_capabilities(const p3_login_task *login, const p3_login_facts *facts) {
  if (facts->capabilities != NULL || facts->refused_capa) return 0;
  // What the server can is what a survey is for; behind STLS it is held against what it said before
  // (pop3_security.capabilities_changed); and what follows a login is faster where it has
  // PIPELINING.
  if (!login->is_direct || login->is_survey || facts->stls_done) return 1;
  if (facts->is_greeted && !facts->is_encrypted && facts->policy != POP3_TLS_NEVER) return 1;
  return p3_candidates_need_capabilities(&facts->auths, login->asked);
}

p3_stls_need p3_login_needs_stls(const p3_login_task *login, pop3_error *err) {
  const p3_login_facts *facts = login->facts;
  if (facts->policy == POP3_TLS_NEVER || facts->is_encrypted) return P3_STLS_NEED_NONE;
  if (!facts->stls_done && facts->has_tls &&
      pop3_capabilities_has(facts->capabilities, POP3_CAP_STLS)) {
    return P3_STLS_NEED_FIRST;
  }
  if (facts->stls_done || facts->policy != POP3_TLS_IF_OFFERED) {
    no_stls(login, err);
    return P3_STLS_NEED_UNMET;
  }
  if (facts->has_tls && p3_damage_is_there(facts->capabilities) && !facts->is_private) {
    char damage[P3_DAMAGE_MAX];
    pop3_error_set(err, POP3_ERR_POLICY, LAYER, 0,
                   "the connection is not encrypted, and a damaged line of CAPA may be STLS: "
                   "%s; option tls never permits that",
                   p3_damage_describe(facts->capabilities, facts->is_lenient, damage));
    return P3_STLS_NEED_UNMET;
  }
  login->host->note(
      login->host->ctx, "not encrypted: %s",
      facts->has_tls ? "the server does not offer STLS" : "there is no transport tls");
  return P3_STLS_NEED_NONE;
}
