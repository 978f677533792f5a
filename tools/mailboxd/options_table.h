// The options by name, and --help.
#ifndef TOOLS_MAILBOXD_OPTIONS_TABLE_H_
#define TOOLS_MAILBOXD_OPTIONS_TABLE_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum option_id {
  OPTION_SECTION,  // a heading of --help
  OPTION_LISTEN,
  OPTION_TLS_LISTEN,
  OPTION_UNIX,
  OPTION_ALLOW_REMOTE,
  OPTION_SEND_BUFFER,
  OPTION_PORT_FILE,
  OPTION_PRINT_READY,
  OPTION_CERT,
  OPTION_KEY,
  OPTION_SELF_SIGNED,
  OPTION_CLIENT_CA,
  OPTION_REQUIRE_TLS,
  OPTION_TLS_MIN,
  OPTION_TLS_MAX,
  OPTION_MAILDIR,
  OPTION_MBOX,
  OPTION_GENERATE,
  OPTION_USER,
  OPTION_USERS,
  OPTION_NO_LOCK,
  OPTION_CACHE,
  OPTION_RPOP,
  OPTION_RPOP_ANY_PORT,
  OPTION_OAUTH,
  OPTION_ANONYMOUS,
  OPTION_SASL_LAYERS,
  OPTION_LOGIN_DELAY,
  OPTION_EXPIRE,
  OPTION_IDLE,
  OPTION_MAX_CONNECTIONS,
  OPTION_MAX_BAD,
  OPTION_DISABLE,
  OPTION_NO_APOP,
  OPTION_NO_CAPA,
  OPTION_NO_UIDL,
  OPTION_NO_TOP,
  OPTION_NO_LAST,
  OPTION_NO_PIPELINING,
  OPTION_LIE_PIPELINING,
  OPTION_CHUNK,
  OPTION_DELAY,
  OPTION_DROP_AFTER,
  OPTION_QUIT_FAILS,
  OPTION_FAULT,
  OPTION_EXIT_WITH_PARENT,
  OPTION_LOG,
  OPTION_HELP
};

// option is one line of --help, and what the command line is read by.
struct option {
  enum option_id id;
  const char *name;      // without its dashes; of a section, the heading
  const char *argument;  // what its value is called, or NULL if it takes none
  const char *help;
};

// options_find finds the option whose name is |name|, |len| octets long, or NULL.
const struct option *options_find(const char *name, size_t len);

// options_print_help writes --help to standard output.
void options_print_help(void);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_OPTIONS_TABLE_H_
