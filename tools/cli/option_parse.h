// Reading the command line of `pop3`.
#ifndef POP3_TOOLS_CLI_OPTION_PARSE_H_
#define POP3_TOOLS_CLI_OPTION_PARSE_H_

#include <pop3/status.h>

#include "tools/cli/options.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_options_parse reads |argv|, which must stay valid. Fails with POP3_ERR_ARGUMENT, saying what
// is wrong, or POP3_ERR_MEMORY; |out->command| is set then if it was understood. Free |out| with
// cli_options_cleanup in any case.
pop3_status cli_options_parse(cli_options *out, int argc, char **argv, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_OPTION_PARSE_H_
