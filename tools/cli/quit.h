// QUIT as a commit: what became of the messages that were marked as deleted.
#ifndef POP3_TOOLS_CLI_QUIT_H_
#define POP3_TOOLS_CLI_QUIT_H_

#include "tools/cli/connection.h"

#ifdef __cplusplus
extern "C" {
#endif

// CLI_QUIT_AFTER_SIGNAL_MS is how long the answer to QUIT is waited for when a signal has come.
#define CLI_QUIT_AFTER_SIGNAL_MS 5000

// cli_quit_commit sends QUIT after messages were marked, reports what came of it if that was not
// what was wanted, and returns an exit code. |*out_outcome| (may be NULL) is the outcome.
int cli_quit_commit(cli_connection *connection, pop3_quit_outcome *out_outcome);

// cli_quit_outcome_name returns "committed", "refused" or "unknown". The string is static.
const char *cli_quit_outcome_name(pop3_quit_outcome outcome);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_QUIT_H_
