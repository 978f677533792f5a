// The login: CAPA if it is not known, STLS by the policy and CAPA again, then a mechanism.
#include <pop3/session.h>
#include <string.h>

#include "core/memory.h"
#include "core/session_private.h"

#define LAYER "login"

// --- The end

void pop3_login_wipe(pop3_session *session) {
  pop3_login_task *login = &session->login;
  if (login->self != NULL) login->ops->end(login->self);
  login->self = NULL;
  for (size_t i = 0; i < POP3_NUM_CREDENTIALS; i++) pop3_secret_cleanup(&login->credentials[i]);
  pop3_mem_free(&session->allocator, login->asked);
  login->asked = NULL;
}

void pop3_login_finish(pop3_session *session, const pop3_error *error) {
  pop3_login_task *login = &session->login;
  const pop3_sink sink = login->sink;
  pop3_watch *watch = login->watch;
  pop3_result result;
  memset(&result, 0, sizeof(result));
  result.size = (uint32_t)sizeof(result);
  result.command = login->command;
  result.op = login->id;
  result.status = error != NULL ? error->status : POP3_OK;
  result.error = error;
  result.reply = pop3_session_reply(session);
  login->active = 0;
  login->watch = NULL;
  if (result.status == POP3_REFUSED) session->num_refused++;
  pop3_login_wipe(session);
  login->ops = NULL;
  if (watch != NULL) {
    watch->done = 1;
    watch->status = result.status;
    if (error != NULL) watch->error = *error;
  }
  if (sink.done != NULL) sink.done(sink.arg, &result);
}

void pop3_login_abort(pop3_session *session, const pop3_error *error) {
  if (!session->login.active) return;
  if (session->login.in_plugin) {
    session->login.ending = 1;
    session->login.error = *error;
    return;
  }
  pop3_login_finish(session, error);
}

int pop3_login_ended(pop3_session *session) {
  session->login.in_plugin = 0;
  if (!session->login.ending) return 0;
  session->login.ending = 0;
  const pop3_error error = session->login.error;
  pop3_login_finish(session, &error);
  return 1;
}

// --- What is next

static void on_capa(void *arg, const pop3_result *result) {
  pop3_session *session = arg;
  if (!session->login.active || result->op != session->login.op) return;
  session->login.op = 0;
  // A server without CAPA can still be logged in to.
  if (result->status == POP3_OK || result->status == POP3_REFUSED) {
    char damage[POP3_DAMAGE_MAX];
    if (pop3_session_damage(session, damage)[0] != 0) {
      pop3_session_note(session, "CAPA is damaged: %s", damage);
    }
    session->login.asked_capa = 1;
    session->login.choosing = 1;
  } else {
    pop3_login_finish(session, result->error);
  }
}

static void on_stls(void *arg, const pop3_result *result) {
  pop3_session *session = arg;
  if (!session->login.active || result->op != session->login.op) return;
  session->login.op = 0;
  if (result->status == POP3_OK) {
    session->login.asked_capa = 0;
    session->login.choosing = 1;  // once the handshake is done
  } else if (result->status == POP3_REFUSED) {
    pop3_error error = POP3_ERROR_INIT;
    pop3_error_set(&error, POP3_ERR_POLICY, LAYER, 0,
                   "the server offers STLS and then refuses it (\"%.120s\"): not going on "
                   "unencrypted (option tls)",
                   result->error->text);
    pop3_login_finish(session, &error);
  } else {
    pop3_login_finish(session, result->error);
  }
}

static pop3_status submit(pop3_session *session, pop3_command command,
                          void (*done)(void *, const pop3_result *), pop3_error *err) {
  pop3_sink sink = POP3_SINK_INIT;
  sink.done = done;
  sink.arg = session;
  const pop3_request request = POP3_REQUEST_INIT(command);
  session->login.command = command;
  return pop3_submit(session, &request, &sink, &session->login.op, err);
}

// Whether STLS comes first. 1: it does; 0: it does not; -1: it should, but cannot: |err| says why.
static int stls_is_due(pop3_session *session, pop3_error *err) {
  const pop3_tls_policy policy = pop3_session_policy(session);
  if (policy == POP3_TLS_NEVER || pop3_session_is_encrypted(session)) return 0;
  const char *host = session->host != NULL ? session->host : "the server";
  if (session->stls == POP3_STLS_DONE) {
    pop3_error_set(err, POP3_ERR_POLICY, LAYER, 0,
                   "STLS was done, but transport tls does not vouch for the connection to %s",
                   host);
    return -1;
  }
  pop3_session_see_stls(session);
  const pop3_capabilities *caps = pop3_engine_capabilities(session->engine);
  const int has_tls = pop3_registry_transport(session->registry, "tls") != NULL;
  if (has_tls && pop3_capabilities_has(caps, POP3_CAP_STLS)) return 1;
  if (policy == POP3_TLS_IF_OFFERED) {
    if (has_tls && pop3_session_check_damage(session, err) != POP3_OK) return -1;
    pop3_session_note(session, "not encrypted: %s",
                      has_tls ? "the server does not offer STLS" : "there is no transport tls");
    return 0;
  }
  if (!has_tls) {
    pop3_error_set(err, POP3_ERR_POLICY, LAYER, 0,
                   "the connection to %s must be encrypted, but transport \"tls\" is not in the "
                   "registry of this program (option tls permits other things)",
                   host);
  } else if (pop3_session_is_damaged(session)) {
    char damage[POP3_DAMAGE_MAX];
    pop3_error_set(err, POP3_ERR_POLICY, LAYER, 0,
                   "the connection must be encrypted, but CAPA is damaged, and STLS not in what "
                   "can be read of it: %s",
                   pop3_session_damage(session, damage));
  } else {
    pop3_error_set(err, POP3_ERR_POLICY, LAYER, 0,
                   "the connection to %s must be encrypted, but the server %s: it cannot, or "
                   "someone on the way took that out. Use its TLS port, or let option tls permit "
                   "other things",
                   host, caps != NULL ? "does not offer STLS" : "does not tell its capabilities");
  }
  return -1;
}

static void choose(pop3_session *session) {
  pop3_login_task *login = &session->login;
  pop3_choice_make(session);
  if (!login->active) return;
  const size_t best = pop3_choice_best(session);
  pop3_error error = POP3_ERROR_INIT;
  if (best == SIZE_MAX) {
    pop3_choice_fail(session, &error);
    pop3_login_finish(session, &error);
    return;
  }
  char reasons[POP3_ERROR_TEXT_MAX];
  int policy;
  pop3_choice_reasons(session, reasons, sizeof(reasons), &policy);
  pop3_session_note(session, "login with %s%s%s", session->choices[best].mechanism,
                    reasons[0] != 0 ? "; not " : "", reasons);
  if (login->survey) {
    session->choices[best].state = POP3_CANDIDATE_CHOSEN;
    pop3_login_finish(session, NULL);
    return;
  }
  pop3_exchange_begin(session, best);
}

void pop3_login_pump(pop3_session *session) {
  pop3_login_task *login = &session->login;
  if (!login->active || !login->choosing) return;
  login->choosing = 0;
  pop3_error error = POP3_ERROR_INIT;
  if (!login->asked_capa && pop3_engine_capabilities(session->engine) == NULL) {
    if (submit(session, POP3_CMD_CAPA, on_capa, &error) != POP3_OK) {
      pop3_login_finish(session, &error);
    }
    return;
  }
  const int stls = stls_is_due(session, &error);
  if (stls == 0) {
    choose(session);
  } else if (stls < 0 || submit(session, POP3_CMD_STLS, on_stls, &error) != POP3_OK) {
    pop3_login_finish(session, &error);
  }
}

// --- The beginning

static pop3_status ask_mechanism(pop3_session *session, const char *mechanism, pop3_error *err) {
  const char *names = mechanism != NULL ? mechanism : session->mechanism;
  if (names == NULL) return POP3_OK;
  const pop3_status status = pop3_choice_check(session, names, err);
  if (status != POP3_OK) return status;
  char *copy = pop3_mem_strdup(&session->allocator, names, strlen(names));
  if (copy == NULL) {
    return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for a login");
  }
  for (char *c = copy; *c != 0; c++) {
    if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
  }
  session->login.asked = copy;
  return POP3_OK;
}

static void forget_last(pop3_session *session) {
  pop3_login_task *login = &session->login;
  login->op = 0;
  login->command = POP3_CMD_CAPA;
  login->cancelling = 0;
  login->choosing = 0;
  login->asked_capa = 0;
  login->steps = 0;
  login->watch = NULL;
  session->num_choices = 0;
  session->not_bound_why[0] = 0;
  pop3_mem_free(&session->allocator, session->detail);
  session->detail = NULL;
  session->detail_len = 0;
}

static pop3_status begin(pop3_session *session, const char *mechanism, int survey,
                         const pop3_sink *sink, pop3_op_id *out_id, pop3_error *err) {
  pop3_login_task *login = &session->login;
  if (out_id != NULL) *out_id = 0;
  if (session->state == POP3_SESSION_FAILED) {
    if (err != NULL) *err = session->error;
    return session->error.status;
  }
  if (login->active || session->engine->authenticated || session->state == POP3_SESSION_CLOSED) {
    return pop3_error_set(err, POP3_ERR_STATE, LAYER, 0, "login: %s",
                          login->active                    ? "one is under way"
                          : session->engine->authenticated ? "already logged in"
                                                           : "the session is closed");
  }
  pop3_status status = pop3_sink_copy(&login->sink, sink, err);
  if (status == POP3_OK) status = ask_mechanism(session, mechanism, err);
  if (status != POP3_OK) return status;
  forget_last(session);
  login->survey = survey;
  login->id = POP3_LOGIN_OP | ++session->num_logins;
  login->deadline_ms = session->login_ms == POP3_NO_TIMEOUT
                           ? POP3_NO_DEADLINE
                           : pop3_deadline_after(pop3_session_now(session), session->login_ms);
  session->touched = 1;
  if (pop3_engine_capabilities(session->engine) != NULL) {
    login->choosing = 1;  // in the next step: a sink is never called from inside a submit
  } else {
    status = submit(session, POP3_CMD_CAPA, on_capa, err);
  }
  login->active = status == POP3_OK;
  if (status != POP3_OK) {
    pop3_login_wipe(session);
    return status;
  }
  if (out_id != NULL) *out_id = login->id;
  return POP3_OK;
}

pop3_status pop3_submit_login(pop3_session *session, const char *mechanism, const pop3_sink *sink,
                              pop3_op_id *out_id, pop3_error *err) {
  return begin(session, mechanism, 0, sink, out_id, err);
}

pop3_status pop3_submit_survey(pop3_session *session, const char *mechanism, const pop3_sink *sink,
                               pop3_op_id *out_id, pop3_error *err) {
  return begin(session, mechanism, 1, sink, out_id, err);
}
