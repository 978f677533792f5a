// Asking a person on the terminal.
#ifndef POP3_TOOLS_CLI_PROMPT_H_
#define POP3_TOOLS_CLI_PROMPT_H_

#include <pop3/allocator.h>
#include <pop3/status.h>

#include "tools/cli/patience.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_prompt_possible says whether there is a terminal to ask on.
int cli_prompt_possible(void);

// cli_prompt writes |question| to the controlling terminal and reads a line into |out|, which was
// initialised. With |echo| 0 what is typed is not shown. The terminal is put back as it was
// whatever happens; a signal that arrives meanwhile is delivered after that. Fails with
// POP3_ERR_NO_CREDENTIALS if there is no terminal or the input ends, POP3_ERR_CANCELLED after a
// signal, POP3_ERR_TIMEOUT when |patience| is over, or POP3_ERR_MEMORY.
pop3_status cli_prompt(pop3_secret *out, const char *question, int echo,
                       const cli_patience *patience, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_PROMPT_H_
