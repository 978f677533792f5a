#define _POSIX_C_SOURCE 200809L
#include "tools/cli/drive.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "tools/cli/clock.h"

// Waits until a step is worth it, CLI_TICK_MS at the most.
static pop3_status wait_a_tick(const pop3_session *session, pop3_error *err) {
  pop3_interest interest = POP3_INTEREST_INIT;
  pop3_session_interest(session, &interest);
  struct pollfd fds[POP3_INTEREST_FDS];
  for (uint32_t i = 0; i < interest.num_fds; ++i) {
    fds[i].fd = interest.fds[i].fd;
    fds[i].events = 0;
    if ((interest.fds[i].events & POP3_WAIT_READ) != 0) fds[i].events |= POLLIN;
    if ((interest.fds[i].events & POP3_WAIT_WRITE) != 0) fds[i].events |= POLLOUT;
    fds[i].revents = 0;
  }
  int64_t timeout = CLI_TICK_MS;
  if (interest.deadline_ms != POP3_NO_DEADLINE) {
    int64_t left = interest.deadline_ms - cli_clock_ms(NULL);
    if (left < timeout) timeout = left < 0 ? 0 : left;
  }
  if (poll(fds, interest.num_fds, (int)timeout) < 0 && errno != EINTR && errno != EAGAIN) {
    return pop3_error_set(err, POP3_ERR_SYSTEM, "cli", errno, "poll: %s", strerror(errno));
  }
  return POP3_OK;
}

pop3_status cli_drive(pop3_session *session, int (*tick)(void *arg), void *arg, pop3_error *err) {
  for (;;) {
    pop3_step_result result = pop3_step(session);
    if (result == POP3_STEP_FAILED) {
      const pop3_error *failure = pop3_session_error(session);
      *err = *failure;
      return failure->status;
    }
    if (tick(arg) != 0 || result != POP3_STEP_AGAIN) return POP3_OK;
    pop3_status status = wait_a_tick(session, err);
    if (status != POP3_OK) return status;
  }
}
