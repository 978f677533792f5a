// The exit codes of `pop3`: one for each class of failure, so that scripts can tell them apart.
#ifndef POP3_TOOLS_CLI_EXIT_CODE_H_
#define POP3_TOOLS_CLI_EXIT_CODE_H_

#include <pop3/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// cli_exit_code is a class of outcome. The numbers are an interface: they never change.
typedef enum cli_exit_code {
  CLI_EXIT_OK = 0,
  CLI_EXIT_USAGE = 2,      // wrong options, URL or arguments, or something this build lacks
  CLI_EXIT_NETWORK = 3,    // no address, no connection, time-out, connection lost, TLS handshake
  CLI_EXIT_PROTOCOL = 4,   // what came is not POP3, crossed a limit, or is a message cut short
  CLI_EXIT_AUTH = 5,       // login refused, or no usable credentials or mechanism
  CLI_EXIT_BUSY = 6,       // the server says: in use, too soon, or a temporary failure
  CLI_EXIT_REFUSED = 7,    // the server refused something else
  CLI_EXIT_LOCAL_IO = 8,   // a local file, a full disk, standard output
  CLI_EXIT_POLICY = 9,     // a safety rule on this side forbade it
  CLI_EXIT_INTERNAL = 10,  // out of memory, or another failure of this machine
  CLI_EXIT_SIGNAL = 128    // plus the number of the signal: 130 is Ctrl-C
} cli_exit_code;

// cli_stage says what the program was doing: the same refusal means other things at login.
typedef enum cli_stage {
  CLI_STAGE_OTHER = 0,
  CLI_STAGE_LOGIN  // between the greeting and the end of the login
} cli_stage;

// cli_exit_code_for returns the exit code for |err|.
cli_exit_code cli_exit_code_for(const pop3_error *err, cli_stage stage);

// cli_exit_code_text describes |code| in a few words, or returns NULL if it is none. The string is
// static.
const char *cli_exit_code_text(int code);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_EXIT_CODE_H_
