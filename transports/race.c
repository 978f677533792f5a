#define _POSIX_C_SOURCE 200809L
#include "transports/race.h"

#include <errno.h>
#include <string.h>

#include "transports/sockio.h"

void pop3_race_init(pop3_race *race, size_t count, int64_t delay_ms) {
  memset(race, 0, sizeof(*race));
  race->count = count < POP3_RACE_MAX ? count : POP3_RACE_MAX;
  race->delay_ms = delay_ms;
  race->next_at_ms = INT64_MIN;
}

static void forget(pop3_race *race, size_t slot) {
  race->num_running--;
  memmove(&race->running[slot], &race->running[slot + 1],
          (race->num_running - slot) * sizeof(race->running[0]));
}

void pop3_race_cancel(pop3_race *race, const pop3_race_ops *ops, void *arg) {
  while (race->num_running > 0) {
    ops->close(arg, race->running[0].fd);
    forget(race, 0);
  }
  race->next = race->count;
}

static pop3_attempt won(pop3_race *race, const pop3_race_ops *ops, void *arg, size_t index, int fd,
                        int *out_fd) {
  pop3_race_cancel(race, ops, arg);
  race->winner = index;
  *out_fd = fd;
  return POP3_ATTEMPT_CONNECTED;
}

// When all places are taken by attempts that get no answer, the oldest one makes room, but not
// before it had its time.
static int64_t place_free_at(const pop3_race *race) {
  if (race->num_running < POP3_INTEREST_FDS) return INT64_MIN;
  return race->running[0].since_ms + POP3_RACE_PATIENCE_MS;
}

pop3_attempt pop3_race_step(pop3_race *race, const pop3_race_ops *ops, void *arg, int64_t now_ms,
                            int *out_fd) {
  for (size_t slot = 0; slot < race->num_running;) {
    size_t index = race->running[slot].index;
    int fd = race->running[slot].fd;
    pop3_attempt how = ops->check(arg, index, fd, &race->failures[index]);
    if (how == POP3_ATTEMPT_PENDING) {
      slot++;
      continue;
    }
    forget(race, slot);
    if (how == POP3_ATTEMPT_CONNECTED) return won(race, ops, arg, index, fd, out_fd);
    ops->close(arg, fd);
    race->next_at_ms = now_ms;
  }

  while (race->next < race->count && now_ms >= race->next_at_ms && now_ms >= place_free_at(race)) {
    if (race->num_running == POP3_INTEREST_FDS) {
      race->failures[race->running[0].index].sys_errno = ETIMEDOUT;
      ops->close(arg, race->running[0].fd);
      forget(race, 0);
    }
    size_t index = race->next++;
    int fd = -1;
    pop3_attempt how = ops->start(arg, index, &fd, &race->failures[index]);
    if (how == POP3_ATTEMPT_CONNECTED) return won(race, ops, arg, index, fd, out_fd);
    if (how == POP3_ATTEMPT_FAILED) continue;
    race->running[race->num_running].fd = fd;
    race->running[race->num_running].index = index;
    race->running[race->num_running].since_ms = now_ms;
    race->num_running++;
    race->next_at_ms = now_ms + race->delay_ms;
  }
  return race->num_running > 0 ? POP3_ATTEMPT_PENDING : POP3_ATTEMPT_FAILED;
}

void pop3_race_interest(const pop3_race *race, pop3_interest *io) {
  for (size_t slot = 0; slot < race->num_running; slot++) {
    pop3_sock_wait(io, race->running[slot].fd, POP3_WAIT_WRITE);
  }
  if (race->next == race->count) return;
  int64_t free_at = place_free_at(race);
  pop3_sock_call_at(io, free_at > race->next_at_ms ? free_at : race->next_at_ms);
}
