#define _POSIX_C_SOURCE 200809L
#include "tools/cli/patience.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "tools/cli/clock.h"
#include "tools/cli/signals.h"

#define LAYER "cli"

static const char *const kOptions[CLI_LIMITS] = {
    [CLI_LIMIT_CONNECT] = "--connect-timeout",
    [CLI_LIMIT_LOGIN] = "--login-timeout",
    [CLI_LIMIT_TOTAL] = "--total-timeout",
};

void cli_patience_start(cli_patience *patience, cli_limit limit) {
  int64_t ms = patience->limit_ms[limit];
  if (ms > 0 && patience->deadline_ms[limit] == 0) {
    patience->deadline_ms[limit] = cli_clock_ms(NULL) + ms;
  }
}

void cli_patience_stop(cli_patience *patience, cli_limit limit) {
  patience->deadline_ms[limit] = 0;
}

// The limit that ends first, or CLI_LIMITS.
static cli_limit nearest(const cli_patience *patience) {
  unsigned found = CLI_LIMITS;
  for (unsigned i = 0; i < CLI_LIMITS; ++i) {
    if (patience->deadline_ms[i] == 0) continue;
    if (found == CLI_LIMITS || patience->deadline_ms[i] < patience->deadline_ms[found]) found = i;
  }
  return (cli_limit)found;
}

pop3_status cli_patience_check(const cli_patience *patience, const char *what, pop3_error *err) {
  int number = cli_signals_caught();
  if (number != 0) {
    return pop3_error_set(err, POP3_ERR_CANCELLED, LAYER, 0, "interrupted by signal %d", number);
  }
  cli_limit limit = nearest(patience);
  if (limit == CLI_LIMITS || cli_clock_ms(NULL) < patience->deadline_ms[limit]) return POP3_OK;
  return pop3_error_set(err, POP3_ERR_TIMEOUT, LAYER, 0, "%s within the %g s of %s", what,
                        (double)patience->limit_ms[limit] / 1000, kOptions[limit]);
}

int cli_patience_slice(const cli_patience *patience, int most) {
  cli_limit limit = nearest(patience);
  if (limit == CLI_LIMITS) return most;
  int64_t left = patience->deadline_ms[limit] - cli_clock_ms(NULL);
  return left < 0 ? 0 : left < most ? (int)left : most;
}

pop3_status cli_patience_wait(const cli_patience *patience, int fd, const char *what,
                              pop3_error *err) {
  for (;;) {
    // Before the first look: what is always ready must not outlive a limit either.
    pop3_status status = cli_patience_check(patience, what, err);
    if (status != POP3_OK) return status;
    struct pollfd wait = {fd, POLLIN, 0};
    int ready = poll(&wait, 1, cli_patience_slice(patience, CLI_PATIENCE_SLICE_MS));
    if (ready > 0) return POP3_OK;
    if (ready < 0 && errno != EINTR && errno != EAGAIN) {
      return pop3_error_set(err, POP3_ERR_SYSTEM, LAYER, errno, "poll: %s", strerror(errno));
    }
  }
}
