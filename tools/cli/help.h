// What --help says.
#ifndef POP3_TOOLS_CLI_HELP_H_
#define POP3_TOOLS_CLI_HELP_H_

#include <stdio.h>

#include "tools/cli/command_table.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_help writes the help of |command|, or of the whole program for CLI_NONE.
void cli_help(FILE *out, cli_command command);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_HELP_H_
