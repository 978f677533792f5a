// The table of options: the parser and the help read the same one.
#ifndef POP3_TOOLS_CLI_OPTION_TABLE_H_
#define POP3_TOOLS_CLI_OPTION_TABLE_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// cli_option_id names an option.
typedef enum cli_option_id {
  CLI_OPT_USER,
  CLI_OPT_AUTHZID,
  CLI_OPT_PASSWORD_FILE,
  CLI_OPT_PASSWORD_COMMAND,
  CLI_OPT_TOKEN_COMMAND,
  CLI_OPT_NETRC,
  CLI_OPT_NO_NETRC,
  CLI_OPT_NO_PROMPT,
  CLI_OPT_AUTH,
  CLI_OPT_ALLOW_CLEARTEXT,
  CLI_OPT_TWO_STEP_AUTH,
  CLI_OPT_CHANNEL_BINDING,
  CLI_OPT_NO_LOGIN,
  CLI_OPT_TLS,
  CLI_OPT_TLS_NAME,
  CLI_OPT_CA_FILE,
  CLI_OPT_CA_DIR,
  CLI_OPT_CERT,
  CLI_OPT_KEY,
  CLI_OPT_PIN,
  CLI_OPT_TLS_MIN,
  CLI_OPT_TLS_MAX,
  CLI_OPT_ALPN,
  CLI_OPT_ALLOW_WEAK,
  CLI_OPT_NO_CHECK_NAME,
  CLI_OPT_INSECURE,
  CLI_OPT_TIMEOUT,
  CLI_OPT_CONNECT_TIMEOUT,
  CLI_OPT_LOGIN_TIMEOUT,
  CLI_OPT_TOTAL_TIMEOUT,
  CLI_OPT_SOURCE_ADDRESS,
  CLI_OPT_RESOLVE,
  CLI_OPT_VIA,
  CLI_OPT_RECORD,
  CLI_OPT_IPV4,
  CLI_OPT_IPV6,
  CLI_OPT_QUIRK,
  CLI_OPT_NO_PIPELINING,
  CLI_OPT_LIMIT,
  CLI_OPT_MAILDIR,
  CLI_OPT_MBOX,
  CLI_OPT_DIR,
  CLI_OPT_EOL,
  CLI_OPT_MESSAGES,
  CLI_OPT_MAX_SIZE,
  CLI_OPT_KEEP,
  CLI_OPT_DELETE,
  CLI_OPT_COMMIT_EVERY,
  CLI_OPT_FORCE,
  CLI_OPT_MULTI,
  CLI_OPT_PLUGIN,
  CLI_OPT_PLUGIN_DIR,
  CLI_OPT_JSON,
  CLI_OPT_VERBOSE,
  CLI_OPT_QUIET,
  CLI_OPT_HELP,
  CLI_OPT_VERSION
} cli_option_id;

// CLI_BIT is |command|'s bit in cli_option_row.commands.
#define CLI_BIT(command) (UINT32_C(1) << (unsigned)(command))
#define CLI_ANY_COMMAND UINT32_MAX

// cli_option_row describes an option.
typedef struct cli_option_row {
  cli_option_id id;
  char letter;        // "-v", or 0
  const char *name;   // "--verbose"
  const char *value;  // what its value is called in the help; NULL if it has none
  uint32_t commands;  // which take it: CLI_BIT()s
  const char *group;  // heading in the help, where a new one begins; else NULL
  const char *help;
} cli_option_row;

// cli_option_rows is the table, ended by a row without a name.
extern const cli_option_row cli_option_rows[];

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_OPTION_TABLE_H_
