#define _GNU_SOURCE 1
#include "tools/mailboxd/loop.h"

#include <errno.h>
#include <limits.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define EVENTS_PER_ROUND 256

static int64_t clock_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int loop_init(struct loop *loop) {
  *loop = (struct loop){.epoll_fd = epoll_create1(EPOLL_CLOEXEC), .now_ms = clock_ms()};
  return loop->epoll_fd >= 0;
}

void loop_cleanup(struct loop *loop) {
  if (loop->epoll_fd >= 0) {
    close(loop->epoll_fd);
  }
  loop->epoll_fd = -1;
}

void loop_add_list(struct loop *loop, struct loop_timer_list *list, int64_t after_ms,
                   void (*on_due)(struct loop_timer *timer)) {
  *list =
      (struct loop_timer_list){.after_ms = after_ms, .on_due = on_due, .next_list = loop->lists};
  list->head.prev = &list->head;
  list->head.next = &list->head;
  loop->lists = list;
}

void loop_timer_stop(struct loop_timer *timer) {
  if (timer->next != NULL) {
    timer->prev->next = timer->next;
    timer->next->prev = timer->prev;
    timer->prev = NULL;
    timer->next = NULL;
  }
}

void loop_timer_start(struct loop *loop, struct loop_timer_list *list, struct loop_timer *timer) {
  loop_timer_stop(timer);
  timer->due_ms = loop->now_ms + list->after_ms;
  timer->prev = list->head.prev;
  timer->next = &list->head;
  list->head.prev->next = timer;
  list->head.prev = timer;
}

int loop_watch_set(struct loop *loop, struct loop_watch *watch, uint32_t events) {
  if (watch->events == events) {
    return 1;
  }
  struct epoll_event event = {.events = events, .data.ptr = watch};
  int op = watch->events == 0 ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
  if (epoll_ctl(loop->epoll_fd, op, watch->fd, &event) != 0) {
    return 0;
  }
  watch->events = events;
  return 1;
}

static int next_timeout(const struct loop *loop) {
  int64_t due = INT64_MAX;
  for (const struct loop_timer_list *list = loop->lists; list != NULL; list = list->next_list) {
    if (list->head.next != &list->head && list->head.next->due_ms < due) {
      due = list->head.next->due_ms;
    }
  }
  if (due == INT64_MAX) {
    return -1;
  }
  int64_t wait = due - loop->now_ms;
  return wait <= 0 ? 0 : wait > INT_MAX ? INT_MAX : (int)wait;
}

static void run_timers(struct loop *loop) {
  for (struct loop_timer_list *list = loop->lists; list != NULL; list = list->next_list) {
    while (list->head.next != &list->head && list->head.next->due_ms <= loop->now_ms) {
      struct loop_timer *timer = list->head.next;
      loop_timer_stop(timer);
      list->on_due(timer);
      if (list->after_ms == 0) {
        break;  // a timer of no delay may start itself again: others get a turn first
      }
    }
  }
}

int loop_run(struct loop *loop) {
  struct epoll_event events[EVENTS_PER_ROUND];
  while (!loop->stop) {
    int n = epoll_wait(loop->epoll_fd, events, EVENTS_PER_ROUND, next_timeout(loop));
    if (n < 0 && errno != EINTR) {
      return 0;
    }
    loop->now_ms = clock_ms();
    // A handler may free its own watch and no other: epoll names each descriptor once a round.
    for (int i = 0; i < n; i++) {
      struct loop_watch *watch = events[i].data.ptr;
      watch->on_event(watch, events[i].events);
    }
    run_timers(loop);
  }
  return 1;
}
