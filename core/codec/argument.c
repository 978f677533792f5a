#include "core/codec/argument.h"

#include <string.h>

#include "core/codec/base64.h"

#define LAYER "command"

// octet_class tells whether an octet is fine at a place.
typedef int (*octet_class)(unsigned char c);

static int is_line_octet(unsigned char c) { return c != '\r' && c != '\n' && c != '\0'; }
static int is_text(unsigned char c) { return c >= 0x20 && c != 0x7F; }
static int is_word(unsigned char c) { return c > 0x20 && c != 0x7F; }
static int is_alnum(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
static int is_mechanism(unsigned char c) { return is_alnum(c) || c == '-' || c == '_'; }
static int is_language(unsigned char c) { return is_alnum(c) || c == '-'; }
static int is_hex(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}
static int is_base64(unsigned char c) { return is_alnum(c) || c == '+' || c == '/' || c == '='; }

// A rule is the part of a grammar that a table can say.
typedef struct rule {
  const char *label;
  octet_class allowed;
  size_t least;     // octets
  size_t most;      // octets, 0 for no limit but that of the line
  int optional;     // may be NULL
  const char *set;  // what is allowed, in words
} rule;

static const rule kRules[] = {
    [P3_ARG_NONE] = {"argument", is_text, 0, 0, 1, ""},
    [P3_ARG_USER] = {"user name", is_text, 1, 0, 0, "no control character"},
    [P3_ARG_APOP_USER] = {"user name", is_word, 1, 0, 0, "no space or control character"},
    [P3_ARG_PASSWORD] = {"password", is_line_octet, 0, 0, 1, "no line end and no NUL"},
    [P3_ARG_DIGEST] = {"digest", is_hex, 32, 32, 0, "32 hexadecimal digits"},
    [P3_ARG_MECHANISM] = {"mechanism", is_mechanism, 1, 20, 0,
                          "1 to 20 letters, digits, \"-\" and \"_\""},
    [P3_ARG_RESPONSE] = {"initial response", is_base64, 1, 0, 1, "base64, or \"=\" alone"},
    [P3_ARG_LANGUAGE] = {"language tag", is_language, 1, 64, 1,
                         "1 to 64 letters, digits and \"-\", or \"*\" alone"},
    [P3_ARG_LINE] = {"raw command", is_line_octet, 1, 0, 0,
                     "one line, with no line end and no NUL"},
};

const char *p3_argument_label(p3_argument kind) { return kRules[kind].label; }

// octet_name describes an octet that was refused. Printable ones go without a name: they might be
// part of a secret.
static const char *octet_name(unsigned char c) {
  switch (c) {
    case '\0':
      return "a NUL";
    case '\t':
      return "a tab";
    case '\n':
      return "a line feed";
    case '\r':
      return "a carriage return";
    case ' ':
      return "a space";
    default:
      break;
  }
  return c < 0x20 || c == 0x7F ? "a control character"
         : c >= 0x80           ? "an octet above 0x7F"
                               : "a wrong character";
}

// check_octets finds the first octet that is not allowed.
static pop3_status check_octets(const rule *r, const char *data, size_t len, pop3_error *err) {
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)data[i];
    if (!r->allowed(c)) {
      return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                            "%s contains %s at octet %zu (allowed: %s)", r->label, octet_name(c), i,
                            r->set);
    }
  }
  return POP3_OK;
}

static pop3_status check_line(const rule *r, const char *data, size_t len, pop3_error *err) {
  size_t verb = 0;
  while (verb < len && is_word((unsigned char)data[verb]) && (unsigned char)data[verb] < 0x80) {
    verb++;
  }
  pop3_command command = p3_command_of_line(data, len);
  pop3_status status = check_octets(r, data, len, err);
  if (status != POP3_OK) {
    return status;
  }
  // What a server might take for PASS and this library does not would go out in the open.
  if (verb == 0 || (verb < len && data[verb] != ' ')) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "%s does not begin with a word of printable ASCII and a space behind it: "
                          "that word tells whether the rest is a secret",
                          r->label);
  }
  if (command == POP3_CMD_STLS) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "STLS cannot be sent as a raw command, because TLS has to follow: use "
                          "pop3_stls (POP3_CMD_STLS)");
  }
  if (command == POP3_CMD_AUTH && len > verb) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "AUTH with arguments cannot be sent as a raw command, because an "
                          "exchange has to follow: use pop3_auth (POP3_CMD_AUTH)");
  }
  return POP3_OK;
}

// check_special applies what the table cannot say.
static pop3_status check_special(p3_argument kind, const char *data, size_t len, pop3_error *err) {
  const rule *r = &kRules[kind];
  if (kind == P3_ARG_USER && (data[0] == ' ' || data[len - 1] == ' ')) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "%s %s with a space", r->label,
                          data[0] == ' ' ? "begins" : "ends");
  }
  if (kind == P3_ARG_RESPONSE && !(len == 1 && data[0] == '=') && !p3_base64_valid(data, len)) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "%s is not valid base64 (length or padding is wrong)", r->label);
  }
  return POP3_OK;
}

pop3_status p3_argument_check(p3_argument kind, const char *data, size_t len, pop3_error *err) {
  const rule *r = &kRules[kind];
  if (data == NULL && len > 0) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "%s is NULL, though its length is not 0", r->label);
  }
  if (data == NULL && r->optional) {
    return POP3_OK;
  }
  if (kind == P3_ARG_NONE) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "the command takes no %s", r->label);
  }
  if (data == NULL || len < r->least) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "%s is %s (allowed: %s)", r->label,
                          data == NULL ? "missing"
                          : len == 0   ? "empty"
                                       : "too short",
                          r->set);
  }
  if (kind == P3_ARG_LINE) {
    return check_line(r, data, len, err);
  }
  if (kind == P3_ARG_LANGUAGE && len == 1 && data[0] == '*') {
    return POP3_OK;
  }
  pop3_status status = check_octets(r, data, len, err);
  if (status == POP3_OK && r->most != 0 && len > r->most) {
    status = pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                            "%s is too long: %zu octets (allowed: %s)", r->label, len, r->set);
  }
  return status == POP3_OK ? check_special(kind, data, len, err) : status;
}

size_t p3_line_break(const void *line, size_t line_len) {
  const unsigned char *octets = line;
  size_t at = 0;
  while (at < line_len && is_line_octet(octets[at])) at++;
  return at;
}
