// The time limits of a session, as plain values: which applies now, and until when.
#ifndef POP3_CORE_SESSION_DEADLINES_H_
#define POP3_CORE_SESSION_DEADLINES_H_

#include <pop3/session.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_deadlines knows since when each of them counts, by the session's clock.
typedef struct p3_deadlines {
  int64_t start_ms;
  int64_t connect_start_ms;  // of the present connection
  int64_t progress_ms;       // when octets last moved, or the server began to owe us some
  int64_t login_start_ms;
} p3_deadlines;

// p3_deadline_phase is what the session is about.
typedef struct p3_deadline_phase {
  int is_greeted;     // the greeting of the present connection has come
  int is_waiting;     // the server owes us octets, so that its silence counts
  int is_logging_in;  // a login is under way
} p3_deadline_phase;

// p3_deadline names a limit.
typedef enum p3_deadline {
  P3_DEADLINE_NONE = 0,
  P3_DEADLINE_CONNECT,
  P3_DEADLINE_IDLE,
  P3_DEADLINE_LOGIN,
  P3_DEADLINE_TOTAL
} p3_deadline;

// p3_deadlines_next returns the earliest deadline that applies, or POP3_NO_DEADLINE, and in
// |*out_what| which it is.
int64_t p3_deadlines_next(const p3_deadlines *deadlines, const pop3_time_limits *limits,
                          const p3_deadline_phase *phase, p3_deadline *out_what);

// p3_deadline_after is |limit_ms| after |start_ms|; a limit far in the future does not wrap
// around into the past.
int64_t p3_deadline_after(int64_t start_ms, int64_t limit_ms);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_SESSION_DEADLINES_H_
