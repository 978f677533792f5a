#include "core/session/security.h"

#include <string.h>

#include "core/base/fill.h"

void p3_session_policy_facts(const pop3_session *session, p3_policy_facts *out) {
  const p3_login_config *login = &session->config.login;
  out->tls = session->config.tls;
  out->channel_binding = login->rules.channel_binding;
  out->allow_cleartext = login->allow_cleartext;
  out->is_open = p3_channel_is_open(&session->channel);
  out->is_encrypted = p3_channel_is_encrypted(&session->channel);
  out->is_local = p3_channel_is_local(&session->channel);
  out->is_login = p3_login_is_active(&session->login);
  out->hides = p3_login_hides_password(&session->login);
}

pop3_status p3_session_gate(void *arg, pop3_command command, pop3_error *err) {
  p3_policy_facts facts;
  p3_session_policy_facts(arg, &facts);
  return p3_policy_gate(&facts, command, err);
}

int pop3_session_is_private(const pop3_session *session) {
  return p3_channel_is_private(&session->channel);
}

// FNV-1a over all lines but STLS, which is bound to go.
static uint64_t digest(const pop3_capabilities *caps) {
  uint64_t hash = UINT64_C(14695981039346656037);
  for (size_t i = 0; i < caps->num_lines; i++) {
    const char *const parts[] = {caps->lines[i].keyword, " ", caps->lines[i].arguments, "\n"};
    if (strcmp(parts[0], "STLS") == 0) continue;
    for (size_t part = 0; part < sizeof(parts) / sizeof(parts[0]); part++) {
      for (const char *c = parts[part]; *c != 0; c++) {
        hash = (hash ^ (uint8_t)*c) * UINT64_C(1099511628211);
      }
    }
  }
  return hash != 0 ? hash : 1;
}

static pop3_stls_state offered(const pop3_capabilities *caps) {
  return pop3_capabilities_has(caps, POP3_CAP_STLS) ? POP3_STLS_OFFERED : POP3_STLS_NOT_OFFERED;
}

void p3_session_see_stls(pop3_session *session) {
  const pop3_capabilities *caps = pop3_engine_capabilities(session->engine);
  if (caps == NULL || session->stls.state == POP3_STLS_DONE ||
      p3_channel_is_encrypted(&session->channel)) {
    return;
  }
  session->stls.state = offered(caps);
  session->stls.capabilities = digest(caps);
}

// --- The report

// Why |chosen|, which binds nothing, was not left for a mechanism that does.
static const char *not_bound_why(const pop3_session *session, const p3_mechanism *chosen) {
  const p3_candidates *candidates = &session->login.candidates;
  if (!p3_channel_is_encrypted(&session->channel)) return "the connection is not encrypted";
  if (session->config.login.rules.channel_binding == POP3_CHANNEL_BINDING_NEVER) {
    return "channel binding is switched off (option channel_binding)";
  }
  if (session->login.report.not_bound_why[0] != 0) return session->login.report.not_bound_why;
  if (chosen->by_name) return "a mechanism without it was asked for by name";
  for (size_t i = 0; i < candidates->count; i++) {
    const p3_mechanism *mechanism = &candidates->list[i];
    if (mechanism->state == POP3_CANDIDATE_UNUSABLE && p3_mechanism_is_plus(mechanism)) {
      return mechanism->why;
    }
  }
  return "the server offers no mechanism with channel binding";
}

static void report_login(const pop3_session *session, pop3_security *out) {
  const p3_candidates *candidates = &session->login.candidates;
  for (size_t i = 0; i < candidates->count; i++) {
    const p3_mechanism *mechanism = &candidates->list[i];
    if (mechanism->state != POP3_CANDIDATE_CHOSEN) continue;
    out->mechanism = mechanism->name;
    out->strength = (uint32_t)mechanism->strength;
    out->is_bound = mechanism->strength >= POP3_STRENGTH_BOUND ? 1 : 0;
    out->not_bound_why = out->is_bound ? NULL : not_bound_why(session, mechanism);
  }
  out->num_candidates = candidates->count;
  out->detail = session->login.report.detail;
  out->detail_len = session->login.report.detail_len;
}

static void make_report(const pop3_session *session, pop3_security *out) {
  p3_policy_facts facts;
  p3_session_policy_facts(session, &facts);
  out->policy = p3_policy_applies(&facts);
  out->is_local = facts.is_local ? 1 : 0;
  out->is_encrypted = facts.is_encrypted ? 1 : 0;
  out->is_verified = p3_channel_is_verified(&session->channel) ? 1 : 0;
  out->is_name_verified = p3_channel_is_name_verified(&session->channel) ? 1 : 0;
  out->stls = session->stls.state;
  const pop3_capabilities *caps = pop3_engine_capabilities(session->engine);
  if (out->stls == POP3_STLS_UNKNOWN && caps != NULL && !out->is_encrypted) {
    out->stls = offered(caps);
  }
  out->capabilities_changed = session->stls.state == POP3_STLS_DONE && caps != NULL &&
                                      session->stls.capabilities != 0 &&
                                      digest(caps) != session->stls.capabilities
                                  ? 1
                                  : 0;
  report_login(session, out);
}

void pop3_session_security(const pop3_session *session, pop3_security *out) {
  pop3_security report = POP3_SECURITY_INIT;
  make_report(session, &report);
  (void)p3_fill(out, &report, sizeof(report));
}

int pop3_session_candidate(const pop3_session *session, size_t index, pop3_candidate *out) {
  const p3_candidates *candidates = &session->login.candidates;
  pop3_candidate candidate = POP3_CANDIDATE_INIT;
  const int is_there = index < candidates->count;
  if (is_there) {
    const p3_mechanism *mechanism = &candidates->list[index];
    candidate.state = mechanism->state;
    candidate.strength = mechanism->strength;
    candidate.mechanism = mechanism->name;
    candidate.plugin = mechanism->ops->name;
    candidate.why = mechanism->why;
  }
  return p3_fill(out, &candidate, sizeof(candidate)) && is_there;
}
