// A command to send, and the sink that takes what comes back.
#ifndef POP3_REQUEST_H_
#define POP3_REQUEST_H_

#include <pop3/capability.h>
#include <pop3/limits.h>
#include <pop3/size.h>
#include <pop3/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_command names the commands of RFC 1939, 2449, 2595, 5034, 6856, RPOP of RFC 1081 and LAST of
// RFC 1460, and two for everything else.
typedef enum pop3_command {
  POP3_CMD_GREETING = 0,  // the server's first line; no request, only results have it
  POP3_CMD_CAPA,          // items: POP3_ITEM_CAPABILITY
  POP3_CMD_USER,          // arg: name
  POP3_CMD_PASS,          // arg: password
  POP3_CMD_APOP,          // arg: name, arg2: digest in hexadecimal
  POP3_CMD_RPOP,          // arg: user on the client
  POP3_CMD_AUTH,          // arg: mechanism, arg2: initial response in base64 or NULL
  POP3_CMD_STLS,
  POP3_CMD_UTF8,
  POP3_CMD_LANG,  // arg: language tag, "*" for the server's default; NULL lists them
  POP3_CMD_STAT,
  POP3_CMD_LIST,  // number, or 0 for all; items: POP3_ITEM_SCAN
  POP3_CMD_UIDL,  // number, or 0 for all; items: POP3_ITEM_UNIQUE_ID
  POP3_CMD_RETR,  // number; body
  POP3_CMD_TOP,   // number, lines; body
  POP3_CMD_DELE,  // number
  POP3_CMD_RSET,
  POP3_CMD_NOOP,
  POP3_CMD_LAST,
  POP3_CMD_QUIT,
  POP3_CMD_RAW,       // arg: a whole line; one line comes back
  POP3_CMD_RAW_MULTI  // arg: a whole line; a multi-line response comes back; items: POP3_ITEM_LINE
} pop3_command;

// pop3_command_name returns "RETR" and so on; "greeting" for POP3_CMD_GREETING, "raw" for the two
// raw ones; "?" for what is none that the library knows. The string is static.
const char *pop3_command_name(pop3_command command);

// pop3_request is one command with its arguments. Start from POP3_REQUEST_INIT. Strings are read
// during the call that takes the request and may be freed after it.
typedef struct pop3_request {
  uint32_t size;  // sizeof(pop3_request)
  pop3_command command;
  uint32_t number;  // message number, 1 .. 2^32-1
  uint32_t lines;   // TOP: body lines
  const char *arg;  // see pop3_command; need not end in NUL
  size_t arg_len;   // octets of |arg|
  const char *arg2;
  size_t arg2_len;
  uint32_t flags;  // POP3_REQUEST_*
} pop3_request;

// POP3_REQUEST_SECRET hides the arguments of a raw command from trace, audit and errors. (PASS,
// APOP and AUTH are hidden always, also as raw commands.)
#define POP3_REQUEST_SECRET UINT32_C(1)
// POP3_REQUEST_RAW_BODY hands the lines of a POP3_CMD_RAW_MULTI response to the sink's |body| as
// one un-stuffed body instead of line by line to |item|.
#define POP3_REQUEST_RAW_BODY UINT32_C(2)

// POP3_REQUEST_INIT is a request for |command_| with no arguments.
#define POP3_REQUEST_INIT(command_) \
  { POP3_SIZEOF(pop3_request), (command_), 0, 0, NULL, 0, NULL, 0, 0 }

// pop3_request_init is POP3_REQUEST_INIT for languages without macros. |size| is how large the
// caller's struct is: nothing is written behind it.
void pop3_request_init(pop3_request *request, size_t size, pop3_command command);

// pop3_command_build writes the command line for |request| with its CRLF to |out|. On success
// |*out_len| is its length and |*out_secret| the offset from which it must not be shown (equal to
// |*out_len| if all may). Fails with POP3_ERR_ARGUMENT, saying which argument and why, on CR, LF or
// NUL anywhere, on an argument that the command's grammar does not allow, and on a line longer than
// limits->max_command octets (|limits| may be NULL for the defaults) or |out_cap|. The server never
// sees a part of a refused command.
pop3_status pop3_command_build(uint8_t *out, size_t out_cap, size_t *out_len, size_t *out_secret,
                               const pop3_request *request, const pop3_limits *limits,
                               pop3_error *err);

// pop3_item_kind says what a line of a listing is.
typedef enum pop3_item_kind {
  POP3_ITEM_SCAN = 1,    // LIST: number, octets
  POP3_ITEM_UNIQUE_ID,   // UIDL: number, text is the unique-id
  POP3_ITEM_CAPABILITY,  // CAPA: text is the line
  POP3_ITEM_LANGUAGE,    // LANG: text is the language tag
  POP3_ITEM_LINE         // raw: text is the line
} pop3_item_kind;

// pop3_item is one line of a listing. The pointers are valid until the callback returns.
typedef struct pop3_item {
  uint32_t size;
  pop3_item_kind kind;
  uint32_t number;        // SCAN, UNIQUE_ID
  uint32_t line_end_len;  // octets of the line's end on the wire: 2 (CRLF), or 1 (LF alone, which
                          // only POP3_QUIRK_BARE_LF lets pass)
  uint64_t octets;        // SCAN; POP3_OCTETS_UNKNOWN only with POP3_QUIRK_ODD_SIZE
  const char *text;       // not NUL-terminated
  size_t text_len;
  const char *line;  // the whole line, un-stuffed, without its line end; not NUL-terminated
  size_t line_len;
} pop3_item;

// pop3_reply is a status line. |text| is what follows "+OK " or "-ERR " with a response code still
// in it; it is NUL-terminated (and may hold no NUL), and stays valid as the function that hands it
// out says.
typedef struct pop3_reply {
  uint32_t size;
  uint32_t positive;  // 1: +OK, 0: -ERR
  pop3_response_code code;
  uint32_t reserved;
  const char *text;
  size_t text_len;
  const char *line;  // the whole status line as it was on the wire, without its line end;
                     // NUL-terminated, and valid as long as |text|
  size_t line_len;
} pop3_reply;

// pop3_op_id identifies a submitted operation of one session or engine. 0 is none.
typedef uint64_t pop3_op_id;

// pop3_quit_outcome says what became of the messages marked with DELE (RFC 1939 section 6).
typedef enum pop3_quit_outcome {
  POP3_QUIT_UNKNOWN = 0,  // no answer: the server may or may not have removed them
  POP3_QUIT_COMMITTED,    // +OK: removed
  POP3_QUIT_REFUSED       // -ERR: some or all were not removed
} pop3_quit_outcome;

// pop3_result is how an operation ended. All pointers are valid until |done| returns.
typedef struct pop3_result {
  uint32_t size;
  pop3_command command;
  pop3_op_id op;
  pop3_status status;       // POP3_OK, POP3_REFUSED (-ERR) or a failure
  uint32_t number;          // the request's; LIST n, UIDL n and LAST: the reply's
  const pop3_reply *reply;  // NULL if no status line came
  const pop3_error *error;  // NULL if status is POP3_OK
  uint32_t count;           // STAT: messages
  pop3_quit_outcome quit;   // QUIT, also as a raw command
  uint64_t octets;          // STAT: of the maildrop; LIST n: of the message; RETR, TOP, raw body:
                            // octets handed to |body|
  const char *text;         // UIDL n: the unique-id; else NULL; not NUL-terminated
  size_t text_len;
  const pop3_capabilities *capabilities;  // CAPA, else NULL
} pop3_result;

// pop3_sink_verdict is a sink's answer to a piece of a response.
typedef enum pop3_sink_verdict {
  POP3_SINK_CONTINUE = 0,
  POP3_SINK_PAUSE,  // this piece is taken; give no more (and read no more) until pop3_resume()
  POP3_SINK_STOP    // give no more: |done| comes with POP3_ERR_SINK, the rest is read and dropped
} pop3_sink_verdict;

// pop3_sink takes a response. Any member may be NULL. |body| gets spans that point into the receive
// buffer, valid until it returns, cut anywhere, dots un-stuffed, line ends as on the wire. |done|
// is called exactly once for each submitted operation, also on failure, cancel and free. Callbacks
// may submit, cancel and free; a free is put off until the call that is under way returns.
typedef struct pop3_sink {
  uint32_t size;  // sizeof(pop3_sink)
  uint32_t reserved;
  pop3_sink_verdict (*body)(void *arg, const uint8_t *data, size_t data_len);
  pop3_sink_verdict (*item)(void *arg, const pop3_item *item);
  void (*done)(void *arg, const pop3_result *result);
  void *arg;
} pop3_sink;

// POP3_SINK_INIT is a sink that drops everything. Start from it: a sink without its size is refused
// with POP3_ERR_ARGUMENT.
#define POP3_SINK_INIT \
  { POP3_SIZEOF(pop3_sink), 0, NULL, NULL, NULL, NULL }

// pop3_sink_init is POP3_SINK_INIT for languages without macros. |size| is how large the caller's
// struct is: nothing is written behind it.
void pop3_sink_init(pop3_sink *sink, size_t size);

#ifdef __cplusplus
}
#endif

#endif  // POP3_REQUEST_H_
