// The table of commands: the parser and the help read the same one.
#ifndef POP3_TOOLS_CLI_COMMAND_TABLE_H_
#define POP3_TOOLS_CLI_COMMAND_TABLE_H_

#ifdef __cplusplus
extern "C" {
#endif

// cli_command is what to do.
typedef enum cli_command {
  CLI_NONE = 0,  // only --help or --version
  CLI_FETCH,
  CLI_LIST,
  CLI_UIDL,
  CLI_STAT,
  CLI_CAPA,
  CLI_CHECK,
  CLI_TOP,
  CLI_RETR,
  CLI_DELE,
  CLI_RAW,
  CLI_PLUGINS,
  CLI_NUM_COMMANDS
} cli_command;

// cli_command_row describes a command.
typedef struct cli_command_row {
  const char *name;
  const char *args;     // after the URL, as shown in the help
  int min_args;         // after the URL
  int max_args;         // -1: any number
  const char *summary;  // a line
  const char *help;
} cli_command_row;

// cli_command_rows is indexed by cli_command.
extern const cli_command_row cli_command_rows[CLI_NUM_COMMANDS];

// cli_command_name returns the word that the user types, "" for CLI_NONE. The string is static.
const char *cli_command_name(cli_command command);

// cli_command_takes_url says whether |command| talks to a server.
int cli_command_takes_url(cli_command command);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_COMMAND_TABLE_H_
