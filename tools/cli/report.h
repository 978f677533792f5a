// What `pop3` says on standard error.
#ifndef POP3_TOOLS_CLI_REPORT_H_
#define POP3_TOOLS_CLI_REPORT_H_

#include <pop3/status.h>

#include "tools/cli/exit_code.h"
#include "tools/cli/progress.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_report says whose voice it is.
typedef struct cli_report {
  const char *command;     // "fetch"; "" if it is not known
  int quiet;               // 1: errors only
  cli_progress *progress;  // the line that must be cleared before anything is written, or NULL
} cli_report;

// cli_report_note writes "pop3: fetch: ..." unless quiet.
void cli_report_note(const cli_report *report, const char *format, ...) POP3_PRINTF(2, 3);

// cli_report_problem writes the same, quiet or not: for what makes the exit code other than 0.
void cli_report_problem(const cli_report *report, const char *format, ...) POP3_PRINTF(2, 3);

// cli_report_error writes one line, "pop3: fetch: WHAT: reason (advice)", for |err|, and returns
// the exit code for it. |what| may be NULL. A reader of standard output that has gone is not worth
// a word: `pop3 list ... | head -1` is no mistake.
int cli_report_error(const cli_report *report, const char *what, cli_stage stage,
                     const pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_REPORT_H_
