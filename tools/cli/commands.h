// The commands of `pop3`: each takes an open connection and returns an exit code, having reported
// what went wrong.
#ifndef POP3_TOOLS_CLI_COMMANDS_H_
#define POP3_TOOLS_CLI_COMMANDS_H_

#include "tools/cli/connection.h"

#ifdef __cplusplus
extern "C" {
#endif

int cli_fetch(cli_connection *connection);
int cli_list(cli_connection *connection);  // list and uidl
int cli_stat(cli_connection *connection);
int cli_capa(cli_connection *connection);
int cli_check(cli_connection *connection);
int cli_body(cli_connection *connection);  // retr and top
int cli_dele(cli_connection *connection);
int cli_raw(cli_connection *connection);

// cli_plugins needs no connection.
int cli_plugins(const cli_options *options);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_COMMANDS_H_
