// The netrc file, in which ftp, curl and others keep logins.
#ifndef POP3_TOOLS_CLI_NETRC_H_
#define POP3_TOOLS_CLI_NETRC_H_

#include <pop3/allocator.h>
#include <pop3/status.h>

#include "tools/cli/patience.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_netrc_entry is what a netrc says about a machine. Wiped by cli_netrc_entry_cleanup.
typedef struct cli_netrc_entry {
  int found;             // 1 if some entry fits
  pop3_secret login;     // data is NULL if the entry has none
  pop3_secret password;  // likewise
} cli_netrc_entry;

// cli_netrc_entry_init makes |entry| empty, cleanup wipes and empties it.
void cli_netrc_entry_init(cli_netrc_entry *entry);
void cli_netrc_entry_cleanup(cli_netrc_entry *entry);

// cli_netrc_find searches |text| for the first entry that fits |host| (compared without case;
// "default" fits every host) and, if |login| is not NULL, has that login or none. |entry| was
// initialised; no fitting entry leaves it empty and is not a failure. Fails with POP3_ERR_ARGUMENT,
// naming |path| and the line, on a file that is not a netrc, or POP3_ERR_MEMORY.
pop3_status cli_netrc_find(cli_netrc_entry *entry, const char *text, size_t text_len,
                           const char *host, const char *login, const char *path, pop3_error *err);

// cli_netrc_load reads |path|, which may be a pipe that ends before |patience| does, and searches
// it as cli_netrc_find does. An entry with a password in a file that other people can get at is
// refused with POP3_ERR_POLICY. A file that is not there is POP3_ERR_NOT_FOUND.
pop3_status cli_netrc_load(cli_netrc_entry *entry, const char *path, const char *host,
                           const char *login, const cli_patience *patience, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_NETRC_H_
