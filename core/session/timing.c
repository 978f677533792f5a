#include "core/session/timing.h"

#include "core/session/ending.h"
#include "core/session/host.h"

int p3_session_is_waiting(const pop3_session *session) {
  const pop3_engine *engine = session->engine;
  // While a sink makes the server wait it is not the server that is slow.
  return !pop3_engine_paused(engine) &&
         (pop3_engine_in_flight(engine) > 0 || pop3_engine_upgrading(engine));
}

int64_t p3_session_deadline(const pop3_session *session, p3_deadline *out_what) {
  const p3_deadline_phase phase = {p3_engine_greeted(session->engine),
                                   p3_session_is_waiting(session),
                                   p3_login_is_active(&session->login)};
  return p3_deadlines_next(&session->deadlines, &session->settings.time_limits, &phase, out_what);
}

static void fail_connect(pop3_session *session) {
  const p3_session_config *config = &session->config;
  const long long ms = session->settings.time_limits.connect_ms;
  if (p3_channel_is_planned(&session->channel)) {
    p3_session_failf(session, POP3_ERR_TIMEOUT,
                     "connecting to %s port %u took longer than %lld ms (connect_ms)", config->host,
                     (unsigned)config->port, ms);
    return;
  }
  p3_session_failf(session, POP3_ERR_TIMEOUT,
                   "%s port %u accepted the connection but sent no greeting within %lld ms "
                   "(connect_ms); a port that expects TLS stays silent like this",
                   config->host, (unsigned)config->port, ms);
}

void p3_session_check_deadlines(pop3_session *session) {
  const pop3_time_limits *limits = &session->settings.time_limits;
  p3_deadline what;
  const int64_t deadline = p3_session_deadline(session, &what);
  if (deadline == POP3_NO_DEADLINE || p3_session_now(session) < deadline) return;
  switch (what) {
    case P3_DEADLINE_CONNECT:
      fail_connect(session);
      return;
    case P3_DEADLINE_IDLE: {
      const char *awaited = p3_engine_awaited(session->engine);
      p3_session_failf(
          session, POP3_ERR_TIMEOUT,
          "no octet sent or received for %lld ms while the reply to %s is due (idle_ms)",
          (long long)limits->idle_ms, awaited != NULL ? awaited : "the handshake");
      return;
    }
    case P3_DEADLINE_LOGIN:
      p3_session_failf(session, POP3_ERR_TIMEOUT, "the login took longer than %lld ms (login_ms)",
                       (long long)limits->login_ms);
      return;
    case P3_DEADLINE_TOTAL:
      p3_session_failf(session, POP3_ERR_TIMEOUT, "the session took longer than %lld ms (total_ms)",
                       (long long)limits->total_ms);
      return;
    case P3_DEADLINE_NONE:
      return;
  }
}
