// Blocking: the one place in core that does. And the clock.
#ifndef POP3_CORE_SESSION_WAIT_POLL_H_
#define POP3_CORE_SESSION_WAIT_POLL_H_

#include <pop3/interest.h>
#include <pop3/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_waker ends a wait from another thread or a signal handler. It costs two descriptors, which
// are made when somebody first waits. Initialise with p3_waker_init.
typedef struct p3_waker {
  int write_fd;  // -1 until made; read and written atomically
  int read_fd;
} p3_waker;

// p3_waker_init makes |waker| inert.
void p3_waker_init(p3_waker *waker);

// p3_waker_prepare makes the descriptors if there are none.
pop3_status p3_waker_prepare(p3_waker *waker, pop3_error *err);

// p3_waker_wake ends the wait that is under way, or the next one. Does nothing if not prepared.
void p3_waker_wake(p3_waker *waker);

// p3_waker_cleanup closes the descriptors.
void p3_waker_cleanup(p3_waker *waker);

// p3_wait_poll blocks until one of |interest|'s descriptors is ready, |waker| was woken,
// |timeout_ms| has passed (negative: no limit) or a signal came.
pop3_status p3_wait_poll(p3_waker *waker, const pop3_interest *interest, int64_t timeout_ms,
                         pop3_error *err);

// p3_monotonic_ms is the time of the monotonic clock in milliseconds.
int64_t p3_monotonic_ms(void);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_SESSION_WAIT_POLL_H_
