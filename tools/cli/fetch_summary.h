// What `pop3 fetch` says at the end.
#ifndef POP3_TOOLS_CLI_FETCH_SUMMARY_H_
#define POP3_TOOLS_CLI_FETCH_SUMMARY_H_

#include <stdio.h>

#include "tools/cli/fetch_run.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_fetch_summary is what there is to say.
typedef struct cli_fetch_summary {
  const cli_fetch_run *run;
  int64_t start_ms;
  int64_t end_ms;
  int quit_was_sent;  // in the last session, with marked messages, so that the outcome counts
  pop3_quit_outcome outcome;
} cli_fetch_summary;

// cli_fetch_summary_tell writes a line to standard error if that is a terminal or -v was given.
void cli_fetch_summary_tell(const cli_fetch_summary *summary);

// cli_fetch_summary_json writes it as JSON.
void cli_fetch_summary_json(const cli_fetch_summary *summary, FILE *out);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_FETCH_SUMMARY_H_
