#include "core/session/connecting.h"

#include "core/session/ending.h"
#include "core/session/host.h"

#define LAYER "session"

// Tells trace and audit hook where the session is about to connect. The hook may end it.
static void announce(pop3_session *session) {
  const p3_session_config *config = &session->config;
  p3_session_note(session, "connecting to %s port %u by %s", config->host, (unsigned)config->port,
                  config->transports[config->num_transports - 1]->name);
  if (config->hooks.audit == NULL) return;
  const pop3_audit_event event = {
      (uint32_t)sizeof(event), POP3_AUDIT_CONNECT, config->host, config->port, 0, NULL, 0};
  if (config->hooks.audit(config->hooks.audit_arg, &event) != 0) {
    p3_session_failf(session, POP3_ERR_AUDIT, "the audit hook forbade to connect to %s",
                     config->host);
  }
}

void p3_session_start(pop3_session *session) {
  const int64_t now = p3_session_now(session);
  session->state = P3_SESSION_OPEN;
  session->deadlines.start_ms = session->deadlines.connect_start_ms = now;
  session->deadlines.progress_ms = now;
  announce(session);
}

// Whether nothing is lost with the connection: either nothing came over it yet, or a login has just
// got its STLS, and will ask for the capabilities and STLS again.
static int is_early(const pop3_session *session) {
  const pop3_engine *engine = session->engine;
  if (!pop3_engine_upgrading(engine)) return pop3_engine_greeting(engine) == NULL;
  return session->stls.is_pushing && p3_login_is_due(&session->login) &&
         pop3_engine_pending(engine) == 0;
}

// Gives the connection up whose top transport has just failed to connect, for one new connection,
// if that transport knows what may help (TLS without ALPN, say), nothing is lost by it, and the
// channel has not begun again already. Returns 1, or 0 if the failure is the end.
static int connect_again(pop3_session *session, const pop3_error *failure) {
  if (!is_early(session)) return 0;
  const char *option = p3_channel_begin_again(&session->channel);
  if (option == NULL) return 0;
  session->is_second = 1;
  session->first_failure = *failure;
  p3_session_note(session, "%s; one new connection, with %s", failure->text, option);
  session->stls.is_pushing = 0;
  session->deadlines.progress_ms = p3_session_now(session);
  if (pop3_engine_upgrading(session->engine)) {
    // The first connection had its time, and came to an end.
    session->deadlines.connect_start_ms = session->deadlines.progress_ms;
    p3_engine_restart(session->engine);
  }
  announce(session);
  return session->state == P3_SESSION_OPEN;
}

// A transport failed. Returns 1 if there is another connection to be made.
static int on_failure(pop3_session *session, int is_pushed, const pop3_error *error) {
  if (is_pushed && connect_again(session, error)) return 1;
  // A way that cannot be gone twice leaves it at the first failure.
  const int is_first = !is_pushed && session->is_second && !pop3_engine_upgrading(session->engine);
  const pop3_error copy = is_first ? session->first_failure : *error;
  p3_session_fail(session, &copy);
  return 0;
}

// Everything is connected: if that was what the engine stood still for, it goes on.
static void upgraded(pop3_session *session) {
  if (!pop3_engine_upgrading(session->engine)) return;
  pop3_engine_upgraded(session->engine);
  if (session->stls.is_pushing) session->stls.state = POP3_STLS_DONE;
  session->stls.is_pushing = 0;
}

int p3_session_connect(pop3_session *session) {
  p3_channel *channel = &session->channel;
  // Behind the +OK to STLS, unless a mechanism has a security layer to push.
  if (pop3_engine_upgrading(session->engine) && p3_channel_is_connected(channel) &&
      !session->stls.is_pushing) {
    session->stls.is_pushing = 1;
    p3_channel_push(channel, session->config.stls);
  }
  while (!p3_channel_is_connected(channel)) {
    pop3_error error = POP3_ERROR_INIT;
    int is_pushed = 0;
    const pop3_io io = p3_channel_connect(channel, &is_pushed, &error);
    if (io == POP3_IO_FAIL) {
      if (!on_failure(session, is_pushed, &error)) return 0;
      continue;
    }
    if (io != POP3_IO_DONE) return 0;
    session->deadlines.progress_ms = p3_session_now(session);
    if (p3_channel_is_connected(channel)) upgraded(session);
  }
  return 1;
}
