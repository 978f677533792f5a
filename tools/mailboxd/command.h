// The commands: their names, their arguments, and in which state they may be given.
#ifndef TOOLS_MAILBOXD_COMMAND_H_
#define TOOLS_MAILBOXD_COMMAND_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum command {
  COMMAND_USER,
  COMMAND_PASS,
  COMMAND_APOP,
  COMMAND_RPOP,
  COMMAND_AUTH,
  COMMAND_QUIT,
  COMMAND_STAT,
  COMMAND_LIST,
  COMMAND_RETR,
  COMMAND_DELE,
  COMMAND_NOOP,
  COMMAND_RSET,
  COMMAND_TOP,
  COMMAND_UIDL,
  COMMAND_LAST,
  COMMAND_CAPA,
  COMMAND_UTF8,
  COMMAND_LANG,
  COMMAND_STLS,
  COMMAND_COUNT
};

// The states of RFC 1939, as bits. UPDATE takes no commands.
#define STATE_AUTHORIZATION 1u
#define STATE_TRANSACTION 2u

// command_line is a parsed line; the arguments point into it.
struct command_line {
  enum command command;
  uint32_t num_args;
  const char *arg[2];
  size_t arg_len[2];
};

enum command_result { COMMAND_OK, COMMAND_UNKNOWN, COMMAND_BAD_ARGUMENTS };

// command_parse parses a line without its CRLF. Exactly one space stands between a command and its
// arguments; PASS takes all that follows as one argument, spaces included, as USER and RPOP do.
enum command_result command_parse(const char *line, size_t line_len, struct command_line *out);

// command_find finds a command by its name, without regard to case.
int command_find(const char *name, size_t name_len, enum command *out);

// command_name returns a command's name in capitals.
const char *command_name(enum command command);

// command_states returns the states in which |command| may be given.
uint32_t command_states(enum command command);

// command_number reads argument |i| as a number from |min| to 2^32 - 1: up to ten digits, no sign.
int command_number(const struct command_line *line, uint32_t i, uint32_t min, uint32_t *out);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_COMMAND_H_
