// The event loop: one epoll, and timers that cost nothing per connection.
#ifndef TOOLS_MAILBOXD_LOOP_H_
#define TOOLS_MAILBOXD_LOOP_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// loop_watch is a descriptor with somebody who wants to know about it. Embed it.
struct loop_watch {
  int fd;
  uint32_t events;  // what epoll was last told
  void (*on_event)(struct loop_watch *watch, uint32_t events);
};

// loop_timer is one waiting timer. Embed it; zero-initialised it is not waiting.
struct loop_timer {
  struct loop_timer *prev, *next;  // NULL when not waiting
  int64_t due_ms;
};

// loop_timer_list holds timers that all wait equally long: the oldest is due first, so that
// starting, restarting and stopping one are a few assignments, however many there are.
struct loop_timer_list {
  struct loop_timer head;
  int64_t after_ms;
  void (*on_due)(struct loop_timer *timer);
  struct loop_timer_list *next_list;
};

struct loop {
  int epoll_fd;
  int stop;
  int64_t now_ms;  // CLOCK_MONOTONIC when the current round of events began
  struct loop_timer_list *lists;
};

// loop_init makes the epoll descriptor; 0 if the system refuses (errno says why).
int loop_init(struct loop *loop);

// loop_cleanup closes it.
void loop_cleanup(struct loop *loop);

// loop_add_list registers a list of timers that fire |after_ms| after they were started.
void loop_add_list(struct loop *loop, struct loop_timer_list *list, int64_t after_ms,
                   void (*on_due)(struct loop_timer *timer));

// loop_timer_start starts or restarts |timer|.
void loop_timer_start(struct loop *loop, struct loop_timer_list *list, struct loop_timer *timer);

// loop_timer_stop stops |timer| if it waits.
void loop_timer_stop(struct loop_timer *timer);

// loop_watch_set makes |events| (EPOLLIN, EPOLLOUT) what |watch| waits for; 0 if the system
// refuses.
int loop_watch_set(struct loop *loop, struct loop_watch *watch, uint32_t events);

// loop_run handles events until |loop->stop|; 0 if epoll failed.
int loop_run(struct loop *loop);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_LOOP_H_
