// Putting options into cli_options, and looking at the whole.
#ifndef POP3_TOOLS_CLI_OPTION_APPLY_H_
#define POP3_TOOLS_CLI_OPTION_APPLY_H_

#include "tools/cli/option_table.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_option_apply puts one option into |out|. |value| is not NULL if, and only if, |row| has one.
pop3_status cli_option_apply(cli_options *out, const cli_option_row *row, const char *value,
                             pop3_error *err);

// cli_options_check looks whether the options go together, and reads what follows the URL.
pop3_status cli_options_check(cli_options *options, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_OPTION_APPLY_H_
