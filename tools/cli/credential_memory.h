// Remembers the password, so that a further session with the same server asks nobody again: a
// person has typed it, a command or standard input gives it once. A token is fetched anew: it may
// have expired.
#ifndef POP3_TOOLS_CLI_CREDENTIAL_MEMORY_H_
#define POP3_TOOLS_CLI_CREDENTIAL_MEMORY_H_

#include "tools/cli/credentials.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_credential_memory stands between a session and where credentials come from.
typedef struct cli_credential_memory {
  cli_credentials *from;
  pop3_secret password;
} cli_credential_memory;

// cli_credential_memory_init remembers nothing yet. |from| must outlive it.
void cli_credential_memory_init(cli_credential_memory *memory, cli_credentials *from);

// cli_credential_memory_fetch is a pop3_credential_fn; |arg| is the cli_credential_memory.
pop3_status cli_credential_memory_fetch(void *arg, pop3_credential what, uint32_t attempt,
                                        pop3_secret *out, pop3_error *err);

// cli_credential_memory_cleanup wipes what it remembers.
void cli_credential_memory_cleanup(cli_credential_memory *memory);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_CREDENTIAL_MEMORY_H_
