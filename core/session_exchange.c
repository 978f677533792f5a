// The exchange of one mechanism with the server, line by line.
#include <pop3/session.h>
#include <string.h>

#include "core/memory.h"
#include "core/session_private.h"

#define LAYER "login"

// Lines of one login at the most, whatever a plugin says.
#define MAX_STEPS 256

static void step_mechanism(pop3_session *session, pop3_auth_event event, const char *data,
                           size_t data_len, const pop3_error *refusal);

// The server may believe that we are logged in: nothing more can be said on this connection.
static void fail_session(pop3_session *session, const pop3_error *error) {
  const pop3_error copy = *error;
  pop3_login_finish(session, &copy);
  pop3_session_fail(session, &copy);
}

static void on_reply(void *arg, const pop3_result *result) {
  pop3_session *session = arg;
  pop3_login_task *login = &session->login;
  if (!login->active || result->op != login->op) return;
  login->op = 0;
  const pop3_reply *reply = result->reply;
  if (login->cancelling) {
    const pop3_error error = login->error;
    pop3_login_finish(session, &error);
  } else if (result->status == POP3_OK) {
    step_mechanism(session, POP3_AUTH_POSITIVE, reply->text, reply->text_len, NULL);
  } else if (result->status == POP3_REFUSED) {
    step_mechanism(session, POP3_AUTH_NEGATIVE, reply->text, reply->text_len, result->error);
  } else {
    pop3_login_finish(session, result->error);
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
    pop3_login_finish(session, &error);
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
  session->pushed.size = (uint32_t)sizeof(session->pushed);
  session->has_pushed = 1;
  pop3_engine_hold(session->engine);
  return POP3_OK;
}

void pop3_session_release_layer(pop3_session *session) {
  if (session->release_pushed == NULL) return;
  session->release_pushed(session->pushed_options, session->num_pushed_options);
  session->release_pushed = NULL;
}

static void succeed(pop3_session *session, const pop3_auth_output *output) {
  pop3_login_task *login = &session->login;
  pop3_error error = POP3_ERROR_INIT;
  // First of all: whatever goes wrong from here on, the options have to be given back.
  if (output->layer != NULL) {
    session->pushed_options = output->layer_options;
    session->num_pushed_options = output->num_layer_options;
    session->release_pushed = output->release_layer;
  }
  const char *name = session->choices[login->chosen].mechanism;
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
  pop3_security report = POP3_SECURITY_INIT;
  pop3_session_security(session, &report);
  const char *why = report.is_encrypted && !report.is_bound ? report.not_bound_why : "";
  // What the server said to that, behind the colon, is part of an exchange: not for the trace.
  pop3_session_note(session, "logged in with %s%s%.*s", copy,
                    report.is_bound       ? ", bound to the TLS channel"
                    : report.is_encrypted ? ", not bound to the TLS channel: "
                                          : "",
                    (int)strcspn(why, ":"), why);
  pop3_login_finish(session, NULL);
}

static void give_up(pop3_session *session, pop3_auth_event event, pop3_error *error,
                    const pop3_error *refusal) {
  if (event == POP3_AUTH_NEGATIVE && error->status == POP3_OK) {
    pop3_login_refused(session, refusal);
    return;
  }
  if (event == POP3_AUTH_NEGATIVE && error->status == POP3_REFUSED) {
    // The plugin knows more of the refusal than the reply says.
    error->code = refusal->code;
    pop3_login_refused(session, error);
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
    pop3_login_finish(session, error);
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
  if (pop3_login_ended(session)) return;
  if (verdict == POP3_AUTH_SEND) {
    send_line(session, event, &output);
  } else if (verdict == POP3_AUTH_DONE && event == POP3_AUTH_POSITIVE) {
    succeed(session, &output);
  } else {
    give_up(session, event, &error, refusal);
  }
}

void pop3_exchange_begin(pop3_session *session, size_t index) {
  pop3_login_task *login = &session->login;
  pop3_choice *choice = &session->choices[index];
  choice->state = POP3_CANDIDATE_CHOSEN;
  login->chosen = index;
  login->ops = choice->ops;
  const int is_family = (choice->ops->flags & POP3_AUTH_FAMILY) != 0;
  login->context.mechanism = is_family || choice->by_name ? choice->mechanism : NULL;
  pop3_error error = POP3_ERROR_INIT;
  login->in_plugin = 1;
  const pop3_status status =
      choice->ops->begin(&session->host_table, &login->context, &login->self, &error);
  if (status != POP3_OK) login->self = NULL;
  if (pop3_login_ended(session)) return;
  if (status != POP3_OK) {
    error.status = status;
    pop3_login_finish(session, &error);
    return;
  }
  step_mechanism(session, POP3_AUTH_START, NULL, 0, NULL);
}
