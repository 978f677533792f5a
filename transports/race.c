#define _POSIX_C_SOURCE 200809L
#include "transports/race.h"

#include <errno.h>
#include <string.h>

#include "transports/sockio.h"

void p3_race_init(p3_race *race, size_t count, int64_t delay_ms) {
  memset(race, 0, sizeof(*race));
  race->count = count < P3_RACE_MAX ? count : P3_RACE_MAX;
  race->delay_ms = delay_ms;
  race->next_at_ms = INT64_MIN;
}

static void forget(p3_race *race, size_t slot) {
  race->num_running--;
  memmove(&race->running[slot], &race->running[slot + 1],
          (race->num_running - slot) * sizeof(race->running[0]));
}

void p3_race_cancel(p3_race *race, const p3_race_ops *ops, void *arg) {
  while (race->num_running > 0) {
    ops->close(arg, race->running[0].fd);
    forget(race, 0);
  }
  race->next = race->count;
}

static p3_attempt won(p3_race *race, const p3_race_ops *ops, void *arg, size_t index, int fd,
                      int *out_fd) {
  p3_race_cancel(race, ops, arg);
  race->winner = index;
  *out_fd = fd;
  return P3_ATTEMPT_CONNECTED;
}

// When all places are taken by attempts that get no answer, the oldest one makes room, but not
// before it had its time.
static int64_t place_free_at(const p3_race *race) {
  if (race->num_running < POP3_INTEREST_FDS) return INT64_MIN;
  return race->running[0].since_ms + P3_RACE_PATIENCE_MS;
}

p3_attempt p3_race_step(p3_race *race, const p3_race_ops *ops, void *arg, int64_t now_ms,
                        int *out_fd) {
  for (size_t slot = 0; slot < race->num_running;) {
    size_t index = race->running[slot].index;
    int fd = race->running[slot].fd;
    p3_attempt how = ops->check(arg, index, fd, &race->failures[index]);
    if (how == P3_ATTEMPT_PENDING) {
      slot++;
      continue;
    }
    forget(race, slot);
    if (how == P3_ATTEMPT_CONNECTED) return won(race, ops, arg, index, fd, out_fd);
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
    p3_attempt how = ops->start(arg, index, &fd, &race->failures[index]);
    if (how == P3_ATTEMPT_CONNECTED) return won(race, ops, arg, index, fd, out_fd);
    if (how == P3_ATTEMPT_FAILED) continue;
    race->running[race->num_running].fd = fd;
    race->running[race->num_running].index = index;
    race->running[race->num_running].since_ms = now_ms;
    race->num_running++;
    race->next_at_ms = now_ms + race->delay_ms;
  }
  return race->num_running > 0 ? P3_ATTEMPT_PENDING : P3_ATTEMPT_FAILED;
}

void p3_race_interest(const p3_race *race, pop3_interest *io) {
  for (size_t slot = 0; slot < race->num_running; slot++) {
    p3_sock_wait(io, race->running[slot].fd, POP3_WAIT_WRITE);
  }
  if (race->next == race->count) return;
  int64_t free_at = place_free_at(race);
  p3_sock_call_at(io, free_at > race->next_at_ms ? free_at : race->next_at_ms);
}
