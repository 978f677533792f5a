#include "core/session/wait.h"

#include <string.h>

#include "core/base/error.h"
#include "core/session/ending.h"
#include "core/session/host.h"
#include "core/session/session_state.h"

#define LAYER "session"

static int watch_op(pop3_session *session, pop3_op_id op) {
  p3_watch *watch = &session->watch;
  memset(watch, 0, sizeof(*watch));
  if ((op & P3_LOGIN_OP) == 0) return p3_engine_watch(session->engine, op, watch);
  if (!p3_login_is_active(&session->login) || session->login_call.id != op) return 0;
  session->login_call.watch = watch;
  return 1;
}

// Takes back what watch_op gave, so that no pointer outlives the wait.
static void unwatch_op(pop3_session *session, pop3_op_id op) {
  if ((op & P3_LOGIN_OP) != 0) {
    session->login_call.watch = NULL;
  } else {
    (void)p3_engine_watch(session->engine, op, NULL);
  }
}

// Blocks until the next step is worth it. |until_ms| is the wait's own deadline.
static pop3_status block(pop3_session *session, int64_t until_ms, pop3_error *err) {
  pop3_interest interest = POP3_INTEREST_INIT;
  pop3_session_interest(session, &interest);
  int64_t at = interest.deadline_ms;
  if (until_ms != POP3_NO_DEADLINE && (at == POP3_NO_DEADLINE || until_ms < at)) at = until_ms;
  int64_t timeout = -1;
  if (at != POP3_NO_DEADLINE) {
    timeout = at - p3_session_now(session);
    if (timeout < 0) timeout = 0;
  }
  return p3_wait_poll(&session->waker, &interest, timeout, err);
}

// What a wait is for.
typedef enum wait_goal {
  WAIT_FOR_OP,    // the watched operation
  WAIT_FOR_ALL,   // nothing is pending
  WAIT_FOR_READY  // the greeting has come and every transport is connected
} wait_goal;

static int is_reached(const pop3_session *session, wait_goal goal, const p3_watch *watch) {
  if (goal == WAIT_FOR_OP) return watch->done;
  if (session->state != P3_SESSION_OPEN) return 0;  // the greeting may have been a refusal
  const int ready = pop3_engine_greeting(session->engine) != NULL &&
                    !session->channel.layers.connecting && !pop3_engine_upgrading(session->engine);
  return ready && (goal == WAIT_FOR_READY || (pop3_engine_pending(session->engine) == 0 &&
                                              !p3_login_is_active(&session->login)));
}

static pop3_status sticky(const pop3_session *session, pop3_error *err) {
  if (session->state == P3_SESSION_FAILED) {
    if (err != NULL) *err = session->error;
    return session->error.status;
  }
  return pop3_error_set(err, POP3_ERR_STATE, LAYER, 0, "the session is closed");
}

static pop3_status run_loop(pop3_session *session, wait_goal goal, const p3_watch *watch,
                            int64_t until_ms, int *out_expired, pop3_error *err) {
  while (!is_reached(session, goal, watch)) {
    const pop3_step_result result = pop3_step(session);
    if (session->flags.free_requested) {
      return pop3_error_set(err, POP3_ERR_CANCELLED, LAYER, 0, "the session was freed");
    }
    if (is_reached(session, goal, watch)) break;
    if (result == POP3_STEP_FAILED || result == POP3_STEP_CLOSED) {
      return goal == WAIT_FOR_ALL && result == POP3_STEP_CLOSED ? POP3_OK : sticky(session, err);
    }
    if (until_ms != POP3_NO_DEADLINE && p3_session_now(session) >= until_ms) {
      *out_expired = 1;
      return POP3_OK;
    }
    const pop3_status status = block(session, until_ms, err);
    if (status != POP3_OK) return status;
  }
  return POP3_OK;
}

static pop3_status wait_for(pop3_session *session, wait_goal goal, pop3_op_id op,
                            int64_t timeout_ms, pop3_error *err) {
  p3_error_reset(err);
  if (timeout_ms <= 0 && timeout_ms != POP3_NO_TIMEOUT) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "a time limit of %lld ms: it must be positive, or POP3_NO_TIMEOUT",
                          (long long)timeout_ms);
  }
  if (session->flags.is_stepping) {
    return pop3_error_set(err, POP3_ERR_STATE, LAYER, 0, "waiting inside a callback");
  }
  p3_watch *watch = &session->watch;
  if (goal == WAIT_FOR_OP && !watch_op(session, op)) {
    if (session->state == P3_SESSION_FAILED) return sticky(session, err);
    return pop3_error_set(err, POP3_ERR_NOT_FOUND, LAYER, 0,
                          "operation %llu is not pending (any more)", (unsigned long long)op);
  }
  pop3_error prepare = POP3_ERROR_INIT;
  pop3_status status = p3_waker_prepare(&session->waker, &prepare);
  int64_t until_ms = POP3_NO_DEADLINE;
  if (timeout_ms != POP3_NO_TIMEOUT) {
    until_ms = p3_deadline_after(p3_session_now(session), timeout_ms);
  }
  int expired = 0;
  pop3_error error = POP3_ERROR_INIT;
  p3_session_hold(session);
  if (status == POP3_OK) {
    status = run_loop(session, goal, watch, until_ms, &expired, &error);
  } else {
    error = prepare;
  }
  if (goal == WAIT_FOR_OP) unwatch_op(session, op);
  if (expired) {
    if (goal == WAIT_FOR_OP) (void)pop3_cancel_op(session, op, NULL);
    status = pop3_error_set(&error, POP3_ERR_TIMEOUT, LAYER, 0, "not done within %lld ms",
                            (long long)timeout_ms);
  } else if (goal == WAIT_FOR_OP && watch->done) {
    status = watch->status;
    error = watch->error;
  }
  if (status != POP3_OK && err != NULL) *err = error;
  (void)p3_session_release(session);
  return status;
}

pop3_status pop3_wait(pop3_session *session, pop3_op_id op, int64_t timeout_ms, pop3_error *err) {
  return wait_for(session, op != 0 ? WAIT_FOR_OP : WAIT_FOR_ALL, op, timeout_ms, err);
}

pop3_status p3_session_wait_ready(pop3_session *session, pop3_error *err) {
  return wait_for(session, WAIT_FOR_READY, 0, POP3_NO_TIMEOUT, err);
}
