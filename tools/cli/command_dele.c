// `pop3 dele`: all of the messages or none.
#include <inttypes.h>
#include <stdio.h>

#include "tools/cli/commands.h"
#include "tools/cli/quit.h"

// How many DELEs are submitted before their answers are waited for.
#define BATCH 256

// marking is what came of the DELEs.
typedef struct marking {
  uint32_t number;  // the first one that failed
  pop3_error failure;
} marking;

static void on_done(void *arg, const pop3_result *result) {
  marking *self = arg;
  if (result->error == NULL || self->failure.status != POP3_OK) return;
  self->number = result->number;
  self->failure = *result->error;
}

// Marks every message, several at a time where the server takes that. Ends after the batch in which
// one has failed.
static void mark_all(cli_connection *c, marking *self) {
  const cli_number_set *set = &c->options->messages;
  pop3_sink sink = POP3_SINK_INIT;
  sink.done = on_done;
  sink.arg = self;
  unsigned in_batch = 0;
  for (size_t i = 0; i < set->num_ranges; ++i) {
    for (uint64_t n = set->ranges[i].first; n <= set->ranges[i].last; ++n) {
      pop3_request request = POP3_REQUEST_INIT(POP3_CMD_DELE);
      request.number = (uint32_t)n;
      if (pop3_submit(c->session, &request, &sink, NULL, &self->failure) != POP3_OK) return;
      if (++in_batch % BATCH == 0) (void)pop3_wait(c->session, 0, POP3_NO_TIMEOUT, NULL);
      if (self->failure.status != POP3_OK) return;
    }
  }
  (void)pop3_wait(c->session, 0, POP3_NO_TIMEOUT, NULL);
}

int cli_dele(cli_connection *c) {
  int code = cli_connection_login(c);
  if (code != CLI_EXIT_OK) return code;
  marking self = {0, POP3_ERROR_INIT};
  mark_all(c, &self);
  uint64_t count = cli_number_set_count(&c->options->messages);
  if (self.failure.status == POP3_OK) {
    code = cli_quit_commit(c, NULL);
    if (code == CLI_EXIT_OK && c->options->verbose > 0) {
      cli_report_note(&c->report, "%" PRIu64 " deleted", count);
    }
    return code;
  }
  char what[64];
  (void)snprintf(what, sizeof(what), "message %" PRIu32 ", so nothing is deleted", self.number);
  code = cli_connection_fail(c, what, &self.failure);
  // Closing without QUIT deletes nothing by the standard; RSET first is for servers that think
  // otherwise.
  if (pop3_session_error(c->session) == NULL && pop3_rset(c->session, NULL) == POP3_OK) {
    cli_connection_finish(c);
  } else {
    pop3_close(c->session);  // while there is somebody to hear of what is still under way
  }
  return code;
}
