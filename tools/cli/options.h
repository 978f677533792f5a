// What the command line of `pop3` asks for.
#ifndef POP3_TOOLS_CLI_OPTIONS_H_
#define POP3_TOOLS_CLI_OPTIONS_H_

#include <pop3/limits.h>
#include <pop3/session.h>
#include <pop3/status.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/cli/command_table.h"
#include "tools/cli/deliver.h"
#include "tools/cli/number_set.h"

#ifdef __cplusplus
extern "C" {
#endif

// CLI_MAX_RESOLVE is how often --resolve may be given.
#define CLI_MAX_RESOLVE 16
// CLI_MAX_PLUGINS is how often --plugin and --plugin-dir may be given.
#define CLI_MAX_PLUGINS 16

// cli_options is what the command line says. Strings point into argv.
typedef struct cli_options {
  cli_command command;
  int help;
  int version;
  int num_args;
  char *url;    // as it was given: it may hold a password
  char **args;  // what follows the URL

  // Who.
  const char *user;
  const char *authzid;
  const char *password_file;
  const char *password_command;
  const char *token_command;
  const char *netrc;
  const char *auth;
  int no_netrc;
  int no_prompt;
  int allow_cleartext;
  int two_step_auth;
  pop3_channel_binding channel_binding;
  int no_login;

  // TLS.
  pop3_tls_policy tls;
  const char *tls_name;
  const char *ca_file;
  const char *ca_dir;
  const char *cert;
  const char *key;
  const char *pin;
  const char *tls_min;
  const char *tls_max;
  const char *alpn;  // "none": no name is sent
  int allow_weak;    // certificates that prove nothing any more
  int no_check_name;
  int insecure;

  // How.
  int64_t idle_ms;     // 0: the library's default
  int64_t connect_ms;  // likewise
  int64_t login_ms;    // likewise
  int64_t total_ms;    // likewise
  const char *source_address;
  const char *family;  // "ipv4", "ipv6" or NULL
  const char *resolve[CLI_MAX_RESOLVE];
  int num_resolve;
  const char *via;     // see tools/cli/via.h
  const char *record;  // a file
  int no_pipelining;
  uint32_t quirks;  // POP3_QUIRK_BIT()s

  // Plugins that are not linked in.
  const char *plugin_dirs[CLI_MAX_PLUGINS];
  int num_plugin_dirs;
  const char *plugins[CLI_MAX_PLUGINS];
  int num_plugins;

  // What is shown.
  int verbose;  // 0, 1, 2
  int quiet;
  int json;

  // Arguments and options of single commands.
  int multi;       // raw
  uint32_t lines;  // top
  pop3_limits limits;
  cli_number_set messages;  // fetch --messages; dele, retr, top: the numbers
  const char *raw_line;     // raw
  const char *maildir;      // fetch, from here on
  const char *mbox;
  const char *dir;
  uint64_t max_size;  // octets; UINT64_MAX for none
  cli_eol eol;
  int delete_fetched;
  uint32_t commit_every;  // messages; 0: at the end
  int keep;
  int force;
} cli_options;

// cli_options_init sets what holds where nothing is said, with room for |max_args| arguments. Fails
// with POP3_ERR_MEMORY. Free |out| with cli_options_cleanup in any case.
pop3_status cli_options_init(cli_options *out, size_t max_args, pop3_error *err);

// cli_options_cleanup frees what |options| owns.
void cli_options_cleanup(cli_options *options);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_OPTIONS_H_
