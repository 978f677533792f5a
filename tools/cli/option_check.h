// Looking at all that the command line says, once it is read.
#ifndef POP3_TOOLS_CLI_OPTION_CHECK_H_
#define POP3_TOOLS_CLI_OPTION_CHECK_H_

#include <pop3/status.h>

#include "tools/cli/options.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_options_check looks whether the options go together, and reads what follows the URL. Fails
// with POP3_ERR_ARGUMENT, saying what is wrong, or POP3_ERR_MEMORY.
pop3_status cli_options_check(cli_options *options, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_OPTION_CHECK_H_
