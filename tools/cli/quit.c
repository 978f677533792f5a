#include "tools/cli/quit.h"

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

int cli_quit_commit(cli_connection *c, uint64_t marked, pop3_quit_outcome *out_outcome) {
  pop3_quit_outcome outcome = POP3_QUIT_UNKNOWN;
  pop3_error err = POP3_ERROR_INIT;
  (void)pop3_quit(c->session, &outcome, &err);
  if (out_outcome != NULL) *out_outcome = outcome;
  if (outcome == POP3_QUIT_COMMITTED || marked == 0) return CLI_EXIT_OK;
  if (outcome == POP3_QUIT_REFUSED) {
    return cli_connection_fail(c, "the server did not delete all of the messages", &err);
  }
  return cli_connection_fail(c, "it is not known whether the messages were deleted", &err);
}
