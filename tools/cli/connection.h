// A session as the command line describes it, from the URL to QUIT.
#ifndef POP3_TOOLS_CLI_CONNECTION_H_
#define POP3_TOOLS_CLI_CONNECTION_H_

#include <pop3/commands.h>
#include <pop3/registry.h>
#include <pop3/session.h>
#include <pop3/url.h>

#include "tools/cli/credential_memory.h"
#include "tools/cli/credentials.h"
#include "tools/cli/options.h"
#include "tools/cli/patience.h"
#include "tools/cli/plugin_set.h"
#include "tools/cli/report.h"
#include "tools/cli/tls_options.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_connection is all that one run of the program holds.
typedef struct cli_connection {
  const cli_options *options;
  cli_report report;
  pop3_url url;
  cli_plugin_set plugins;
  pop3_registry *registry;  // of |plugins|
  pop3_session *session;
  cli_credentials credentials;
  cli_passphrase passphrase;
  cli_patience patience;         // of what the session does not wait for itself
  int told_damage;               // of CAPA
  cli_credential_memory memory;  // of |credentials|, for a further session
  int64_t opened_ms;             // when it was opened: the total time counts from here
} cli_connection;

// The functions that return an int return an exit code; what went wrong has been reported.

// cli_connection_open reads the URL and makes the session. Nothing is sent yet.
int cli_connection_open(cli_connection *connection, const cli_options *options);

// cli_connection_greet connects and waits for the greeting.
int cli_connection_greet(cli_connection *connection);

// cli_connection_login connects, if that was not done, and logs in.
int cli_connection_login(cli_connection *connection);

// cli_connection_try_login logs in, credentials within the time for it, and leaves it to the caller
// to report a failure.
pop3_status cli_connection_try_login(cli_connection *connection, pop3_error *err);

// cli_connection_again replaces the session, which has ended, by a new one for the same server and
// user. Nobody is asked for a password again. Nothing is sent yet.
pop3_status cli_connection_again(cli_connection *connection, pop3_error *err);

// cli_connection_ask_pipelining asks a server that is logged in once more what it can do, if it has
// not offered PIPELINING before: some offer more after the login. Fails only if the session does.
pop3_status cli_connection_ask_pipelining(cli_connection *connection, pop3_error *err);

// cli_connection_fail reports |err|, which happened while doing |what| (or NULL).
int cli_connection_fail(const cli_connection *connection, const char *what, const pop3_error *err);

// cli_connection_fail_login reports |err|, which ended the login.
int cli_connection_fail_login(const cli_connection *connection, const pop3_error *err);

// cli_connection_is_out_of_time says whether the time that --total-timeout gives is over.
int cli_connection_is_out_of_time(const cli_connection *connection);

// cli_connection_tell_damage says, once, what of the server's CAPA could not be read.
void cli_connection_tell_damage(cli_connection *connection);

// cli_connection_finish ends a session that changed nothing on the server: what QUIT says does not
// matter then.
void cli_connection_finish(cli_connection *connection);

// cli_connection_close frees everything, wiping secrets, after telling about quirks. |connection|
// may be one whose opening failed.
void cli_connection_close(cli_connection *connection);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_CONNECTION_H_
