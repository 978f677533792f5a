// One step of a session: everything that can be done without waiting.
#include <pop3/session.h>

#include "core/base/fill.h"
#include "core/session/connecting.h"
#include "core/session/ending.h"
#include "core/session/host.h"
#include "core/session/session_login.h"
#include "core/session/timing.h"

// How often one step reads before it lets other sessions of an event loop have their turn.
#define READS_PER_STEP 32

static void moved(pop3_session *session) {
  session->deadlines.progress_ms = p3_session_now(session);
}

static void send_some(pop3_session *session) {
  session->channel.write_wants = 0;
  while (!session->channel.write_failed) {
    size_t len;
    const uint8_t *data = pop3_engine_send_buf(session->engine, &len);
    if (len == 0 || p3_session_is_over(session)) return;
    size_t written = 0;
    if (p3_channel_write(&session->channel, data, len, &written) != POP3_IO_DONE) return;
    pop3_engine_send_ack(session->engine, written);
    moved(session);
  }
}

// Returns 1 if octets moved and there may be more.
static int receive_some(pop3_session *session) {
  p3_channel *channel = &session->channel;
  size_t cap;
  uint8_t *buf = pop3_engine_recv_buf(session->engine, &cap);
  channel->read_wants = 0;
  if (cap == 0) return 0;
  size_t len = 0;
  pop3_error error = POP3_ERROR_INIT;
  switch (p3_channel_read(channel, buf, cap, &len, &error)) {
    case POP3_IO_DONE:
      moved(session);
      (void)pop3_engine_recv_ack(session->engine, len);
      moved(session);  // the sinks may have taken their time
      return len == cap || channel->write_failed || p3_channel_pending(channel);
    case POP3_IO_EOF:
      if (pop3_engine_recv_eof(session->engine) == POP3_OK && !p3_session_is_over(session)) {
        session->state = P3_SESSION_CLOSED;
      }
      return 0;
    case POP3_IO_FAIL:
      p3_session_fail(session, &error);
      return 0;
    default:
      return 0;
  }
}

// Takes over what became of the engine. Returns 1 if the session is over.
static int take_over(pop3_session *session) {
  const pop3_error *error = pop3_engine_error(session->engine);
  if (error != NULL && session->state == P3_SESSION_OPEN) {
    const pop3_error copy = *error;
    p3_session_fail(session, &copy);
  } else if (p3_engine_closed(session->engine) && session->state == P3_SESSION_OPEN) {
    session->state = P3_SESSION_CLOSED;
  }
  if (session->state == P3_SESSION_CLOSED && session->channel.layers.count > 0) {
    p3_session_note(session, "closed");
    p3_channel_close(&session->channel);
  }
  return p3_session_is_over(session);
}

static int has_to_send(pop3_session *session) {
  size_t len;
  (void)pop3_engine_send_buf(session->engine, &len);
  return len > 0 && session->channel.write_wants == 0 && !session->channel.write_failed;
}

// take_over behind what a mechanism may have done. A person who was asked for a password may have
// taken too long: then it is not sent any more.
static int is_late(pop3_session *session) {
  if (p3_login_is_active(&session->login)) p3_session_check_deadlines(session);
  return take_over(session);
}

// The login decides by what it sees: the greeting comes first.
static int is_login_due(const pop3_session *session) {
  return p3_login_is_due(&session->login) && p3_engine_greeted(session->engine);
}

static void exchange(pop3_session *session) {
  session->flags.is_hot = 0;
  // What a resumed sink left in the buffer comes first.
  if (!pop3_engine_paused(session->engine)) (void)pop3_engine_resume(session->engine);
  for (int reads = 0;; reads++) {
    if (take_over(session)) return;
    if (pop3_engine_upgrading(session->engine) && !p3_session_connect(session)) {
      (void)take_over(session);
      return;
    }
    if (is_login_due(session)) {
      p3_session_pump_login(session);
      moved(session);
      if (is_late(session)) return;
    }
    send_some(session);
    if (take_over(session)) return;
    const int more = receive_some(session);
    if (is_late(session)) return;
    // Replies may have queued commands, finished an STLS, or left room in the pipeline.
    if (!more && !is_login_due(session) && !has_to_send(session) &&
        !pop3_engine_upgrading(session->engine)) {
      (void)take_over(session);
      return;
    }
    if (reads >= READS_PER_STEP) {
      session->flags.is_hot = 1;
      return;
    }
  }
}

static pop3_step_result result_of(const pop3_session *session) {
  if (session->flags.free_requested || session->state == P3_SESSION_CLOSED) {
    return POP3_STEP_CLOSED;
  }
  if (session->state == P3_SESSION_FAILED) return POP3_STEP_FAILED;
  const int is_busy = pop3_engine_pending(session->engine) > 0 ||
                      pop3_engine_in_flight(session->engine) > 0 ||
                      p3_login_is_active(&session->login) || pop3_engine_upgrading(session->engine);
  return is_busy ? POP3_STEP_AGAIN : POP3_STEP_IDLE;
}

static int is_cancelled(const pop3_session *session) {
  return __atomic_load_n(&session->flags.is_cancelled, __ATOMIC_SEQ_CST);
}

pop3_step_result pop3_step(pop3_session *session) {
  p3_session_flags *flags = &session->flags;
  if (flags->is_stepping) return POP3_STEP_AGAIN;  // called from a callback: it is under way
  p3_session_hold(session);
  flags->is_stepping = 1;
  flags->is_touched = 0;
  if (is_cancelled(session)) {
    p3_session_failf(session, POP3_ERR_CANCELLED, "the session was cancelled");
  }
  if (session->state == P3_SESSION_NEW) p3_session_start(session);
  // Silence counts from when something became due, not from the last octet of an earlier exchange.
  if (!flags->was_waiting) moved(session);
  if (session->state == P3_SESSION_OPEN) p3_session_check_deadlines(session);
  if (session->state == P3_SESSION_OPEN && p3_session_connect(session)) exchange(session);
  flags->was_waiting = p3_session_is_waiting(session);
  flags->is_stepping = 0;
  const pop3_step_result result = result_of(session);
  (void)p3_session_release(session);
  return result;
}

static void make_interest(const pop3_session *session, pop3_interest *out) {
  const int64_t now = p3_session_now(session);
  if (session->state != P3_SESSION_OPEN) {
    if (session->state == P3_SESSION_NEW) out->deadline_ms = now;
    return;
  }
  p3_deadline what;
  out->deadline_ms = p3_session_deadline(session, &what);
  p3_channel_interest(&session->channel, out);
  const pop3_engine *engine = session->engine;
  const int is_unread = !pop3_engine_paused(engine) && !pop3_engine_upgrading(engine) &&
                        p3_channel_pending(&session->channel);
  // A resumed sink has what is in the buffer waiting for it.
  if (session->flags.is_hot || is_unread || session->flags.is_touched || is_cancelled(session)) {
    out->deadline_ms = now;
  }
}

void pop3_session_interest(const pop3_session *session, pop3_interest *out) {
  pop3_interest interest = POP3_INTEREST_INIT;
  make_interest(session, &interest);
  (void)p3_fill(out, &interest, sizeof(interest));
}
