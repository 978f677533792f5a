// The sessions that a fetch takes: each ends with QUIT, which commits what is deleted; then a new
// one finds the rest by unique-id.
#ifndef POP3_TOOLS_CLI_FETCH_SESSIONS_H_
#define POP3_TOOLS_CLI_FETCH_SESSIONS_H_

#include "tools/cli/fetch_run.h"
#include "tools/cli/fetch_summary.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_fetch_sessions carries |run| out, whose session is logged in, and fills |summary|. Returns an
// exit code; what went wrong has been reported.
int cli_fetch_sessions(cli_fetch_run *run, cli_fetch_summary *summary);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_FETCH_SESSIONS_H_
