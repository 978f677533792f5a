// The TLS policy: what may go out over which channel, and the report of what came of it.
#include <pop3/security.h>
#include <string.h>

#include "core/fill.h"
#include "core/session_private.h"

#define LAYER "session"

static int answers_one(const pop3_session *session, uint32_t what) {
  pop3_answer answer = POP3_ANSWER_INIT;
  return session->layers.count > 0 && !session->layers.connecting &&
         pop3_session_query(session, what, &answer) == POP3_OK && answer.number == 1;
}

int pop3_session_is_encrypted(const pop3_session *session) {
  return answers_one(session, POP3_QUERY_IS_ENCRYPTED);
}

int pop3_session_is_verified(const pop3_session *session) {
  return answers_one(session, POP3_QUERY_TLS_VERIFIED);
}

int pop3_session_is_private(const pop3_session *session) {
  return pop3_session_is_encrypted(session) || answers_one(session, POP3_QUERY_IS_LOCAL);
}

pop3_tls_policy pop3_session_policy(const pop3_session *session) {
  if (session->tls != POP3_TLS_DEFAULT || session->layers.count == 0 ||
      session->layers.connecting) {
    return session->tls;
  }
  return answers_one(session, POP3_QUERY_IS_LOCAL) ? POP3_TLS_NEVER : POP3_TLS_REQUIRED;
}

// --- The gate: asked for every login command, from the state of the stream at that moment

pop3_status pop3_session_gate(void *arg, pop3_command command, pop3_error *err) {
  const pop3_session *session = arg;
  // A login looks at each mechanism; by hand nobody can tell.
  if (session->channel_binding == POP3_CHANNEL_BINDING_REQUIRE && !session->login.active) {
    return pop3_error_set(err, POP3_ERR_POLICY, LAYER, 0,
                          "%s by hand does not bind the login to the TLS channel (option "
                          "channel_binding)",
                          pop3_command_name(command));
  }
  if (pop3_session_is_encrypted(session)) return POP3_OK;
  if (pop3_session_policy(session) == POP3_TLS_REQUIRED) {
    return pop3_error_set(err, POP3_ERR_POLICY, LAYER, 0,
                          "%s is not sent: the connection is not encrypted, and TLS is required "
                          "(STLS, or a TLS port; option tls permits other things)",
                          pop3_command_name(command));
  }
  // These show no secret that could be read: a name, a digest.
  if (command == POP3_CMD_USER || command == POP3_CMD_APOP || command == POP3_CMD_RPOP) {
    return POP3_OK;
  }
  if (session->allow_cleartext || pop3_session_is_private(session)) return POP3_OK;
  // A mechanism that shows nothing readable may use any channel; by hand nobody can tell.
  const pop3_login_task *login = &session->login;
  if (command == POP3_CMD_AUTH && login->active && login->ops != NULL &&
      (login->ops->flags & POP3_AUTH_CLEARTEXT) == 0) {
    return POP3_OK;
  }
  return pop3_error_set(err, POP3_ERR_POLICY, LAYER, 0,
                        "%s would send a credential readable over a connection that is neither "
                        "encrypted nor local; set allow_cleartext to permit that",
                        pop3_command_name(command));
}

// --- The report

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

void pop3_session_see_stls(pop3_session *session) {
  const pop3_capabilities *caps = pop3_engine_capabilities(session->engine);
  if (caps == NULL || session->stls == POP3_STLS_DONE || pop3_session_is_encrypted(session)) return;
  session->stls =
      pop3_capabilities_has(caps, POP3_CAP_STLS) ? POP3_STLS_OFFERED : POP3_STLS_NOT_OFFERED;
  session->clear_capabilities = digest(caps);
}

// Why |chosen|, which binds nothing, was not left for a mechanism that does.
static const char *not_bound_why(const pop3_session *session, const pop3_choice *chosen) {
  if (!pop3_session_is_encrypted(session)) return "the connection is not encrypted";
  if (session->channel_binding == POP3_CHANNEL_BINDING_NEVER) {
    return "channel binding is switched off (option channel_binding)";
  }
  if (session->not_bound_why[0] != 0) return session->not_bound_why;
  if (chosen->by_name) return "a mechanism without it was asked for by name";
  for (size_t i = 0; i < session->num_choices; i++) {
    const pop3_choice *choice = &session->choices[i];
    if (choice->state == POP3_CANDIDATE_UNUSABLE && pop3_choice_is_plus(choice)) {
      return choice->why;
    }
  }
  return "the server offers no mechanism with channel binding";
}

static void report_choice(const pop3_session *session, pop3_security *out) {
  for (size_t i = 0; i < session->num_choices; i++) {
    const pop3_choice *choice = &session->choices[i];
    if (choice->state != POP3_CANDIDATE_CHOSEN) continue;
    out->mechanism = choice->mechanism;
    out->strength = (uint32_t)choice->points;
    out->is_bound = choice->points >= POP3_STRENGTH_BOUND ? 1 : 0;
    out->not_bound_why = out->is_bound ? NULL : not_bound_why(session, choice);
  }
}

static void make_report(const pop3_session *session, pop3_security *out) {
  out->policy = pop3_session_policy(session);
  out->is_local = answers_one(session, POP3_QUERY_IS_LOCAL) ? 1 : 0;
  out->is_encrypted = pop3_session_is_encrypted(session) ? 1 : 0;
  out->stls = session->stls;
  const pop3_capabilities *caps = pop3_engine_capabilities(session->engine);
  if (out->stls == POP3_STLS_UNKNOWN && caps != NULL && !out->is_encrypted) {
    out->stls =
        pop3_capabilities_has(caps, POP3_CAP_STLS) ? POP3_STLS_OFFERED : POP3_STLS_NOT_OFFERED;
  }
  out->capabilities_changed = session->stls == POP3_STLS_DONE && caps != NULL &&
                                      session->clear_capabilities != 0 &&
                                      digest(caps) != session->clear_capabilities
                                  ? 1
                                  : 0;
  report_choice(session, out);
  out->num_candidates = session->num_choices;
  out->detail = session->detail;
  out->detail_len = session->detail_len;
}

void pop3_session_security(const pop3_session *session, pop3_security *out) {
  pop3_security report = POP3_SECURITY_INIT;
  make_report(session, &report);
  (void)pop3_fill(out, &report, sizeof(report));
}

int pop3_session_candidate(const pop3_session *session, size_t index, pop3_candidate *out) {
  pop3_candidate candidate = POP3_CANDIDATE_INIT;
  const int is_there = index < session->num_choices;
  if (is_there) {
    const pop3_choice *choice = &session->choices[index];
    candidate.state = choice->state;
    candidate.strength = choice->points;
    candidate.mechanism = choice->mechanism;
    candidate.plugin = choice->ops->name;
    candidate.why = choice->why;
  }
  return pop3_fill(out, &candidate, sizeof(candidate)) && is_there;
}
