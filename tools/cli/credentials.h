// Where user name and password come from.
//
// The user name: --user or the URL (never both); the netrc; a person at the terminal.
// The password: one of URL, --password-file, --password-command (never two of them); the netrc, if
// its entry is for this user; a person at the terminal. Or a token: --token-command.
#ifndef POP3_TOOLS_CLI_CREDENTIALS_H_
#define POP3_TOOLS_CLI_CREDENTIALS_H_

#include <pop3/session.h>

#include "tools/cli/netrc.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_credential_sources says where to look. Strings and |patience| must stay valid.
typedef struct cli_credential_sources {
  const char *host;              // for the netrc and the question
  const char *user;              // given, or NULL
  const char *password_file;     // or NULL
  const char *password_command;  // or NULL
  const char *token_command;     // or NULL: then there is no password
  const char *netrc;             // a path; NULL for ~/.netrc
  int no_netrc;                  // 1: do not look there
  int no_prompt;                 // 1: ask nobody
  const cli_patience *patience;  // of commands, pipes and persons
} cli_credential_sources;

// cli_credentials finds credentials when they are needed, and remembers what it found.
typedef struct cli_credentials {
  cli_credential_sources from;
  int netrc_was_read;
  cli_netrc_entry netrc;
  pop3_secret user;  // found elsewhere than in |from|
} cli_credentials;

// cli_credentials_init takes a copy of |from|.
void cli_credentials_init(cli_credentials *credentials, const cli_credential_sources *from);

// cli_credentials_cleanup wipes and frees all that was found.
void cli_credentials_cleanup(cli_credentials *credentials);

// cli_credentials_user returns in |*out_user| the user name that is to be had without asking a
// person, or NULL; valid until cleanup. Fails if the netrc cannot be used.
pop3_status cli_credentials_user(cli_credentials *credentials, const char **out_user,
                                 pop3_error *err);

// cli_credentials_kinds returns the POP3_CREDENTIAL_BIT()s of what there is a way to find.
uint32_t cli_credentials_kinds(const cli_credentials *credentials);

// cli_credentials_fetch is a pop3_credential_fn; |arg| is the cli_credentials.
pop3_status cli_credentials_fetch(void *arg, pop3_credential what, uint32_t attempt,
                                  pop3_secret *out, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_CREDENTIALS_H_
