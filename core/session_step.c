// One step of a session: everything that can be done without waiting.
#include <pop3/session.h>
#include <string.h>

#include "core/fill.h"
#include "core/session_private.h"

#define LAYER "session"

// How often one step reads before it lets other sessions of an event loop have their turn.
#define READS_PER_STEP 32

static int is_over(const pop3_session *session) {
  return session->state != POP3_SESSION_OPEN || session->free_requested;
}

static int moved(pop3_session *session) {
  session->progress_ms = pop3_session_now(session);
  return 1;
}

// Remembers what an operation waits for.
static uint32_t wants(pop3_io io) {
  return io == POP3_IO_WANT_READ ? POP3_WAIT_READ : io == POP3_IO_WANT_WRITE ? POP3_WAIT_WRITE : 0;
}

void pop3_session_announce(pop3_session *session) {
  const char *host = session->host != NULL ? session->host : "";
  pop3_session_note(session, "connecting to %s port %u by %s", host, (unsigned)session->port,
                    session->transports[session->num_transports - 1]->name);
  if (session->audit == NULL) return;
  const pop3_audit_event event = {
      (uint32_t)sizeof(event), POP3_AUDIT_CONNECT, host, session->port, 0, NULL, 0};
  if (session->audit(session->audit_arg, &event) != 0) {
    pop3_session_failf(session, POP3_ERR_AUDIT, "the audit hook forbade to connect to %s", host);
  }
}

static void start(pop3_session *session) {
  session->state = POP3_SESSION_OPEN;
  session->start_ms = session->connect_start_ms = session->progress_ms = pop3_session_now(session);
  pop3_session_announce(session);
}

static pop3_status push(pop3_session *session, const pop3_transport_ops *ops,
                        const pop3_option *options, size_t num_options, pop3_error *err) {
  const pop3_transport_config config = {(uint32_t)sizeof(config), session->port,
                                        session->host != NULL ? session->host : "", options,
                                        num_options};
  return pop3_layers_push(&session->layers, ops, &session->host_table, &config,
                          session->limits.max_layers, err);
}

// Pushes what stands next: a transport asked for at the start, TLS after STLS, or a mechanism's
// security layer. Returns 0 if nothing does.
static int push_next(pop3_session *session, pop3_error *err, pop3_status *out_status) {
  if (session->num_pushed < session->num_transports) {
    *out_status = push(session, session->transports[session->num_pushed], session->options,
                       session->num_options, err);
    session->num_pushed++;
    return 1;
  }
  if (!pop3_engine_upgrading(session->engine)) return 0;
  if (session->has_pushed) {
    session->has_pushed = 0;
    *out_status =
        push(session, &session->pushed, session->pushed_options, session->num_pushed_options, err);
    pop3_session_release_layer(session);
    return 1;
  }
  session->pushing_tls = 1;
  const pop3_transport_ops *tls = pop3_registry_transport(session->registry, "tls");
  *out_status = tls != NULL ? push(session, tls, session->options, session->num_options, err)
                            : pop3_error_set(err, POP3_ERR_NOT_FOUND, LAYER, 0,
                                             "STLS needs transport \"tls\" in the registry");
  return 1;
}

// Returns 1 once every transport is connected.
static int connect_layers(pop3_session *session) {
  pop3_error error = POP3_ERROR_INIT;
  for (;;) {
    pop3_status status = POP3_OK;
    if (!session->layers.connecting && !push_next(session, &error, &status)) return 1;
    if (status != POP3_OK) {
      error.status = status;
      // A way that cannot be gone twice leaves it at the first failure.
      const int is_again = session->is_second && !pop3_engine_upgrading(session->engine);
      pop3_session_fail(session, is_again ? &session->first_failure : &error);
      return 0;
    }
    const pop3_io io = pop3_layers_connect(&session->layers, &error);
    if (io == POP3_IO_FAIL) {
      if (pop3_session_again(session, &error)) continue;
      pop3_session_fail(session, &error);
      return 0;
    }
    session->read_wants = 0;
    session->write_wants = wants(io);
    if (io != POP3_IO_DONE) return 0;
    moved(session);
    if (session->num_pushed == session->num_transports && pop3_engine_upgrading(session->engine)) {
      pop3_engine_upgraded(session->engine);
      if (session->pushing_tls) session->stls = POP3_STLS_DONE;
      session->pushing_tls = 0;
    }
  }
}

// Returns 1 if octets moved.
static int send_some(pop3_session *session) {
  int any = 0;
  session->write_wants = 0;
  while (!session->write_failed) {
    size_t len;
    const uint8_t *data = pop3_engine_send_buf(session->engine, &len);
    if (len == 0 || is_over(session)) return any;
    size_t written = 0;
    pop3_error error = POP3_ERROR_INIT;
    const pop3_io io = pop3_layers_write(&session->layers, data, len, &written, &error);
    if (io == POP3_IO_DONE) {
      pop3_engine_send_ack(session->engine, written);
      any = moved(session);
    } else if (io == POP3_IO_FAIL || io == POP3_IO_EOF) {
      // The server may have said why before it hung up: listen to that first.
      if (io == POP3_IO_EOF) {
        pop3_error_set(&error, POP3_ERR_EOF, LAYER, 0, "the server closed the connection");
      }
      session->write_failed = 1;
      session->write_error = error;
      return any;
    } else {
      session->write_wants = wants(io);
      return any;
    }
  }
  return any;
}

// Returns 1 if octets moved and there may be more.
static int receive_some(pop3_session *session) {
  size_t cap;
  uint8_t *buf = pop3_engine_recv_buf(session->engine, &cap);
  session->read_wants = 0;
  if (cap == 0) return 0;
  size_t len = 0;
  pop3_error error = POP3_ERROR_INIT;
  const pop3_io io = pop3_layers_read(&session->layers, buf, cap, &len, &error);
  switch (io) {
    case POP3_IO_DONE:
      moved(session);
      (void)pop3_engine_recv_ack(session->engine, len);
      moved(session);  // the sinks may have taken their time
      // A short read has emptied the transport: do not ask it again in vain.
      session->read_wants = POP3_WAIT_READ;
      return len == cap || session->write_failed || pop3_layers_pending(&session->layers);
    case POP3_IO_EOF:
      if (pop3_engine_recv_eof(session->engine) == POP3_OK && !is_over(session)) {
        session->state = POP3_SESSION_CLOSED;
      }
      return 0;
    case POP3_IO_FAIL:
      pop3_session_fail(session, &error);
      return 0;
    default:
      session->read_wants = wants(io);
      if (session->write_failed) pop3_session_fail(session, &session->write_error);
      return 0;
  }
}

// Takes over what became of the engine. Returns 1 if the session is over.
static int take_over(pop3_session *session) {
  const pop3_error *error = pop3_engine_error(session->engine);
  if (error != NULL && session->state == POP3_SESSION_OPEN) {
    const pop3_error copy = *error;
    pop3_session_fail(session, &copy);
  } else if (pop3_engine_closed(session->engine) && session->state == POP3_SESSION_OPEN) {
    session->state = POP3_SESSION_CLOSED;
  }
  if (session->state == POP3_SESSION_CLOSED && session->layers.count > 0) {
    pop3_session_note(session, "closed");
    if (!session->write_failed) pop3_layers_shutdown(&session->layers);
    pop3_layers_destroy(&session->layers);
  }
  return is_over(session);
}

static int has_to_send(pop3_session *session) {
  size_t len;
  (void)pop3_engine_send_buf(session->engine, &len);
  return len > 0 && session->write_wants == 0 && !session->write_failed;
}

// take_over behind what a mechanism may have done. A person who was asked for a password may have
// taken too long: then it is not sent any more.
static int is_late(pop3_session *session) {
  if (session->login.active) pop3_session_check_deadlines(session);
  return take_over(session);
}

static void exchange(pop3_session *session) {
  session->hot = 0;
  // What a resumed sink left in the buffer comes first.
  if (!pop3_engine_paused(session->engine)) (void)pop3_engine_resume(session->engine);
  for (int reads = 0;; reads++) {
    if (take_over(session)) return;
    if (pop3_engine_upgrading(session->engine) && !connect_layers(session)) {
      (void)take_over(session);
      return;
    }
    if (session->login.active && session->login.choosing) {
      pop3_login_pump(session);
      moved(session);
      if (is_late(session)) return;
    }
    (void)send_some(session);
    if (take_over(session)) return;
    const int more = receive_some(session);
    if (is_late(session)) return;
    // Replies may have queued commands, finished an STLS, or left room in the pipeline.
    const int choosing = session->login.active && session->login.choosing;
    if (!more && !choosing && !has_to_send(session) && !pop3_engine_upgrading(session->engine)) {
      (void)take_over(session);
      return;
    }
    if (reads >= READS_PER_STEP) {
      session->hot = 1;
      return;
    }
  }
}

static pop3_step_result result_of(const pop3_session *session) {
  if (session->free_requested || session->state == POP3_SESSION_CLOSED) return POP3_STEP_CLOSED;
  if (session->state == POP3_SESSION_FAILED) return POP3_STEP_FAILED;
  const int busy = pop3_engine_pending(session->engine) > 0 ||
                   pop3_engine_in_flight(session->engine) > 0 || session->login.active ||
                   pop3_engine_upgrading(session->engine);
  return busy ? POP3_STEP_AGAIN : POP3_STEP_IDLE;
}

pop3_step_result pop3_step(pop3_session *session) {
  if (session->stepping) return POP3_STEP_AGAIN;  // called from a callback: the step is under way
  pop3_session_hold(session);
  session->stepping = 1;
  session->touched = 0;
  if (__atomic_load_n(&session->cancelled, __ATOMIC_SEQ_CST)) {
    pop3_session_failf(session, POP3_ERR_CANCELLED, "the session was cancelled");
  }
  if (session->state == POP3_SESSION_NEW) start(session);
  // Silence counts from when something became due, not from the last octet of an earlier exchange.
  if (!session->waiting) session->progress_ms = pop3_session_now(session);
  if (session->state == POP3_SESSION_OPEN) pop3_session_check_deadlines(session);
  if (session->state == POP3_SESSION_OPEN && connect_layers(session)) exchange(session);
  session->waiting = pop3_session_is_waiting(session);
  session->stepping = 0;
  const pop3_step_result result = result_of(session);
  (void)pop3_session_release(session);
  return result;
}

static void make_interest(const pop3_session *session, pop3_interest *out) {
  const int64_t now = pop3_session_now(session);
  if (session->state != POP3_SESSION_OPEN) {
    if (session->state == POP3_SESSION_NEW) out->deadline_ms = now;
    return;
  }
  pop3_deadline what;
  out->deadline_ms = pop3_session_deadline(session, &what);
  out->events = session->read_wants | session->write_wants;
  if (session->layers.connecting || out->events != 0) {
    pop3_layers_interest(&session->layers, out);
  }
  const pop3_engine *engine = session->engine;
  const int unread = !engine->paused && !engine->upgrading &&
                     pop3_layers_pending(&session->layers) && !session->layers.connecting;
  // A resumed sink has what is in the buffer waiting for it.
  const int undone = session->hot || unread || session->touched ||
                     __atomic_load_n(&session->cancelled, __ATOMIC_SEQ_CST);
  if (undone) out->deadline_ms = now;
}

void pop3_session_interest(const pop3_session *session, pop3_interest *out) {
  pop3_interest interest = POP3_INTEREST_INIT;
  make_interest(session, &interest);
  (void)pop3_fill(out, &interest, sizeof(interest));
}
