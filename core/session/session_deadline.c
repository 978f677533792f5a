#include "core/session/session_private.h"

static void earlier(int64_t at, pop3_deadline what, int64_t *deadline, pop3_deadline *out_what) {
  if (*deadline != POP3_NO_DEADLINE && *deadline <= at) return;
  *deadline = at;
  *out_what = what;
}

int64_t pop3_deadline_after(int64_t start_ms, int64_t limit_ms) {
  return limit_ms > INT64_MAX - start_ms ? INT64_MAX : start_ms + limit_ms;
}

int pop3_session_is_waiting(const pop3_session *session) {
  const pop3_engine *engine = session->engine;
  // While a sink makes the server wait it is not the server that is slow.
  return !pop3_engine_paused(engine) &&
         (pop3_engine_in_flight(engine) > 0 || pop3_engine_upgrading(engine));
}

int64_t pop3_session_deadline(const pop3_session *session, pop3_deadline *out_what) {
  int64_t deadline = POP3_NO_DEADLINE;
  *out_what = POP3_DEADLINE_NONE;
  const pop3_engine *engine = session->engine;
  // There may be a greeting of a connection before (session_again.c).
  const int greeted = pop3_engine_greeted(engine);
  if (session->total_ms != POP3_NO_TIMEOUT) {
    earlier(pop3_deadline_after(session->start_ms, session->total_ms), POP3_DEADLINE_TOTAL,
            &deadline, out_what);
  }
  if (!greeted && session->connect_ms != POP3_NO_TIMEOUT) {
    earlier(pop3_deadline_after(session->connect_start_ms, session->connect_ms),
            POP3_DEADLINE_CONNECT, &deadline, out_what);
  }
  if (session->login.active && session->login.deadline_ms != POP3_NO_DEADLINE) {
    earlier(session->login.deadline_ms, POP3_DEADLINE_LOGIN, &deadline, out_what);
  }
  // A connect, but for the handshake of a later STLS, has its own limit.
  if (greeted && pop3_session_is_waiting(session) && session->idle_ms != POP3_NO_TIMEOUT) {
    earlier(pop3_deadline_after(session->progress_ms, session->idle_ms), POP3_DEADLINE_IDLE,
            &deadline, out_what);
  }
  return deadline;
}

static void fail_connect(pop3_session *session) {
  const long long ms = session->connect_ms;
  const char *host = session->host != NULL ? session->host : "";
  if (session->layers.connecting || session->num_pushed < session->num_transports) {
    pop3_session_failf(session, POP3_ERR_TIMEOUT,
                       "connecting to %s port %u took longer than %lld ms (connect_ms)", host,
                       (unsigned)session->port, ms);
    return;
  }
  pop3_session_failf(session, POP3_ERR_TIMEOUT,
                     "%s port %u accepted the connection but sent no greeting within %lld ms "
                     "(connect_ms); a port that expects TLS stays silent like this",
                     host, (unsigned)session->port, ms);
}

void pop3_session_check_deadlines(pop3_session *session) {
  pop3_deadline what;
  const int64_t deadline = pop3_session_deadline(session, &what);
  if (deadline == POP3_NO_DEADLINE || pop3_session_now(session) < deadline) return;
  switch (what) {
    case POP3_DEADLINE_CONNECT:
      fail_connect(session);
      return;
    case POP3_DEADLINE_IDLE: {
      const char *awaited = pop3_engine_awaited(session->engine);
      pop3_session_failf(session, POP3_ERR_TIMEOUT,
                         "no sign of the server for %lld ms while it owes a reply to %s (idle_ms)",
                         (long long)session->idle_ms, awaited != NULL ? awaited : "the handshake");
      return;
    }
    case POP3_DEADLINE_LOGIN:
      pop3_session_failf(session, POP3_ERR_TIMEOUT, "the login took longer than %lld ms (login_ms)",
                         (long long)session->login_ms);
      return;
    case POP3_DEADLINE_TOTAL:
      pop3_session_failf(session, POP3_ERR_TIMEOUT,
                         "the session took longer than %lld ms (total_ms)",
                         (long long)session->total_ms);
      return;
    case POP3_DEADLINE_NONE:
      return;
  }
}
