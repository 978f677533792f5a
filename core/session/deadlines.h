// The time limits of a session, as plain values: which applies now, and until when.
#ifndef POP3_CORE_SESSION_DEADLINES_H_
#define POP3_CORE_SESSION_DEADLINES_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_time_limits has the four limits in milliseconds, or POP3_NO_TIMEOUT.
typedef struct pop3_time_limits {
  int64_t connect_ms;  // to the greeting
  int64_t idle_ms;     // without a moved octet while a reply is due
  int64_t login_ms;
  int64_t total_ms;
} pop3_time_limits;

// pop3_deadlines knows since when each of them counts, by the session's clock.
typedef struct pop3_deadlines {
  int64_t start_ms;
  int64_t connect_start_ms;  // of the present connection
  int64_t progress_ms;       // when octets last moved, or the server began to owe us some
  int64_t login_start_ms;
} pop3_deadlines;

// pop3_deadline_phase is what the session is about.
typedef struct pop3_deadline_phase {
  int is_greeted;     // the greeting of the present connection has come
  int is_waiting;     // the server owes us octets, so that its silence counts
  int is_logging_in;  // a login is under way
} pop3_deadline_phase;

// pop3_deadline names a limit.
typedef enum pop3_deadline {
  POP3_DEADLINE_NONE = 0,
  POP3_DEADLINE_CONNECT,
  POP3_DEADLINE_IDLE,
  POP3_DEADLINE_LOGIN,
  POP3_DEADLINE_TOTAL
} pop3_deadline;

// pop3_deadlines_next returns the earliest deadline that applies, or POP3_NO_DEADLINE, and in
// |*out_what| which it is.
int64_t pop3_deadlines_next(const pop3_deadlines *deadlines, const pop3_time_limits *limits,
                            const pop3_deadline_phase *phase, pop3_deadline *out_what);

// pop3_deadline_after is |limit_ms| after |start_ms|; a limit far in the future does not wrap
// around into the past.
int64_t pop3_deadline_after(int64_t start_ms, int64_t limit_ms);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_SESSION_DEADLINES_H_
