#define _GNU_SOURCE 1
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/bench/crowd.h"
#include "tools/bench/raw.h"

struct crowd {
  int epoll_fd;
  uint32_t left;
  char lines[4 * BENCH_RAW_LINE];
  size_t len;
  uint8_t buf[BENCH_RAW_BUFFER];
  unsigned char *greeted;  // by descriptor
};

static int make_lines(struct crowd *crowd, const pop3_url *url) {
  size_t at = bench_raw_login(crowd->lines, sizeof(crowd->lines) / 2, url);
  if (at == 0) return 0;
  at += (size_t)snprintf(crowd->lines + at, sizeof(crowd->lines) - at, "STAT\r\n");
  for (int n = 1; n <= BENCH_CROWD_MESSAGES; n++) {
    at += (size_t)snprintf(crowd->lines + at, sizeof(crowd->lines) - at, "RETR %d\r\n", n);
  }
  at += (size_t)snprintf(crowd->lines + at, sizeof(crowd->lines) - at, "QUIT\r\n");
  crowd->len = at;
  return 1;
}

static int connect_one(struct crowd *crowd, const bench_crowd_task *task, size_t max_fd) {
  const int fd = bench_raw_connect(task->url);
  if (fd < 0) return 0;
  if ((size_t)fd >= max_fd) {
    close(fd);
    return 0;
  }
  crowd->greeted[fd] = 0;
  struct epoll_event event = {.events = EPOLLIN, .data = {.fd = fd}};
  return epoll_ctl(crowd->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

// Reads what is there; sends all commands behind the greeting. Returns 0 if that failed.
static int on_readable(struct crowd *crowd, int fd, bench_sample *out) {
  const size_t got = bench_raw_recv(fd, crowd->buf, sizeof(crowd->buf));
  if (got == 0) {
    close(fd);
    crowd->left--;
    out->messages++;
    return 1;
  }
  if (crowd->greeted[fd]) {
    out->octets += got;
    return 1;
  }
  crowd->greeted[fd] = 1;
  return bench_raw_send(fd, crowd->lines, crowd->len);
}

static int loop(struct crowd *crowd, bench_sample *out) {
  struct epoll_event events[BENCH_CROWD_EVENTS];
  while (crowd->left > 0) {
    const int num = epoll_wait(crowd->epoll_fd, events, BENCH_CROWD_EVENTS, -1);
    if (num < 0 && errno != EINTR) return 0;
    for (int i = 0; i < num; i++) {
      if (!on_readable(crowd, events[i].data.fd, out)) return 0;
    }
  }
  return 1;
}

int bench_crowd_raw(const void *arg, bench_sample *out) {
  static struct crowd crowd;
  const bench_crowd_task *task = arg;
  const size_t max_fd = task->num_sessions + 64;
  crowd.left = task->num_sessions;
  crowd.greeted = calloc(max_fd, 1);
  crowd.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  int good = crowd.greeted != NULL && crowd.epoll_fd >= 0 && make_lines(&crowd, task->url);
  for (uint32_t i = 0; i < task->num_sessions && good; i++) {
    good = connect_one(&crowd, task, max_fd);
  }
  good = good && loop(&crowd, out);
  if (!good) fprintf(stderr, "bench: the crowd's loop: %s\n", strerror(errno));
  free(crowd.greeted);
  close(crowd.epoll_fd);
  return good;
}
