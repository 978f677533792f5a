#include "core/session/session_login.h"

#include <string.h>

#include "core/base/error.h"
#include "core/login/login_stls.h"
#include "core/registry/registry.h"
#include "core/session/ending.h"
#include "core/session/host.h"
#include "core/session/security.h"

#define LAYER "login"

// --- What the engine tells: it is noted here, and acted on in the step

static void on_done(void *arg, const pop3_result *result) {
  pop3_session *session = arg;
  if (!p3_login_is_active(&session->login) || result->op != session->login_call.awaited) return;
  session->login_call.awaited = 0;
  p3_login_took_result(&session->login, result->error);
}

void p3_session_challenge(void *arg, pop3_op_id op, const char *data, size_t data_len) {
  pop3_session *session = arg;
  if (op == session->login_call.awaited &&
      p3_login_took_challenge(&session->login, data, data_len)) {
    return;
  }
  (void)pop3_engine_respond(session->engine, (const uint8_t *)"*", 1, NULL);
}

// --- What the login wants

static p3_auth_list auths_of(const pop3_session *session) {
  p3_auth_list list;
  list.at = p3_registry_auths(session->registry, &list.count);
  return list;
}

static pop3_status query_channel(const void *arg, uint32_t what, pop3_answer *out) {
  return p3_channel_query(arg, what, out);
}

static void collect_facts(const pop3_session *session, p3_login_facts *out) {
  const pop3_engine *engine = session->engine;
  p3_policy_facts policy;
  p3_session_policy_facts(session, &policy);
  memset(out, 0, sizeof(*out));
  out->auths = auths_of(session);
  out->capabilities = pop3_engine_capabilities(engine);
  out->refused_capa = p3_engine_refused_capa(engine);
  out->reply = p3_engine_reply(engine);
  out->timestamp = pop3_engine_timestamp(engine, &out->timestamp_len);
  out->timestamp_problem = pop3_engine_timestamp_problem(engine);
  out->policy = p3_policy_applies(&policy);
  out->is_greeted = p3_engine_greeted(engine);
  out->is_encrypted = policy.is_encrypted;
  out->is_verified = p3_channel_is_verified(&session->channel);
  out->is_private = policy.is_encrypted || policy.is_local;
  out->has_tls = session->config.stls != NULL;
  out->stls_done = session->stls.state == POP3_STLS_DONE;
  out->is_lenient =
      (pop3_engine_quirks(engine)->enabled & POP3_QUIRK_BIT(POP3_QUIRK_CAPA_DAMAGE)) != 0;
  out->query = query_channel;
  out->query_arg = &session->channel;
}

static pop3_sink result_sink(pop3_session *session) {
  pop3_sink sink = POP3_SINK_INIT;
  sink.done = on_done;
  sink.arg = session;
  return sink;
}

static pop3_status send_command(pop3_session *session, pop3_command command, pop3_error *err) {
  const pop3_sink sink = result_sink(session);
  const pop3_request request = POP3_REQUEST_INIT(command);
  return pop3_submit(session, &request, &sink, &session->login_call.awaited, err);
}

static pop3_status send_line(pop3_session *session, const p3_login_intent *intent,
                             pop3_error *err) {
  const pop3_sink sink = result_sink(session);
  return p3_engine_submit_line(session->engine, intent->line, intent->line_len,
                               intent->secret_offset, &sink, &session->login_call.awaited,
                               &session->login.command, err);
}

// The mechanism says that it is done: its security layer is pushed, if it has one.
static pop3_status on_logged_in(pop3_session *session, const pop3_auth_output *output,
                                pop3_error *err) {
  const char *name = session->login.report.logged_in_with;
  if (output->layer != NULL) {
    const p3_security_layer layer = {output->layer, output->layer_options,
                                     output->num_layer_options, output->release_layer};
    if (!p3_channel_push_layer(&session->channel, &layer)) {
      return pop3_error_set(err, POP3_ERR_AUTH, LAYER, 0,
                            "the security layer of %s is not of this interface, or incomplete",
                            session->login.exchange.ops->name);
    }
    p3_engine_hold(session->engine);
    const pop3_error *failed = pop3_engine_error(session->engine);
    if (failed != NULL) {
      *err = *failed;
      return failed->status;
    }
  }
  p3_engine_set_authenticated(session->engine);
  pop3_security report = POP3_SECURITY_INIT;
  pop3_session_security(session, &report);
  const char *why = report.is_encrypted && !report.is_bound ? report.not_bound_why : "";
  // What the server said to that, behind the colon, is part of an exchange: not for the trace.
  p3_session_note(session, "logged in with %s%s%.*s", name,
                  report.is_bound       ? ", bound to the TLS channel"
                  : report.is_encrypted ? ", not bound to the TLS channel: "
                                        : "",
                  (int)strcspn(why, ":"), why);
  return POP3_OK;
}

static void on_finished(pop3_session *session, p3_login_intent *intent) {
  pop3_error *error = &intent->error;
  if (intent->is_logged_in && on_logged_in(session, intent->output, error) != POP3_OK) {
    session->login.report.logged_in_with[0] = 0;
    intent->is_fatal = 1;
  }
  p3_session_finish_login(session, error->status != POP3_OK ? error : NULL);
  // The server may believe that we are logged in: nothing more can be said on this connection.
  if (intent->is_fatal) p3_session_fail(session, error);
}

// Does what the login wants. Returns why that could not be sent.
static pop3_status act(pop3_session *session, p3_login_intent *intent, pop3_error *err) {
  switch (intent->act) {
    case P3_LOGIN_WAIT:
      return POP3_OK;
    case P3_LOGIN_COMMAND:
      return send_command(session, intent->command, err);
    case P3_LOGIN_LINE:
      return send_line(session, intent, err);
    case P3_LOGIN_RESPOND:
      return pop3_engine_respond(session->engine, intent->line, intent->line_len, err);
    case P3_LOGIN_FINISHED:
      on_finished(session, intent);
      return POP3_OK;
  }
  return POP3_OK;
}

// Asks the login what is next. Returns 0 if it was ended from inside a plugin's function.
static int next(pop3_session *session, p3_login_intent *out) {
  p3_login_call *call = &session->login_call;
  p3_login_facts facts;
  collect_facts(session, &facts);
  if (facts.policy != POP3_TLS_NEVER) p3_session_see_stls(session);
  call->is_busy = 1;
  p3_login_next(&session->login, &facts, out);
  call->is_busy = 0;
  if (!call->is_ending) return 1;
  call->is_ending = 0;
  if (out->output != NULL && out->output->release_layer != NULL) {
    out->output->release_layer(out->output->layer_options, out->output->num_layer_options);
  }
  const pop3_error error = call->ending;
  p3_session_finish_login(session, &error);
  return 0;
}

void p3_session_pump_login(pop3_session *session) {
  while (p3_login_is_due(&session->login)) {
    p3_login_intent intent;
    pop3_error error = POP3_ERROR_INIT;
    if (!next(session, &intent)) break;
    if (act(session, &intent, &error) != POP3_OK) p3_login_not_sent(&session->login, &error);
  }
  // What came behind the reply that the login has decided about.
  p3_engine_go_on(session->engine);
  if (!pop3_engine_paused(session->engine)) (void)pop3_engine_resume(session->engine);
}

// --- The beginning

static pop3_status begin(pop3_session *session, const char *mechanism, const pop3_identity *who,
                         int is_survey, const pop3_sink *sink, pop3_op_id *out_id,
                         pop3_error *err) {
  p3_error_reset(err);
  p3_login_call *call = &session->login_call;
  const int is_active = p3_login_is_active(&session->login);
  const int is_logged_in = p3_engine_authenticated(session->engine);
  if (out_id != NULL) *out_id = 0;
  if (session->state == P3_SESSION_FAILED) {
    if (err != NULL) *err = session->error;
    return session->error.status;
  }
  if (is_active || is_logged_in || session->state == P3_SESSION_CLOSED) {
    return pop3_error_set(err, POP3_ERR_STATE, LAYER, 0, "login: %s",
                          is_active      ? "one is under way"
                          : is_logged_in ? "already logged in"
                                         : "the session is closed");
  }
  const p3_auth_list auths = auths_of(session);
  pop3_status status = p3_sink_copy(&call->sink, sink, err);
  if (status == POP3_OK) {
    status = p3_login_begin(&session->login, mechanism, who, is_survey, &auths, err);
  }
  if (status != POP3_OK) return status;
  call->id = P3_LOGIN_OP | ++call->count;
  call->awaited = 0;
  call->watch = NULL;
  session->deadlines.login_start_ms = p3_session_now(session);
  session->flags.is_touched = 1;
  // If it need not ask for the capabilities it begins in the next step: a sink is never called from
  // inside a submit.
  p3_login_facts facts;
  collect_facts(session, &facts);
  if (p3_login_needs_capabilities(&session->login, &facts)) {
    p3_login_intent intent;
    p3_login_next(&session->login, &facts, &intent);
    status = send_command(session, intent.command, err);
  }
  if (status != POP3_OK) {
    p3_login_end(&session->login, POP3_OK);
    return status;
  }
  if (out_id != NULL) *out_id = call->id;
  return POP3_OK;
}

pop3_status pop3_submit_login(pop3_session *session, const char *mechanism, const pop3_sink *sink,
                              pop3_op_id *out_id, pop3_error *err) {
  return begin(session, mechanism, NULL, 0, sink, out_id, err);
}

pop3_status pop3_submit_login_as(pop3_session *session, const char *mechanism,
                                 const pop3_identity *who, const pop3_sink *sink,
                                 pop3_op_id *out_id, pop3_error *err) {
  return begin(session, mechanism, who, 0, sink, out_id, err);
}

pop3_status pop3_submit_survey(pop3_session *session, const char *mechanism, const pop3_sink *sink,
                               pop3_op_id *out_id, pop3_error *err) {
  return begin(session, mechanism, NULL, 1, sink, out_id, err);
}

const char *pop3_session_mechanism(const pop3_session *session) {
  const char *name = session->login.report.logged_in_with;
  return name[0] != 0 ? name : NULL;
}
