// A password from a command's output: `--password-command 'pass show mail'`.
#ifndef POP3_TOOLS_CLI_PASSWORD_COMMAND_H_
#define POP3_TOOLS_CLI_PASSWORD_COMMAND_H_

#include <pop3/allocator.h>
#include <pop3/status.h>

#include "tools/cli/patience.h"

#ifdef __cplusplus
extern "C" {
#endif

// CLI_COMMAND_GRACE_MS is how long a command that outlived the patience has from SIGTERM to
// SIGKILL.
#define CLI_COMMAND_GRACE_MS 500

// cli_password_command runs |command| with /bin/sh -c and sets |out|, which was initialised, to the
// first line of what it prints. |what| is what the line should be, "password" or "token". Standard
// input, error and terminal stay those of this program, so that the command may ask a person.
//
// The command's end counts, not that of its output: what it leaves behind in the background may
// keep that open. A command that |patience| does not last for is ended: with a terminal the command
// alone, which shares our process group so that the terminal is its too; without one all that it
// has started in its group.
//
// Fails with POP3_ERR_NO_CREDENTIALS if the command fails or prints nothing, with POP3_ERR_TIMEOUT
// or POP3_ERR_CANCELLED, else with POP3_ERR_SYSTEM, POP3_ERR_LOCAL_IO or POP3_ERR_MEMORY.
pop3_status cli_password_command(pop3_secret *out, const char *what, const char *command,
                                 const cli_patience *patience, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_PASSWORD_COMMAND_H_
