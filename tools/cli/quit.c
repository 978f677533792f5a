#include "tools/cli/quit.h"

#include "tools/cli/clock.h"
#include "tools/cli/drive.h"
#include "tools/cli/signals.h"

const char *cli_quit_outcome_name(pop3_quit_outcome outcome) {
  switch (outcome) {
    case POP3_QUIT_COMMITTED:
      return "committed";
    case POP3_QUIT_REFUSED:
      return "refused";
    case POP3_QUIT_UNKNOWN:
      break;
  }
  return "unknown";
}

// A QUIT that is under way.
typedef struct commit {
  pop3_quit_outcome outcome;
  pop3_error error;
  int64_t signal_ms;  // when a signal was seen, 0 for none
} commit;

static void on_done(void *arg, const pop3_result *result) {
  commit *self = arg;
  self->outcome = result->quit;
  if (result->error != NULL) self->error = *result->error;
}

// Somebody who wants the program to end does not wait for a server that keeps silent.
static int tick(void *arg) {
  commit *self = arg;
  if (cli_signals_caught() == 0) return 0;
  int64_t now = cli_clock_ms(NULL);
  if (self->signal_ms == 0) self->signal_ms = now;
  return now - self->signal_ms >= CLI_QUIT_AFTER_SIGNAL_MS;
}

int cli_quit_commit(cli_connection *c, pop3_quit_outcome *out_outcome) {
  commit self = {POP3_QUIT_UNKNOWN, POP3_ERROR_INIT, 0};
  pop3_request request = POP3_REQUEST_INIT(POP3_CMD_QUIT);
  pop3_sink sink = POP3_SINK_INIT;
  sink.done = on_done;
  sink.arg = &self;
  if (pop3_submit(c->session, &request, &sink, NULL, &self.error) == POP3_OK) {
    pop3_error ignored = POP3_ERROR_INIT;  // the operation has it, too
    (void)cli_drive(c->session, tick, &self, &ignored);
    pop3_close(c->session);
  }
  if (out_outcome != NULL) *out_outcome = self.outcome;
  if (self.outcome == POP3_QUIT_COMMITTED) return CLI_EXIT_OK;
  if (self.outcome == POP3_QUIT_REFUSED) {
    return cli_connection_fail(c, "the server did not delete all of the messages", &self.error);
  }
  return cli_connection_fail(c, "it is not known whether the messages were deleted", &self.error);
}
