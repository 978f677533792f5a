#define _POSIX_C_SOURCE 200809L

#include "core/session/wait_poll.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LAYER "wait"

static pop3_status system_failed(pop3_error *err, const char *what, int sys_errno) {
  char words[96] = "unknown error";
  (void)strerror_r(sys_errno, words, sizeof(words));
  return pop3_error_set(err, POP3_ERR_SYSTEM, LAYER, sys_errno, "%s: %s", what, words);
}

void p3_waker_init(p3_waker *waker) {
  __atomic_store_n(&waker->write_fd, -1, __ATOMIC_SEQ_CST);
  waker->read_fd = -1;
}

static int set_flags(int fd) {
  return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

pop3_status p3_waker_prepare(p3_waker *waker, pop3_error *err) {
  if (waker->read_fd >= 0) return POP3_OK;
  int fds[2];
  if (pipe(fds) != 0) {
    return system_failed(err, "pipe", errno);
  }
  if (!set_flags(fds[0]) || !set_flags(fds[1])) {
    const int sys_errno = errno;
    (void)close(fds[0]);
    (void)close(fds[1]);
    return system_failed(err, "fcntl", sys_errno);
  }
  waker->read_fd = fds[0];
  __atomic_store_n(&waker->write_fd, fds[1], __ATOMIC_SEQ_CST);
  return POP3_OK;
}

void p3_waker_wake(p3_waker *waker) {
  const int fd = __atomic_load_n(&waker->write_fd, __ATOMIC_SEQ_CST);
  if (fd < 0) return;
  const int saved = errno;  // may run in a signal handler
  // A full pipe wakes as well.
  if (write(fd, "", 1) < 0) errno = saved;
}

void p3_waker_cleanup(p3_waker *waker) {
  const int fd = __atomic_exchange_n(&waker->write_fd, -1, __ATOMIC_SEQ_CST);
  if (fd >= 0) (void)close(fd);
  if (waker->read_fd >= 0) (void)close(waker->read_fd);
  waker->read_fd = -1;
}

static short poll_events(uint32_t events) {
  short out = 0;
  if ((events & POP3_WAIT_READ) != 0) out = (short)(out | POLLIN);
  if ((events & POP3_WAIT_WRITE) != 0) out = (short)(out | POLLOUT);
  return out;
}

pop3_status p3_wait_poll(p3_waker *waker, const pop3_interest *interest, int64_t timeout_ms,
                         pop3_error *err) {
  struct pollfd fds[POP3_INTEREST_FDS + 1];
  nfds_t num = 0;
  for (uint32_t i = 0; i < interest->num_fds && i < POP3_INTEREST_FDS; i++) {
    fds[num].fd = interest->fds[i].fd;
    fds[num].events = poll_events(interest->fds[i].events);
    fds[num++].revents = 0;
  }
  if (waker->read_fd >= 0) {
    fds[num].fd = waker->read_fd;
    fds[num].events = POLLIN;
    fds[num++].revents = 0;
  }
  int timeout = -1;
  if (timeout_ms >= 0) timeout = timeout_ms > INT_MAX ? INT_MAX : (int)timeout_ms;
  if (poll(fds, num, timeout) < 0 && errno != EINTR && errno != EAGAIN) {
    return system_failed(err, "poll", errno);
  }
  return POP3_OK;
}

int64_t p3_monotonic_ms(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return 0;
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
