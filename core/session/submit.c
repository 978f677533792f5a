// Operations: how they are given to the session, taken back, and gone on with.
#include "core/base/error.h"
#include "core/session/ending.h"
#include "core/session/security.h"

#define LAYER "session"

// Whether the connection is encrypted, or will be when it is made.
static int is_tls(const pop3_session *session) {
  const p3_session_config *config = &session->config;
  if (session->stls.is_pushing || session->stls.state == POP3_STLS_DONE) return 1;
  for (size_t i = 0; i < config->num_transports; i++) {
    if ((config->transports[i]->flags & POP3_TRANSPORT_ENCRYPTS) != 0) return 1;
  }
  return 0;
}

// STLS is for a connection that is not encrypted, before the login (RFC 2595 section 4).
static pop3_status check_stls(const pop3_session *session, pop3_error *err) {
  if (session->config.stls == NULL) {
    return pop3_error_set(
        err, POP3_ERR_NOT_FOUND, LAYER, 0,
        "STLS needs a transport that encrypts, such as \"tls\", and the registry of "
        "this program has none");
  }
  if (is_tls(session)) {
    return pop3_error_set(err, POP3_ERR_STATE, LAYER, 0,
                          "STLS on a connection that has TLS already (RFC 2595 section 4)");
  }
  if (p3_engine_authenticated(session->engine)) {
    return pop3_error_set(err, POP3_ERR_STATE, LAYER, 0,
                          "STLS after the login: it is for before (RFC 2595 section 4)");
  }
  return POP3_OK;
}

pop3_status pop3_submit(pop3_session *session, const pop3_request *request, const pop3_sink *sink,
                        pop3_op_id *out_id, pop3_error *err) {
  p3_error_reset(err);
  if (out_id != NULL) *out_id = 0;
  const int is_stls = request->command == POP3_CMD_STLS;
  if (session->state == P3_SESSION_FAILED) {
    if (err != NULL) *err = session->error;
    return session->error.status;
  }
  if (session->state == P3_SESSION_CLOSED) {
    return pop3_error_set(err, POP3_ERR_STATE, LAYER, 0, "%s after the session was closed",
                          pop3_command_name(request->command));
  }
  const pop3_status status = is_stls ? check_stls(session, err) : POP3_OK;
  if (status != POP3_OK) return status;
  session->flags.is_touched = 1;
  if (is_stls) p3_session_see_stls(session);
  return pop3_engine_submit(session->engine, request, sink, out_id, err);
}

void pop3_resume(pop3_session *session) {
  p3_engine_unpause(session->engine);
  session->flags.is_touched = 1;
}

// What its last command does on the server nobody knows then, but the dialogue stays in step.
static void cancel_login(pop3_session *session) {
  const pop3_op_id awaited = session->login_call.awaited;
  pop3_error error = POP3_ERROR_INIT;
  pop3_error_set(&error, POP3_ERR_CANCELLED, LAYER, 0, "the login was cancelled");
  session->login_call.awaited = 0;
  p3_session_abort_login(session, &error);
  if (awaited != 0) (void)pop3_engine_cancel(session->engine, awaited, NULL);
}

pop3_status pop3_cancel_op(pop3_session *session, pop3_op_id op, pop3_error *err) {
  p3_error_reset(err);
  p3_session_hold(session);
  session->flags.is_touched = 1;
  pop3_status status = POP3_OK;
  const int was_stepping = session->flags.is_stepping;
  session->flags.is_stepping = 1;  // a |done| that runs from here must not block either
  if ((op & P3_LOGIN_OP) != 0 && p3_login_is_active(&session->login) &&
      op == session->login_call.id) {
    cancel_login(session);
  } else {
    status = pop3_engine_cancel(session->engine, op, err);
  }
  session->flags.is_stepping = was_stepping;
  (void)p3_session_release(session);
  return status;
}
