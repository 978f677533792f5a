#define _GNU_SOURCE 1
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "tools/bench/client.h"
#include "tools/bench/crowd.h"

struct crowd;

// One session, and what of it epoll knows.
struct member {
  struct crowd *crowd;
  pop3_session *session;
  int is_ready;  // in the list of those to step at once
  uint32_t num_fds;
  struct {
    int fd;
    uint32_t events;
  } fds[POP3_INTEREST_FDS];
};

struct crowd {
  int epoll_fd;
  uint32_t left;
  int failed;
  bench_sample *sample;
  struct member *members;
  struct member **ready;
  size_t num_ready;
  struct member **owner;  // by descriptor: a number may be another session's by now
  size_t max_fd;
};

// --- What a session does

static void fail(struct crowd *crowd, const pop3_error *error) {
  if (!crowd->failed) (void)bench_client_fail("a session of many", error);
  crowd->failed = 1;
}

static pop3_sink_verdict count_octets(void *arg, const uint8_t *data, size_t data_len) {
  const struct member *member = arg;
  (void)data;
  member->crowd->sample->octets += data_len;
  return POP3_SINK_CONTINUE;
}

static void check(void *arg, const pop3_result *result) {
  const struct member *member = arg;
  if (result->error != NULL) fail(member->crowd, result->error);
}

static void submit(struct member *member, pop3_command command, uint32_t number) {
  pop3_request request = POP3_REQUEST_INIT(command);
  pop3_sink sink = POP3_SINK_INIT;
  pop3_error error = POP3_ERROR_INIT;
  request.number = number;
  sink.body = count_octets;
  sink.done = check;
  sink.arg = member;
  if (pop3_submit(member->session, &request, &sink, NULL, &error) != POP3_OK) {
    fail(member->crowd, &error);
  }
}

static void on_login(void *arg, const pop3_result *result) {
  struct member *member = arg;
  check(member, result);
  if (member->crowd->failed) return;
  submit(member, POP3_CMD_STAT, 0);
  for (uint32_t n = 1; n <= BENCH_CROWD_MESSAGES; n++) submit(member, POP3_CMD_RETR, n);
  submit(member, POP3_CMD_QUIT, 0);
}

// --- The loop

static int64_t now_ms(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void make_ready(struct member *member) {
  if (member->is_ready) return;
  member->is_ready = 1;
  member->crowd->ready[member->crowd->num_ready++] = member;
}

static uint32_t epoll_events(uint32_t events) {
  return ((events & POP3_WAIT_READ) != 0 ? (uint32_t)EPOLLIN : 0U) |
         ((events & POP3_WAIT_WRITE) != 0 ? (uint32_t)EPOLLOUT : 0U);
}

static int is_same(const struct member *member, const pop3_interest *interest) {
  if (member->num_fds != interest->num_fds) return 0;
  for (uint32_t i = 0; i < member->num_fds; i++) {
    if (member->fds[i].fd != interest->fds[i].fd ||
        member->fds[i].events != interest->fds[i].events ||
        member->crowd->owner[member->fds[i].fd] != member) {
      return 0;
    }
  }
  return 1;
}

static void unwatch(struct member *member) {
  struct crowd *crowd = member->crowd;
  for (uint32_t i = 0; i < member->num_fds; i++) {
    const int fd = member->fds[i].fd;
    if (crowd->owner[fd] != member) continue;
    crowd->owner[fd] = NULL;
    (void)epoll_ctl(crowd->epoll_fd, EPOLL_CTL_DEL, fd, NULL);  // closed: gone by itself
  }
  member->num_fds = 0;
}

// Tells epoll what |member| waits for, if that is something else than before.
static void watch(struct member *member) {
  struct crowd *crowd = member->crowd;
  pop3_interest interest = POP3_INTEREST_INIT;
  pop3_session_interest(member->session, &interest);
  // The deadlines themselves do not matter here; one that has come means: step again.
  if (interest.deadline_ms != POP3_NO_DEADLINE && interest.deadline_ms <= now_ms()) {
    make_ready(member);
  }
  if (is_same(member, &interest)) return;
  for (uint32_t i = 0; i < interest.num_fds; i++) {
    const int fd = interest.fds[i].fd;
    struct epoll_event event = {.events = epoll_events(interest.fds[i].events),
                                .data = {.ptr = member}};
    if ((size_t)fd >= crowd->max_fd) {
      crowd->failed = 1;
      return;
    }
    if (epoll_ctl(crowd->epoll_fd, EPOLL_CTL_MOD, fd, &event) != 0 &&
        epoll_ctl(crowd->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
      crowd->failed = 1;
    }
    crowd->owner[fd] = member;
    member->fds[i].fd = fd;
    member->fds[i].events = interest.fds[i].events;
  }
  member->num_fds = interest.num_fds;
}

static void step(struct member *member) {
  struct crowd *crowd = member->crowd;
  switch (pop3_step(member->session)) {
    case POP3_STEP_FAILED:
      fail(crowd, pop3_session_error(member->session));
      break;
    case POP3_STEP_CLOSED:
      unwatch(member);
      pop3_session_free(member->session);
      member->session = NULL;
      crowd->left--;
      crowd->sample->messages++;
      break;
    case POP3_STEP_IDLE:
    case POP3_STEP_AGAIN:
    default:
      watch(member);
      break;
  }
}

static void step_ready(struct crowd *crowd) {
  for (size_t num = crowd->num_ready; num > 0 && !crowd->failed; num = crowd->num_ready) {
    struct member *member = crowd->ready[--crowd->num_ready];
    member->is_ready = 0;
    step(member);
  }
}

static int loop(struct crowd *crowd) {
  struct epoll_event events[BENCH_CROWD_EVENTS];
  step_ready(crowd);
  while (crowd->left > 0 && !crowd->failed) {
    const int num = epoll_wait(crowd->epoll_fd, events, BENCH_CROWD_EVENTS, -1);
    if (num < 0 && errno != EINTR) return 0;
    for (int i = 0; i < num; i++) {
      struct member *member = events[i].data.ptr;
      if (member->session != NULL) step(member);
    }
    step_ready(crowd);
  }
  return !crowd->failed;
}

// --- All of it

static int join(struct crowd *crowd, struct member *member, const pop3_registry *registry,
                const pop3_url *url, const pop3_session_options *options) {
  pop3_sink sink = POP3_SINK_INIT;
  pop3_error error = POP3_ERROR_INIT;
  member->crowd = crowd;
  sink.done = on_login;
  sink.arg = member;
  if (pop3_session_new_url(&member->session, registry, url, options, &error) != POP3_OK ||
      pop3_submit_login(member->session, NULL, &sink, NULL, &error) != POP3_OK) {
    return bench_client_fail("a session of many", &error);
  }
  make_ready(member);
  return 1;
}

static int run(struct crowd *crowd, const bench_crowd_task *task, const pop3_registry *registry,
               const pop3_session_options *options) {
  int good = 1;
  for (uint32_t i = 0; i < task->num_sessions && good; i++) {
    good = join(crowd, &crowd->members[i], registry, task->url, options);
  }
  good = good && loop(crowd);
  crowd->failed = 1;  // what is freed from here on is not counted
  for (uint32_t i = 0; i < task->num_sessions; i++) {
    pop3_session_free(crowd->members[i].session);
  }
  return good;
}

int bench_crowd_client(const void *arg, bench_sample *out) {
  const bench_crowd_task *task = arg;
  struct crowd crowd = {.left = task->num_sessions, .sample = out};
  pop3_registry *registry = NULL;
  pop3_session_options options;
  pop3_limits limits;
  crowd.max_fd = (size_t)task->num_sessions * 2 + 64;
  crowd.members = calloc(task->num_sessions, sizeof(*crowd.members));
  crowd.ready = calloc(task->num_sessions, sizeof(struct member *));
  crowd.owner = calloc(crowd.max_fd, sizeof(struct member *));
  crowd.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  int good = bench_client_open(&registry, &options, &limits, task->options);
  if (crowd.members == NULL || crowd.ready == NULL || crowd.owner == NULL || crowd.epoll_fd < 0) {
    fprintf(stderr, "bench: the crowd's memory or epoll: %s\n", strerror(errno));
    good = 0;
  }
  good = good && run(&crowd, task, registry, &options);
  pop3_registry_free(registry);
  close(crowd.epoll_fd);
  free(crowd.owner);
  free(crowd.ready);
  free(crowd.members);
  return good;
}
