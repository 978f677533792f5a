// The option --limit NAME=N: one member of pop3_limits by its name.
#ifndef POP3_TOOLS_CLI_LIMIT_OPTION_H_
#define POP3_TOOLS_CLI_LIMIT_OPTION_H_

#include <pop3/limits.h>
#include <pop3/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// cli_limit_set reads |text|, "NAME=N" with the member's name spelled with dashes, into |limits|.
pop3_status cli_limit_set(pop3_limits *limits, const char *text, pop3_error *err);

// cli_limit_name returns the |index|-th name, or NULL. The string is static.
const char *cli_limit_name(size_t index);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_LIMIT_OPTION_H_
