// Putting an option into cli_options.
#ifndef POP3_TOOLS_CLI_OPTION_APPLY_H_
#define POP3_TOOLS_CLI_OPTION_APPLY_H_

#include <pop3/status.h>

#include "tools/cli/option_table.h"
#include "tools/cli/options.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_option_apply puts one option into |out|. |value| is not NULL if, and only if, |row| has one.
pop3_status cli_option_apply(cli_options *out, const cli_option_row *row, const char *value,
                             pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_OPTION_APPLY_H_
