// Happy Eyeballs (RFC 8305 section 5): several connection attempts, started one after the other,
// the first that succeeds wins. A state machine without sockets and clock of its own: what to do
// for an attempt is in a small table, the time is an argument.
#ifndef POP3_TRANSPORTS_RACE_H_
#define POP3_TRANSPORTS_RACE_H_

#include <pop3/interest.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// P3_RACE_MAX is how many attempts a race can have.
#define P3_RACE_MAX 32

// P3_RACE_PATIENCE_MS is how long an attempt is left alone when POP3_INTEREST_FDS are under way
// and another one waits for its place.
#define P3_RACE_PATIENCE_MS 5000

// p3_attempt is how an attempt, or the whole race, stands.
typedef enum p3_attempt {
  P3_ATTEMPT_CONNECTED = 0,
  P3_ATTEMPT_PENDING,
  P3_ATTEMPT_FAILED
} p3_attempt;

// p3_attempt_failure is why an attempt failed.
typedef struct p3_attempt_failure {
  int sys_errno;      // 0: it was not tried
  const char *words;  // a static string that says more than |sys_errno|, or NULL
} p3_attempt_failure;

// p3_race_ops is what the race does with attempt number |index|. |arg| comes from the call of
// p3_race_step or p3_race_cancel.
typedef struct p3_race_ops {
  // start begins to connect. CONNECTED and PENDING: |*out_fd| is the race's to close.
  p3_attempt (*start)(void *arg, size_t index, int *out_fd, p3_attempt_failure *out_failure);
  // check looks how it goes. FAILED: the race closes |fd|.
  p3_attempt (*check)(void *arg, size_t index, int fd, p3_attempt_failure *out_failure);
  // close closes a descriptor.
  void (*close)(void *arg, int fd);
} p3_race_ops;

// p3_race is a race. Zero-filled it has no attempts.
typedef struct p3_race {
  size_t count;        // how many attempts there may be
  size_t next;         // the one to start next
  size_t num_running;  // how many are under way
  size_t winner;       // of a race that was won
  int64_t delay_ms;    // between two starts
  int64_t next_at_ms;  // when |next| is due
  struct {
    int fd;
    size_t index;
    int64_t since_ms;
  } running[POP3_INTEREST_FDS];              // the oldest first
  p3_attempt_failure failures[P3_RACE_MAX];  // of the attempts before |next| that failed
} p3_race;

// p3_race_init prepares a race of |count| (at most P3_RACE_MAX) attempts.
void p3_race_init(p3_race *race, size_t count, int64_t delay_ms);

// p3_race_step does what is due at |now_ms|. CONNECTED: |*out_fd| is the caller's, all others are
// closed and the race is over. FAILED: every attempt failed, see |race->failures|.
p3_attempt p3_race_step(p3_race *race, const p3_race_ops *ops, void *arg, int64_t now_ms,
                        int *out_fd);

// p3_race_interest adds what the race waits for.
void p3_race_interest(const p3_race *race, pop3_interest *io);

// p3_race_cancel closes what is under way.
void p3_race_cancel(p3_race *race, const p3_race_ops *ops, void *arg);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_RACE_H_
