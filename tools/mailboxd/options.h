// The command line.
#ifndef TOOLS_MAILBOXD_OPTIONS_H_
#define TOOLS_MAILBOXD_OPTIONS_H_

#include <stddef.h>
#include <stdint.h>

#include "tools/mailboxd/log.h"
#include "tools/mailboxd/mailboxes.h"
#include "tools/mailboxd/session_config.h"
#include "tools/mailboxd/tls_server.h"

#ifdef __cplusplus
extern "C" {
#endif

// options_listen is one --listen, --tls-listen or --unix.
struct options_listen {
  int is_unix;
  int tls;
  const char *spec;  // HOST:PORT or PATH, as given
};

// options is what the command line says. Strings belong to argv.
struct options {
  struct options_listen *listens;
  size_t num_listens;
  int allow_remote;
  struct tls_options tls;   // no `cert`: no TLS, unless there is ...
  const char *self_signed;  // ... a directory for a certificate of our own
  uint32_t send_buffer;
  const char **users;  // NAME:PASSWORD
  size_t num_users;
  const char **rpop;  // NAME or NAME:CLIENTNAME
  size_t num_rpop;
  const char **oauth;  // NAME:TOKEN
  size_t num_oauth;
  const char *users_file;
  struct mailbox_spec mailbox;  // the default one
  int shared;
  uint64_t cache_octets;
  const char *port_file;
  int print_ready;
  int exit_with_parent;
  uint32_t idle_s;
  uint32_t max_connections;  // 0: as many as there are descriptors
  enum log_level log_level;
  struct session_config session;  // without users and clock
};

enum options_result { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_WRONG };

// options_parse reads the command line. OPTIONS_DONE: --help or --version has been answered.
// OPTIONS_WRONG: what is wrong has been said on standard error.
enum options_result options_parse(struct options *options, int argc, char **argv);

// options_cleanup frees the lists.
void options_cleanup(struct options *options);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_OPTIONS_H_
