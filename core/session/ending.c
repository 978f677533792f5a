#include "core/session/ending.h"

#include <pop3/commands.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/session/host.h"

#define LAYER "session"

// --- Logins

void p3_session_finish_login(pop3_session *session, const pop3_error *error) {
  p3_login_call *call = &session->login_call;
  const pop3_sink sink = call->sink;
  p3_watch *watch = call->watch;
  pop3_result result;
  memset(&result, 0, sizeof(result));
  result.size = (uint32_t)sizeof(result);
  result.command = session->login.command;
  result.op = call->id;
  result.status = error != NULL ? error->status : POP3_OK;
  result.error = error;
  result.reply = p3_engine_reply(session->engine);
  call->watch = NULL;
  call->awaited = 0;
  p3_login_end(&session->login, result.status);
  if (watch != NULL) {
    watch->done = 1;
    watch->status = result.status;
    if (error != NULL) watch->error = *error;
  }
  if (sink.done != NULL) sink.done(sink.arg, &result);
}

void p3_session_abort_login(pop3_session *session, const pop3_error *error) {
  p3_login_call *call = &session->login_call;
  if (!p3_login_is_active(&session->login)) return;
  if (call->is_busy) {
    call->is_ending = 1;
    call->ending = *error;
    p3_login_stop(&session->login);
    return;
  }
  const pop3_error copy = *error;
  p3_session_finish_login(session, &copy);
}

// --- Sessions

void p3_session_destroy(pop3_session *session) {
  p3_login_cleanup(&session->login);
  p3_channel_cleanup(&session->channel);
  pop3_engine_free(session->engine);
  p3_waker_cleanup(&session->waker);
  const pop3_allocator allocator = session->config.allocator;
  p3_settings_cleanup(&session->settings);
  p3_session_config_cleanup(&session->config);
  p3_mem_free(&allocator, session);
}

void pop3_session_free(pop3_session *session) {
  if (session == NULL) return;
  if (session->flags.num_holds > 0) {
    session->flags.free_requested = 1;
    return;
  }
  // The sinks run now, and may call again: they must find a session that is closed but there.
  pop3_error error = POP3_ERROR_INIT;
  pop3_error_set(&error, POP3_ERR_CANCELLED, LAYER, 0, "the session was freed");
  session->flags.num_holds = 1;
  p3_session_fail(session, &error);
  p3_session_destroy(session);
}

void p3_session_hold(pop3_session *session) { session->flags.num_holds++; }

int p3_session_release(pop3_session *session) {
  if (--session->flags.num_holds > 0 || !session->flags.free_requested) return 1;
  pop3_session_free(session);
  return 0;
}

void p3_session_fail(pop3_session *session, const pop3_error *error) {
  if (session->state == P3_SESSION_FAILED) return;
  const int was_stepping = session->flags.is_stepping;
  session->flags.is_stepping = 1;  // the callbacks below must not block
  p3_session_hold(session);
  if (session->state == P3_SESSION_CLOSED) {
    pop3_engine_fail(session->engine, error);
    p3_session_abort_login(session, p3_login_reason(&session->login, error));
    session->flags.num_holds--;
    session->flags.is_stepping = was_stepping;
    return;
  }
  session->state = P3_SESSION_FAILED;
  session->error = *error;
  p3_session_note(session, "failed: %s", error->text);
  pop3_engine_fail(session->engine, &session->error);
  p3_session_abort_login(session, p3_login_reason(&session->login, &session->error));
  p3_channel_drop(&session->channel);
  session->flags.num_holds--;  // whoever holds the session frees it
  session->flags.is_stepping = was_stepping;
}

void p3_session_failf(pop3_session *session, pop3_status status, const char *format, ...) {
  char text[POP3_ERROR_TEXT_MAX];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  pop3_error error = POP3_ERROR_INIT;
  pop3_error_set(&error, status, LAYER, 0, "%s", text);
  p3_session_fail(session, &error);
}

void pop3_close(pop3_session *session) {
  if (session->state == P3_SESSION_FAILED || session->state == P3_SESSION_CLOSED) return;
  pop3_error error = POP3_ERROR_INIT;
  pop3_error_set(&error, POP3_ERR_CANCELLED, LAYER, 0, "the session was closed");
  session->state = P3_SESSION_CLOSED;
  p3_session_hold(session);
  p3_session_fail(session, &error);
  p3_channel_close(&session->channel);
  (void)p3_session_release(session);
}

void pop3_session_cancel(pop3_session *session) {
  __atomic_store_n(&session->flags.is_cancelled, 1, __ATOMIC_SEQ_CST);
  p3_waker_wake(&session->waker);
}

int p3_session_is_over(const pop3_session *session) {
  return session->state != P3_SESSION_OPEN || session->flags.free_requested;
}
