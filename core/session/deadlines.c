#include "core/session/deadlines.h"

#include <pop3/interest.h>
#include <pop3/session.h>

int64_t p3_deadline_after(int64_t start_ms, int64_t limit_ms) {
  // A clock may begin below zero: what is added to that cannot be too much.
  return start_ms > 0 && limit_ms > INT64_MAX - start_ms ? INT64_MAX : start_ms + limit_ms;
}

// Takes |what|, if it applies and is earlier than what was found so far.
static void consider(int applies, int64_t start_ms, int64_t limit_ms, p3_deadline what,
                     int64_t *deadline, p3_deadline *out_what) {
  if (!applies || limit_ms == POP3_NO_TIMEOUT) return;
  const int64_t at = p3_deadline_after(start_ms, limit_ms);
  if (*deadline != POP3_NO_DEADLINE && *deadline <= at) return;
  *deadline = at;
  *out_what = what;
}

int64_t p3_deadlines_next(const p3_deadlines *deadlines, const pop3_time_limits *limits,
                          const p3_deadline_phase *phase, p3_deadline *out_what) {
  int64_t at = POP3_NO_DEADLINE;
  *out_what = P3_DEADLINE_NONE;
  consider(1, deadlines->start_ms, limits->total_ms, P3_DEADLINE_TOTAL, &at, out_what);
  consider(!phase->is_greeted, deadlines->connect_start_ms, limits->connect_ms, P3_DEADLINE_CONNECT,
           &at, out_what);
  consider(phase->is_logging_in, deadlines->login_start_ms, limits->login_ms, P3_DEADLINE_LOGIN,
           &at, out_what);
  // A connect, but for the handshake of a later STLS, has its own limit.
  consider(phase->is_greeted && phase->is_waiting, deadlines->progress_ms, limits->idle_ms,
           P3_DEADLINE_IDLE, &at, out_what);
  return at;
}
