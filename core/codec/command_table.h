// What each command is, once: its word, its grammar, and what the engine has to know of it.
#ifndef POP3_CORE_CODEC_COMMAND_TABLE_H_
#define POP3_CORE_CODEC_COMMAND_TABLE_H_

#include <pop3/request.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_argument is a kind of argument, with a grammar of its own (argument.c).
typedef enum p3_argument {
  P3_ARG_NONE = 0,   // there must be none
  P3_ARG_USER,       // user name: no control characters, no space at either end
  P3_ARG_APOP_USER,  // likewise, and no space at all
  P3_ARG_PASSWORD,   // anything but CR, LF, NUL; may be empty
  P3_ARG_DIGEST,     // 32 hexadecimal digits
  P3_ARG_MECHANISM,  // SASL: 1 to 20 letters, digits, "-", "_" (RFC 4422 section 3.1)
  P3_ARG_RESPONSE,   // base64, or "=" for an empty one; optional (RFC 5034 section 4)
  P3_ARG_LANGUAGE,   // tag of letters, digits, "-", or "*"; optional (RFC 6856 section 3.2)
  P3_ARG_LINE        // a whole line: see p3_argument_check
} p3_argument;

// p3_number_rule says whether a command has a message number.
typedef enum p3_number_rule {
  P3_NUMBER_NONE = 0,
  P3_NUMBER_OPTIONAL,
  P3_NUMBER_REQUIRED
} p3_number_rule;

// P3_COMMAND_BARRIER: goes out alone, and nothing follows before its answer: what the answer
// changes (identity, encryption, the end) must hold for the next command, and some servers lose
// what they read behind PASS.
#define P3_COMMAND_BARRIER 1U
// P3_COMMAND_LOGIN: part of a login, which the policy has a say in.
#define P3_COMMAND_LOGIN 2U
// P3_COMMAND_LOGS_IN: +OK means that the client is logged in.
#define P3_COMMAND_LOGS_IN 4U
// P3_COMMAND_READABLE: its arguments may be a credential that can be read.
#define P3_COMMAND_READABLE 8U
// P3_COMMAND_MULTI: +OK is followed by a multi-line response.
#define P3_COMMAND_MULTI 16U
// P3_COMMAND_MULTI_IF_ALL: likewise, if neither a message nor an argument is named.
#define P3_COMMAND_MULTI_IF_ALL 32U
// P3_COMMAND_BODY: that response is the body of a message.
#define P3_COMMAND_BODY 64U
// P3_COMMAND_STATUS: if it is not multi-line, the text of the status line is the answer.
#define P3_COMMAND_STATUS 128U
// P3_COMMAND_LINE: the argument is the whole line; what it is its first word says.
#define P3_COMMAND_LINE 256U

// p3_command_traits is a row of the table. A line is NAME [number [lines]] [arg [arg2]].
typedef struct p3_command_traits {
  const char *name;  // the first word
  p3_number_rule number;
  int has_lines;  // a count of lines follows the number
  p3_argument arg;
  p3_argument arg2;
  unsigned secret_word;  // the word of the line, from 0, from which it is secret; 0 if none is
  unsigned flags;        // P3_COMMAND_*
} p3_command_traits;

// p3_command_is_known says whether |command| is one.
int p3_command_is_known(pop3_command command);

// p3_command_traits_of returns the row of |command|, which is one.
const p3_command_traits *p3_command_traits_of(pop3_command command);

// p3_command_has says whether |command|, which is one, has any of |flags|.
int p3_command_has(pop3_command command, unsigned flags);

// p3_command_of_line returns which command a raw |line| is, by its first word in any case, or
// POP3_CMD_RAW for one that libpop3 does not know: so that a raw PASS is hidden, guarded and sent
// alone like any other.
pop3_command p3_command_of_line(const char *line, size_t line_len);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_CODEC_COMMAND_TABLE_H_
