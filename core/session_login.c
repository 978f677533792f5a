// The login: CAPA if it is not known, the choice of a mechanism, and the exchange.
#include <pop3/session.h>
#include <stdio.h>
#include <string.h>

#include "core/codec.h"
#include "core/memory.h"
#include "core/session_private.h"

#define LAYER "login"

// Lines of one login at the most, whatever a plugin says.
#define MAX_STEPS 256

static void step_mechanism(pop3_session *session, pop3_auth_event event, const char *data,
                           size_t data_len, const pop3_error *refusal);

// --- The end
// --------------------------------------------------------------------------------------

void pop3_login_wipe(pop3_session *session) {
  pop3_login_task *login = &session->login;
  if (login->self != NULL) login->ops->end(login->self);
  login->self = NULL;
  for (size_t i = 0; i < POP3_NUM_CREDENTIALS; i++) pop3_secret_cleanup(&login->credentials[i]);
  pop3_mem_free(&session->allocator, login->asked);
  login->asked = NULL;
}

// Tells the caller. |error| is NULL on success.
static void finish(pop3_session *session, const pop3_error *error) {
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
  finish(session, error);
}

// Behind each call into a plugin. Returns 1 if the login was ended meanwhile, and does so now.
static int ended_meanwhile(pop3_session *session) {
  session->login.in_plugin = 0;
  if (!session->login.ending) return 0;
  session->login.ending = 0;
  const pop3_error error = session->login.error;
  finish(session, &error);
  return 1;
}

// The server may believe that we are logged in: nothing more can be said on this connection.
static void fail_session(pop3_session *session, const pop3_error *error) {
  const pop3_error copy = *error;
  finish(session, &copy);
  pop3_session_fail(session, &copy);
}

// --- The exchange
// ---------------------------------------------------------------------------------

pop3_status pop3_session_gate(void *arg, pop3_command command, pop3_error *err) {
  const pop3_session *session = arg;
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

static void on_reply(void *arg, const pop3_result *result) {
  pop3_session *session = arg;
  pop3_login_task *login = &session->login;
  if (!login->active || result->op != login->op) return;
  login->op = 0;
  const pop3_reply *reply = result->reply;
  if (login->cancelling) {
    const pop3_error error = login->error;
    finish(session, &error);
  } else if (result->status == POP3_OK) {
    step_mechanism(session, POP3_AUTH_POSITIVE, reply->text, reply->text_len, NULL);
  } else if (result->status == POP3_REFUSED) {
    step_mechanism(session, POP3_AUTH_NEGATIVE, reply->text, reply->text_len, result->error);
  } else {
    finish(session, result->error);
  }
}

void pop3_session_challenge(void *arg, pop3_op_id op, const char *data, size_t data_len) {
  pop3_session *session = arg;
  pop3_login_task *login = &session->login;
  if (login->active && op == login->op && !login->cancelling && login->self != NULL) {
    step_mechanism(session, POP3_AUTH_CHALLENGE, data, data_len, NULL);
    return;
  }
  (void)pop3_engine_respond(session->engine, (const uint8_t *)"*", 1, NULL);
}

// Ends an exchange in which it is our turn to answer a challenge.
static void cancel_exchange(pop3_session *session, const pop3_error *error) {
  session->login.cancelling = 1;
  session->login.error = *error;
  (void)pop3_engine_respond(session->engine, (const uint8_t *)"*", 1, NULL);
}

static void send_line(pop3_session *session, pop3_auth_event event,
                      const pop3_auth_output *output) {
  pop3_login_task *login = &session->login;
  pop3_error error = POP3_ERROR_INIT;
  if (output->is_command == (event == POP3_AUTH_CHALLENGE)) {
    pop3_error_set(&error, POP3_ERR_AUTH, login->ops->name, 0,
                   "the plugin answered a challenge with a command, or the other way round");
  } else if (output->is_command) {
    pop3_sink sink = POP3_SINK_INIT;
    sink.done = on_reply;
    sink.arg = session;
    if (pop3_engine_submit_line(session->engine, output->line, output->line_len,
                                output->secret_offset, &sink, &login->op, &error) == POP3_OK) {
      login->command = session->engine->queue.tail->command;
      return;
    }
  } else if (pop3_engine_respond(session->engine, output->line, output->line_len, &error) ==
             POP3_OK) {
    return;
  }
  if (event == POP3_AUTH_CHALLENGE) {
    cancel_exchange(session, &error);
  } else {
    finish(session, &error);
  }
}

static pop3_status keep_layer(pop3_session *session, const pop3_auth_output *output,
                              pop3_error *err) {
  const pop3_transport_ops *ops = output->layer;
  if (POP3_ABI_MAJOR(ops->abi) != POP3_ABI_MAJOR(POP3_ABI) ||
      !POP3_HAS_MEMBER(pop3_transport_ops, ops, destroy) || ops->create == NULL ||
      ops->connect == NULL || ops->read == NULL || ops->write == NULL || ops->interest == NULL ||
      ops->destroy == NULL) {
    return pop3_error_set(err, POP3_ERR_AUTH, LAYER, 0,
                          "the security layer of %s is not of this interface, or incomplete",
                          session->login.ops->name);
  }
  memset(&session->pushed, 0, sizeof(session->pushed));
  memcpy(&session->pushed, ops,
         ops->size < sizeof(session->pushed) ? ops->size : sizeof(session->pushed));
  session->pushed_options = output->layer_options;
  session->num_pushed_options = output->num_layer_options;
  session->has_pushed = 1;
  pop3_engine_hold(session->engine);
  return POP3_OK;
}

static void succeed(pop3_session *session, const pop3_auth_output *output) {
  pop3_login_task *login = &session->login;
  pop3_error error = POP3_ERROR_INIT;
  const char *name = login->asked != NULL && (login->ops->flags & POP3_AUTH_FAMILY) != 0
                         ? login->asked
                         : login->ops->name;
  char *copy = pop3_mem_strdup(&session->allocator, name, strlen(name));
  if (copy == NULL) {
    pop3_error_set(&error, POP3_ERR_MEMORY, LAYER, 0, "no memory for a mechanism's name");
    fail_session(session, &error);
    return;
  }
  pop3_mem_free(&session->allocator, session->logged_in_with);
  session->logged_in_with = copy;
  if (output->layer != NULL && keep_layer(session, output, &error) != POP3_OK) {
    fail_session(session, &error);
    return;
  }
  session->engine->authenticated = 1;
  pop3_session_note(session, "logged in with %s", copy);
  finish(session, NULL);
}

static void give_up(pop3_session *session, pop3_auth_event event, pop3_error *error,
                    const pop3_error *refusal) {
  if (event == POP3_AUTH_NEGATIVE && error->status == POP3_OK) {
    finish(session, refusal);
    return;
  }
  if (error->status == POP3_OK) {
    pop3_error_set(error, POP3_ERR_AUTH, session->login.ops->name, 0,
                   "the mechanism gave up without a reason");
  }
  if (event == POP3_AUTH_CHALLENGE) {
    cancel_exchange(session, error);
  } else if (event == POP3_AUTH_POSITIVE) {
    fail_session(session, error);
  } else {
    finish(session, error);
  }
}

static void step_mechanism(pop3_session *session, pop3_auth_event event, const char *data,
                           size_t data_len, const pop3_error *refusal) {
  pop3_login_task *login = &session->login;
  pop3_error error = POP3_ERROR_INIT;
  if (++login->steps > MAX_STEPS) {
    pop3_error_set(&error, POP3_ERR_LIMIT, LAYER, 0, "more than %d lines in one login", MAX_STEPS);
    give_up(session, event, &error, refusal);
    return;
  }
  const pop3_auth_input input = {(uint32_t)sizeof(input), event, data, data_len};
  pop3_auth_output output;
  memset(&output, 0, sizeof(output));
  output.size = (uint32_t)sizeof(output);
  login->in_plugin = 1;
  const pop3_auth_verdict verdict = login->ops->step(login->self, &input, &output, &error);
  if (ended_meanwhile(session)) return;
  if (verdict == POP3_AUTH_SEND) {
    send_line(session, event, &output);
  } else if (verdict == POP3_AUTH_DONE && event == POP3_AUTH_POSITIVE) {
    succeed(session, &output);
  } else {
    give_up(session, event, &error, refusal);
  }
}

// --- The choice
// -----------------------------------------------------------------------------------

static const char *context_capability(void *arg, const char *keyword) {
  const pop3_session *session = arg;
  const pop3_capabilities *caps = pop3_engine_capabilities(session->engine);
  if (keyword[0] == 0) return caps != NULL ? "" : NULL;
  return pop3_capabilities_find(caps, keyword);
}

static pop3_status context_query(void *arg, uint32_t what, pop3_answer *out) {
  return pop3_session_query(arg, what, out);
}

static void make_context(pop3_session *session) {
  pop3_auth_context *context = &session->login.context;
  memset(context, 0, sizeof(*context));
  context->size = (uint32_t)sizeof(*context);
  if (pop3_session_is_private(session)) context->channel |= POP3_CHANNEL_PRIVATE;
  if (session->allow_cleartext) context->channel |= POP3_CHANNEL_CLEARTEXT_ALLOWED;
  context->session = session;
  context->mechanism = session->login.asked;
  context->host = session->host != NULL ? session->host : "";
  context->timestamp = pop3_engine_timestamp(session->engine, &context->timestamp_len);
  context->capability = context_capability;
  context->credential = pop3_credentials_fetch;
  context->has_credential = pop3_credentials_has;
  context->query = context_query;
}

// Scores |ops|; 0 with the reason in |why| if it is out of the question. |*out_policy| is set if it
// is only the open channel that speaks against it.
static int score(pop3_session *session, const pop3_auth_ops *ops, char *why, size_t why_cap,
                 int *out_policy) {
  const pop3_auth_context *context = &session->login.context;
  const char *asked = session->login.asked;
  *out_policy = 0;
  if (asked == NULL && (ops->flags & POP3_AUTH_ONLY_IF_ASKED) != 0) {
    (void)snprintf(why, why_cap, "only if asked for by name");
    return 0;
  }
  if (asked != NULL && !pop3_ascii_equal(asked, strlen(asked), ops->name) &&
      ((ops->flags & POP3_AUTH_FAMILY) == 0 ||
       pop3_registry_auth(session->registry, asked) != NULL)) {
    (void)snprintf(why, why_cap, "not asked for");
    return 0;
  }
  const int points = ops->score(&session->host_table, context, why, why_cap);
  why[why_cap - 1] = 0;
  if (points > 0 && (ops->flags & POP3_AUTH_CLEARTEXT) != 0 && context->channel == 0) {
    (void)snprintf(why, why_cap, "would send the password readable");
    *out_policy = 1;
    return 0;
  }
  return points;
}

static void append(char *text, size_t cap, const char *name, const char *why) {
  const size_t len = strlen(text);
  (void)snprintf(text + len, cap - len, "%s%s: %s", len > 0 ? "; " : "", name, why);
}

static void fail_choice(pop3_session *session, const char *reasons, int policy) {
  pop3_error error = POP3_ERROR_INIT;
  if (policy) {
    pop3_error_set(&error, POP3_ERR_POLICY, LAYER, 0,
                   "the connection to %s is neither encrypted nor local, and no mechanism hides "
                   "the password (%s); set allow_cleartext to permit that",
                   session->host != NULL ? session->host : "the server", reasons);
  } else {
    pop3_error_set(&error, POP3_ERR_NO_MECHANISM, LAYER, 0, "no mechanism is usable (%s)",
                   reasons[0] != 0 ? reasons : "the registry has none");
  }
  finish(session, &error);
}

static void choose(pop3_session *session) {
  pop3_login_task *login = &session->login;
  make_context(session);
  const pop3_auth_ops *best = NULL;
  int best_points = 0;
  int policy = 0;
  char reasons[POP3_ERROR_TEXT_MAX] = "";
  const pop3_auth_ops *ops;
  for (size_t i = 0; (ops = pop3_registry_auth_at(session->registry, i)) != NULL; i++) {
    char why[96] = "unusable here";
    int this_policy = 0;
    login->in_plugin = 1;
    const int points = score(session, ops, why, sizeof(why), &this_policy);
    if (ended_meanwhile(session)) return;
    if (points > best_points) {
      best = ops;
      best_points = points;
    } else if (points <= 0 && strcmp(why, "not asked for") != 0) {
      append(reasons, sizeof(reasons), ops->name, why);
      policy |= this_policy;
    }
  }
  if (best == NULL) {
    fail_choice(session, reasons, policy);
    return;
  }
  pop3_session_note(session, "login with %s%s%s", best->name, reasons[0] != 0 ? "; not " : "",
                    reasons);
  login->ops = best;
  pop3_error error = POP3_ERROR_INIT;
  login->in_plugin = 1;
  const pop3_status status =
      best->begin(&session->host_table, &login->context, &login->self, &error);
  if (status != POP3_OK) login->self = NULL;
  if (ended_meanwhile(session)) return;
  if (status != POP3_OK) {
    error.status = status;
    finish(session, &error);
    return;
  }
  step_mechanism(session, POP3_AUTH_START, NULL, 0, NULL);
}

static void on_capa(void *arg, const pop3_result *result) {
  pop3_session *session = arg;
  if (!session->login.active || result->op != session->login.op) return;
  session->login.op = 0;
  // A server without CAPA, or with a CAPA that nobody can read, can still be logged in to.
  if (result->status == POP3_OK || result->status == POP3_REFUSED ||
      (result->status == POP3_ERR_PROTOCOL && pop3_engine_error(session->engine) == NULL)) {
    session->login.choosing = 1;
  } else {
    finish(session, result->error);
  }
}

void pop3_login_pump(pop3_session *session) {
  if (!session->login.active || !session->login.choosing) return;
  session->login.choosing = 0;
  choose(session);
}

// Whether a plugin could play |name|, so that the server is not asked in vain.
static int is_known(const pop3_session *session, const char *name) {
  if (pop3_registry_auth(session->registry, name) != NULL) return 1;
  const pop3_auth_ops *ops;
  for (size_t i = 0; (ops = pop3_registry_auth_at(session->registry, i)) != NULL; i++) {
    if ((ops->flags & POP3_AUTH_FAMILY) != 0) return 1;
  }
  return 0;
}

static pop3_status ask_mechanism(pop3_session *session, const char *mechanism, pop3_error *err) {
  const char *name = mechanism != NULL ? mechanism : session->mechanism;
  if (name == NULL) return POP3_OK;
  if (!is_known(session, name)) {
    return pop3_error_set(err, POP3_ERR_NOT_FOUND, LAYER, 0,
                          "no plugin of this program plays mechanism \"%s\"", name);
  }
  char *copy = pop3_mem_strdup(&session->allocator, name, strlen(name));
  if (copy == NULL) {
    return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for a login");
  }
  for (char *c = copy; *c != 0; c++) {
    if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
  }
  session->login.asked = copy;
  return POP3_OK;
}

pop3_status pop3_submit_login(pop3_session *session, const char *mechanism, const pop3_sink *sink,
                              pop3_op_id *out_id, pop3_error *err) {
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
  pop3_status status = ask_mechanism(session, mechanism, err);
  if (status != POP3_OK) return status;
  memset(&login->sink, 0, sizeof(login->sink));
  if (sink != NULL) {
    memcpy(&login->sink, sink, sink->size < sizeof(*sink) ? sink->size : sizeof(*sink));
  }
  login->id = POP3_LOGIN_OP | ++session->num_logins;
  login->op = 0;
  login->command = POP3_CMD_CAPA;
  login->cancelling = 0;
  login->choosing = 0;
  login->steps = 0;
  login->watch = NULL;
  login->deadline_ms = session->login_ms == POP3_NO_TIMEOUT
                           ? POP3_NO_DEADLINE
                           : pop3_deadline_after(pop3_session_now(session), session->login_ms);
  session->touched = 1;
  if (out_id != NULL) *out_id = login->id;
  if (pop3_engine_capabilities(session->engine) != NULL) {
    login->active = 1;
    login->choosing = 1;  // in the next step: a sink is never called from inside a submit
    return POP3_OK;
  }
  pop3_sink capa = POP3_SINK_INIT;
  capa.done = on_capa;
  capa.arg = session;
  const pop3_request request = POP3_REQUEST_INIT(POP3_CMD_CAPA);
  status = pop3_engine_submit(session->engine, &request, &capa, &login->op, err);
  login->active = status == POP3_OK;
  if (status != POP3_OK) pop3_login_wipe(session);
  return status;
}
