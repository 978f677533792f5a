// A password from a command's output: `--password-command 'pass show mail'`.
#ifndef POP3_TOOLS_CLI_PASSWORD_COMMAND_H_
#define POP3_TOOLS_CLI_PASSWORD_COMMAND_H_

#include <pop3/allocator.h>
#include <pop3/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// cli_password_command runs |command| with /bin/sh -c and sets |out|, which was initialised, to the
// first line of what it prints. Standard input, error and terminal stay those of this program, so
// that the command may ask a person. Fails with POP3_ERR_NO_CREDENTIALS if the command fails or
// prints nothing, else with POP3_ERR_SYSTEM, POP3_ERR_LOCAL_IO or POP3_ERR_MEMORY.
pop3_status cli_password_command(pop3_secret *out, const char *command, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_PASSWORD_COMMAND_H_
