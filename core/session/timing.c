#include "core/session/timing.h"

#include "core/session/ending.h"
#include "core/session/host.h"

int pop3_session_is_waiting(const pop3_session *session) {
  const pop3_engine *engine = session->engine;
  // While a sink makes the server wait it is not the server that is slow.
  return !pop3_engine_paused(engine) &&
         (pop3_engine_in_flight(engine) > 0 || pop3_engine_upgrading(engine));
}

int64_t pop3_session_deadline(const pop3_session *session, pop3_deadline *out_what) {
  const pop3_deadline_phase phase = {pop3_engine_greeted(session->engine),
                                     pop3_session_is_waiting(session),
                                     pop3_login_is_active(&session->login)};
  return pop3_deadlines_next(&session->deadlines, &session->config.time_limits, &phase, out_what);
}

static void fail_connect(pop3_session *session) {
  const pop3_session_config *config = &session->config;
  const long long ms = config->time_limits.connect_ms;
  if (pop3_channel_is_planned(&session->channel)) {
    pop3_session_failf(session, POP3_ERR_TIMEOUT,
                       "connecting to %s port %u took longer than %lld ms (connect_ms)",
                       config->host, (unsigned)config->port, ms);
    return;
  }
  pop3_session_failf(session, POP3_ERR_TIMEOUT,
                     "%s port %u accepted the connection but sent no greeting within %lld ms "
                     "(connect_ms); a port that expects TLS stays silent like this",
                     config->host, (unsigned)config->port, ms);
}

void pop3_session_check_deadlines(pop3_session *session) {
  const pop3_time_limits *limits = &session->config.time_limits;
  pop3_deadline what;
  const int64_t deadline = pop3_session_deadline(session, &what);
  if (deadline == POP3_NO_DEADLINE || pop3_session_now(session) < deadline) return;
  switch (what) {
    case POP3_DEADLINE_CONNECT:
      fail_connect(session);
      return;
    case POP3_DEADLINE_IDLE: {
      const char *awaited = pop3_engine_awaited(session->engine);
      pop3_session_failf(
          session, POP3_ERR_TIMEOUT,
          "no octet sent or received for %lld ms while the reply to %s is due (idle_ms)",
          (long long)limits->idle_ms, awaited != NULL ? awaited : "the handshake");
      return;
    }
    case POP3_DEADLINE_LOGIN:
      pop3_session_failf(session, POP3_ERR_TIMEOUT, "the login took longer than %lld ms (login_ms)",
                         (long long)limits->login_ms);
      return;
    case POP3_DEADLINE_TOTAL:
      pop3_session_failf(session, POP3_ERR_TIMEOUT,
                         "the session took longer than %lld ms (total_ms)",
                         (long long)limits->total_ms);
      return;
    case POP3_DEADLINE_NONE:
      return;
  }
}
