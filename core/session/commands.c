// The blocking calls, one for each command.
#include <pop3/commands.h>
#include <string.h>

#include "core/base/error.h"
#include "core/session/ending.h"
#include "core/session/session_state.h"
#include "core/session/wait.h"

#define LAYER "session"

// Submits and waits.
static pop3_status run(pop3_session *session, const pop3_request *request, const pop3_sink *sink,
                       pop3_error *err) {
  if (session->flags.is_stepping) {
    return pop3_error_set(err, POP3_ERR_STATE, LAYER, 0, "%s as a blocking call in a callback",
                          pop3_command_name(request->command));
  }
  pop3_op_id op = 0;
  const pop3_status status = pop3_submit(session, request, sink, &op, err);
  if (status != POP3_OK) return status;
  return pop3_wait(session, op, POP3_NO_TIMEOUT, err);
}

static pop3_request with_text(pop3_command command, const char *text) {
  pop3_request request = POP3_REQUEST_INIT(command);
  request.arg = text;
  request.arg_len = text != NULL ? strlen(text) : 0;
  return request;
}

static pop3_request with_number(pop3_command command, uint32_t number) {
  pop3_request request = POP3_REQUEST_INIT(command);
  request.number = number;
  return request;
}

static pop3_status run_text(pop3_session *session, pop3_command command, const char *text,
                            pop3_error *err) {
  const pop3_request request = with_text(command, text);
  return run(session, &request, NULL, err);
}

static pop3_status run_plain(pop3_session *session, pop3_command command, pop3_error *err) {
  const pop3_request request = POP3_REQUEST_INIT(command);
  return run(session, &request, NULL, err);
}

// The parts of a result that outlive its callback.
typedef struct capture {
  uint32_t number;
  uint32_t count;
  uint64_t octets;
  pop3_quit_outcome quit;
  char *text;  // UIDL n: POP3_UID_MAX octets, or NULL
} capture;

static void capture_done(void *arg, const pop3_result *result) {
  capture *into = arg;
  into->number = result->number;
  into->count = result->count;
  into->octets = result->octets;
  into->quit = result->quit;
  if (result->status == POP3_OK && into->text != NULL && result->text != NULL &&
      result->text_len < POP3_UID_MAX) {
    memcpy(into->text, result->text, result->text_len);
    into->text[result->text_len] = 0;
  }
}

static pop3_status run_capture(pop3_session *session, const pop3_request *request, capture *into,
                               pop3_error *err) {
  pop3_sink sink = POP3_SINK_INIT;
  sink.done = capture_done;
  sink.arg = into;
  return run(session, request, &sink, err);
}

pop3_status pop3_connect_url(pop3_session **out, const pop3_registry *registry, const char *url,
                             const pop3_session_options *options, pop3_error *err) {
  p3_error_reset(err);
  *out = NULL;
  pop3_url parsed;
  const int has_allocator =
      options != NULL && POP3_HAS_MEMBER(pop3_session_options, options, allocator);
  pop3_status status =
      pop3_url_parse(&parsed, url, strlen(url), has_allocator ? options->allocator : NULL, err);
  if (status != POP3_OK) return status;
  status = pop3_session_new_url(out, registry, &parsed, options, err);
  pop3_url_cleanup(&parsed);
  if (status != POP3_OK) return status;
  status = pop3_connect(*out, err);
  if (status != POP3_OK) {
    pop3_session_free(*out);
    *out = NULL;
  }
  return status;
}

pop3_status pop3_connect(pop3_session *session, pop3_error *err) {
  return p3_session_wait_ready(session, err);
}

const char *pop3_getwelcome(const pop3_session *session) {
  const pop3_reply *greeting = pop3_engine_greeting(session->engine);
  return greeting != NULL ? greeting->text : NULL;
}

static pop3_status run_login(pop3_session *session, const char *mechanism, const pop3_identity *who,
                             int survey, pop3_error *err) {
  if (session->flags.is_stepping) {
    return pop3_error_set(err, POP3_ERR_STATE, LAYER, 0, "a blocking login in a callback");
  }
  pop3_op_id op = 0;
  const pop3_status status = survey ? pop3_submit_survey(session, mechanism, NULL, &op, err)
                                    : pop3_submit_login_as(session, mechanism, who, NULL, &op, err);
  if (status != POP3_OK) return status;
  return pop3_wait(session, op, POP3_NO_TIMEOUT, err);
}

pop3_status pop3_auth(pop3_session *session, const char *mechanism, pop3_error *err) {
  return run_login(session, mechanism, NULL, 0, err);
}

pop3_status pop3_auth_as(pop3_session *session, const char *mechanism, const pop3_identity *who,
                         pop3_error *err) {
  return run_login(session, mechanism, who, 0, err);
}

pop3_status pop3_survey(pop3_session *session, pop3_error *err) {
  return run_login(session, NULL, NULL, 1, err);
}

pop3_status pop3_login(pop3_session *session, pop3_error *err) {
  return pop3_auth(session, NULL, err);
}

pop3_status pop3_user(pop3_session *session, const char *name, pop3_error *err) {
  return run_text(session, POP3_CMD_USER, name, err);
}

pop3_status pop3_pass(pop3_session *session, const char *password, pop3_error *err) {
  return run_text(session, POP3_CMD_PASS, password, err);
}

pop3_status pop3_apop(pop3_session *session, const char *user, const char *password,
                      pop3_error *err) {
  const pop3_status status = p3_session_wait_ready(session, err);
  if (status != POP3_OK) return status;
  const char *problem = pop3_engine_timestamp_problem(session->engine);
  if (problem != NULL) {
    return pop3_error_set(err, POP3_ERR_UNSUPPORTED, LAYER, 0, "APOP: %s", problem);
  }
  pop3_identity who = POP3_IDENTITY_INIT;
  who.user = user;
  who.password = password;
  return pop3_auth_as(session, "APOP", &who, err);
}

pop3_status pop3_rpop(pop3_session *session, const char *user, pop3_error *err) {
  return run_text(session, POP3_CMD_RPOP, user, err);
}

pop3_status pop3_capa(pop3_session *session, const pop3_capabilities **out, pop3_error *err) {
  if (out != NULL) *out = NULL;
  const pop3_status status = run_plain(session, POP3_CMD_CAPA, err);
  if (status == POP3_OK && out != NULL) *out = pop3_engine_capabilities(session->engine);
  return status;
}

pop3_status pop3_stat(pop3_session *session, uint32_t *out_count, uint64_t *out_octets,
                      pop3_error *err) {
  capture into = {0, 0, 0, POP3_QUIT_UNKNOWN, NULL};
  const pop3_request request = POP3_REQUEST_INIT(POP3_CMD_STAT);
  const pop3_status status = run_capture(session, &request, &into, err);
  if (status != POP3_OK) return status;
  if (out_count != NULL) *out_count = into.count;
  if (out_octets != NULL) *out_octets = into.octets;
  return POP3_OK;
}

// LIST and UIDL of the whole maildrop.
static pop3_status run_listing(pop3_session *session, pop3_command command, pop3_listing *out,
                               pop3_error *err) {
  pop3_listing_cleanup(out);
  pop3_sink sink = POP3_SINK_INIT;
  pop3_listing_sink(out, &sink);
  const pop3_request request = POP3_REQUEST_INIT(command);
  const pop3_status status = run(session, &request, &sink, err);
  if (status == POP3_ERR_SINK && out->status != POP3_OK) {
    return pop3_error_set(err, out->status, LAYER, 0, "no room to collect the answer to %s",
                          pop3_command_name(command));
  }
  return status;
}

pop3_status pop3_list(pop3_session *session, pop3_listing *out, pop3_error *err) {
  return run_listing(session, POP3_CMD_LIST, out, err);
}

pop3_status pop3_uidl(pop3_session *session, pop3_listing *out, pop3_error *err) {
  return run_listing(session, POP3_CMD_UIDL, out, err);
}

static pop3_status zero_number(pop3_command command, pop3_error *err) {
  return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "%s: message numbers start at 1",
                        pop3_command_name(command));
}

pop3_status pop3_list_one(pop3_session *session, uint32_t number, uint64_t *out_octets,
                          pop3_error *err) {
  if (number == 0) return zero_number(POP3_CMD_LIST, err);
  capture into = {0, 0, 0, POP3_QUIT_UNKNOWN, NULL};
  const pop3_request request = with_number(POP3_CMD_LIST, number);
  const pop3_status status = run_capture(session, &request, &into, err);
  if (status == POP3_OK && out_octets != NULL) *out_octets = into.octets;
  return status;
}

pop3_status pop3_uidl_one(pop3_session *session, uint32_t number, char out[POP3_UID_MAX],
                          pop3_error *err) {
  out[0] = 0;
  if (number == 0) return zero_number(POP3_CMD_UIDL, err);
  capture into = {0, 0, 0, POP3_QUIT_UNKNOWN, out};
  const pop3_request request = with_number(POP3_CMD_UIDL, number);
  return run_capture(session, &request, &into, err);
}

pop3_status pop3_retr(pop3_session *session, uint32_t number, const pop3_sink *sink,
                      pop3_error *err) {
  const pop3_request request = with_number(POP3_CMD_RETR, number);
  return run(session, &request, sink, err);
}

pop3_status pop3_top(pop3_session *session, uint32_t number, uint32_t lines, const pop3_sink *sink,
                     pop3_error *err) {
  pop3_request request = with_number(POP3_CMD_TOP, number);
  request.lines = lines;
  return run(session, &request, sink, err);
}

pop3_status pop3_dele(pop3_session *session, uint32_t number, pop3_error *err) {
  const pop3_request request = with_number(POP3_CMD_DELE, number);
  return run(session, &request, NULL, err);
}

pop3_status pop3_rset(pop3_session *session, pop3_error *err) {
  return run_plain(session, POP3_CMD_RSET, err);
}

pop3_status pop3_noop(pop3_session *session, pop3_error *err) {
  return run_plain(session, POP3_CMD_NOOP, err);
}

pop3_status pop3_last(pop3_session *session, uint32_t *out_number, pop3_error *err) {
  capture into = {0, 0, 0, POP3_QUIT_UNKNOWN, NULL};
  const pop3_request request = POP3_REQUEST_INIT(POP3_CMD_LAST);
  const pop3_status status = run_capture(session, &request, &into, err);
  if (status == POP3_OK && out_number != NULL) *out_number = into.number;
  return status;
}

pop3_status pop3_utf8(pop3_session *session, pop3_error *err) {
  return run_plain(session, POP3_CMD_UTF8, err);
}

pop3_status pop3_lang(pop3_session *session, const char *tag, pop3_error *err) {
  if (tag == NULL) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "LANG without a tag lists languages: see pop3_lang_list");
  }
  return run_text(session, POP3_CMD_LANG, tag, err);
}

pop3_status pop3_lang_list(pop3_session *session, const pop3_sink *sink, pop3_error *err) {
  const pop3_request request = POP3_REQUEST_INIT(POP3_CMD_LANG);
  return run(session, &request, sink, err);
}

pop3_status pop3_stls(pop3_session *session, pop3_error *err) {
  const pop3_status status = run_plain(session, POP3_CMD_STLS, err);
  if (status != POP3_OK) return status;
  return p3_session_wait_ready(session, err);
}

pop3_status pop3_raw(pop3_session *session, const char *line, pop3_error *err) {
  return run_text(session, POP3_CMD_RAW, line, err);
}

pop3_status pop3_raw_multi(pop3_session *session, const char *line, const pop3_sink *sink,
                           pop3_error *err) {
  pop3_request request = with_text(POP3_CMD_RAW_MULTI, line);
  request.flags = POP3_REQUEST_RAW_BODY;
  return run(session, &request, sink, err);
}

pop3_status pop3_quit(pop3_session *session, pop3_quit_outcome *out_outcome, pop3_error *err) {
  capture into = {0, 0, 0, POP3_QUIT_UNKNOWN, NULL};
  pop3_status status;
  p3_session_hold(session);
  if (session->state == P3_SESSION_NEW) {
    status = pop3_error_set(err, POP3_ERR_STATE, LAYER, 0, "QUIT before connecting");
  } else {
    const pop3_request request = POP3_REQUEST_INIT(POP3_CMD_QUIT);
    status = run_capture(session, &request, &into, err);
  }
  if (out_outcome != NULL) *out_outcome = into.quit;
  if (!session->flags.is_stepping) pop3_close(session);
  (void)p3_session_release(session);
  return status;
}
