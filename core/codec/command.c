#include <inttypes.h>
#include <pop3/request.h>
#include <string.h>

#include "core/base/error.h"
#include "core/codec/argument.h"
#include "core/codec/codec.h"
#include "core/codec/command_table.h"

#define LAYER "command"

static int is_raw(pop3_command command) { return p3_command_has(command, P3_COMMAND_LINE); }

// The pieces of a command line, joined by single spaces. Numbers are written to |digits|.
typedef struct pieces {
  const char *data[5];
  size_t len[5];
  size_t count;
  size_t total;  // octets of the line with its CRLF
  char digits[2][16];
} pieces;

static void add(pieces *p, const char *data, size_t len) {
  p->data[p->count] = data;
  p->len[p->count] = len;
  p->count++;
  // No overflow that matters: two slices and a few octets more cannot fill the address space.
  p->total += len + 1;
}

static void add_number(pieces *p, unsigned slot, uint32_t number) {
  // Not with snprintf, which would take most of the time of a RETR.
  char *end = p->digits[slot] + sizeof(p->digits[slot]);
  char *at = end;
  do {
    *--at = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  add(p, at, (size_t)(end - at));
}

// check_request refuses what is wrong whatever the line would look like.
static pop3_status check_request(const pop3_request *request, pop3_error *err) {
  if (request->size < offsetof(pop3_request, flags) + sizeof(request->flags)) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "request.size is %" PRIu32 ": start from POP3_REQUEST_INIT",
                          request->size);
  }
  if (!p3_command_is_known(request->command) || request->command == POP3_CMD_GREETING) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "request.command %u is no command that can be sent",
                          (unsigned)request->command);
  }
  if ((request->flags & ~(POP3_REQUEST_SECRET | POP3_REQUEST_RAW_BODY)) != 0) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "request.flags has bits that are not defined: 0x%" PRIX32,
                          request->flags);
  }
  const p3_command_traits *s = p3_command_traits_of(request->command);
  if (s->number == P3_NUMBER_NONE && request->number != 0) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "%s takes no message number", s->name);
  }
  if (s->number == P3_NUMBER_REQUIRED && request->number == 0) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "message number of %s is 0: the first message is 1", s->name);
  }
  if (!s->has_lines && request->lines != 0) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "%s takes no count of lines", s->name);
  }
  pop3_status status = p3_argument_check(s->arg, request->arg, request->arg_len, err);
  return status != POP3_OK ? status
                           : p3_argument_check(s->arg2, request->arg2, request->arg2_len, err);
}

static void collect(pieces *p, const pop3_request *request) {
  const p3_command_traits *s = p3_command_traits_of(request->command);
  p->count = 0;
  p->total = 1;  // CRLF, less the space that the first piece does not have
  if (!is_raw(request->command)) {
    add(p, s->name, strlen(s->name));
  }
  if (request->number != 0) {
    add_number(p, 0, request->number);
  }
  if (s->has_lines) {
    add_number(p, 1, request->lines);
  }
  if (s->arg != P3_ARG_NONE && (request->arg != NULL || s->arg == P3_ARG_PASSWORD)) {
    add(p, request->arg, request->arg_len);
  }
  if (s->arg2 != P3_ARG_NONE && request->arg2 != NULL) {
    add(p, request->arg2, request->arg2_len);
  }
}

// limit_or returns the member of |limits| at |offset|, or |preset| if it has none.
static uint32_t limit_or(const pop3_limits *limits, size_t offset, uint32_t preset) {
  uint32_t value = 0;
  if (limits != NULL && limits->size >= offset + sizeof(value)) {
    memcpy(&value, (const char *)limits + offset, sizeof(value));
  }
  return value != 0 ? value : preset;
}

// check_length names the argument that makes a line too long.
static pop3_status check_length(const pieces *p, const pop3_request *request, size_t out_cap,
                                const pop3_limits *limits, pop3_error *err) {
  pop3_limits lines = {0};
  lines.max_command = limit_or(limits, offsetof(pop3_limits, max_command), 255);
  lines.max_credential = limit_or(limits, offsetof(pop3_limits, max_credential), 4096);
  // Of a raw line the first word says what it is.
  const pop3_command command = is_raw(request->command)
                                   ? p3_command_of_line(request->arg, request->arg_len)
                                   : request->command;
  size_t most = p3_limits_line(&lines, command);
  int by_limit = most <= out_cap;
  if (!by_limit) {
    most = out_cap;
  }
  if (p->total <= most) {
    return POP3_OK;
  }
  const p3_command_traits *s = p3_command_traits_of(request->command);
  const char *limit = most > lines.max_command ? "limits.max_credential" : "limits.max_command";
  const char *bound = by_limit ? limit : "the buffer";
  if (s->arg == P3_ARG_NONE) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "%s is too long: %zu octets, where %s has room for %zu", s->name,
                          p->total, bound, most);
  }
  int by_second = s->arg2 == P3_ARG_RESPONSE && request->arg2 != NULL;
  size_t len = by_second ? request->arg2_len : request->arg_len;
  size_t rest = p->total - len;
  return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                        "%s is too long: %s (%zu octets) leaves room for %zu octets of it%s",
                        p3_argument_label(by_second ? s->arg2 : s->arg), bound, most,
                        most > rest ? most - rest : 0,
                        by_second ? "; give it in answer to the first challenge instead" : "");
}

// secret_offset returns where in the line (CRLF included) the secret starts.
static size_t secret_offset(const uint8_t *line, size_t line_len, const pop3_request *request) {
  const char *text = (const char *)line;
  const size_t end = line_len - 2;
  const pop3_command command =
      is_raw(request->command) ? p3_command_of_line(text, end) : request->command;
  unsigned word = p3_command_traits_of(command)->secret_word;
  if ((request->flags & POP3_REQUEST_SECRET) != 0) word = 1;
  const char *space = memchr(text, ' ', end);
  if (space == NULL || word == 0) return line_len;
  const size_t first = (size_t)(space - text) + 1;
  if (word == 1) return first;
  space = memchr(text + first, ' ', end - first);
  if (space != NULL) return (size_t)(space - text) + 1;
  // A raw APOP without a second argument is hidden as a whole; AUTH needs no second one.
  return command == POP3_CMD_AUTH ? line_len : first;
}

static void normalise(uint8_t *octets, size_t len, int upper) {
  for (size_t i = 0; i < len; i++) {
    uint8_t c = octets[i];
    if (upper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z') {
      octets[i] = (uint8_t)(c ^ 0x20U);
    }
  }
}

pop3_status pop3_command_build(uint8_t *out, size_t out_cap, size_t *out_len, size_t *out_secret,
                               const pop3_request *request, const pop3_limits *limits,
                               pop3_error *err) {
  p3_error_reset(err);
  pieces p;
  *out_len = 0;
  *out_secret = 0;
  pop3_status status = check_request(request, err);
  if (status != POP3_OK) {
    return status;
  }
  collect(&p, request);
  status = check_length(&p, request, out_cap, limits, err);
  if (status != POP3_OK) {
    return status;
  }
  size_t len = 0;
  for (size_t i = 0; i < p.count; i++) {
    if (i > 0) {
      out[len++] = ' ';
    }
    if (p.len[i] > 0) {
      memcpy(out + len, p.data[i], p.len[i]);
    }
    if (request->command == POP3_CMD_AUTH && i == 1) {
      normalise(out + len, p.len[i], 1);
    } else if (request->command == POP3_CMD_APOP && i == 2) {
      normalise(out + len, p.len[i], 0);  // RFC 1939 section 7: lower case
    }
    len += p.len[i];
  }
  out[len++] = '\r';
  out[len++] = '\n';
  *out_len = len;
  *out_secret = secret_offset(out, len, request);
  return POP3_OK;
}
