#include "plugins/record/redact.h"

#include <string.h>

int p3_redact_client(p3_redact *redact, uint8_t octet) {
  if (redact->line_len < P3_REDACT_LINE_MAX) redact->line[redact->line_len] = (char)octet;
  redact->line_len++;
  redact->last[0] = redact->last[1];
  redact->last[1] = (char)octet;
  return octet == '\n';
}

static const char *ending_of(const p3_redact *redact) {
  if (redact->line_len == 0 || redact->last[1] != '\n') return "";
  return redact->line_len > 1 && redact->last[0] == '\r' ? "\r\n" : "\n";
}

static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }

static int is_verb(const char *line, size_t len, const char *verb) {
  if (strlen(verb) != len) return 0;
  for (size_t i = 0; i < len; i++) {
    if (upper(line[i]) != verb[i]) return 0;
  }
  return 1;
}

static int is_word(const char *text, size_t len) {
  for (size_t i = 0; i < len; i++) {
    char c = upper(text[i]);
    if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9')) return 0;
  }
  return len > 0 && len <= 8;
}

static size_t space_in(const char *line, size_t from, size_t len) {
  while (from < len && line[from] != ' ') from++;
  return from;
}

// How much of a command may be shown.
static size_t harmless(const char *line, size_t len) {
  static const char *const kOpen[] = {"CAPA", "STAT", "LIST", "RETR", "DELE", "NOOP",
                                      "RSET", "QUIT", "TOP",  "UIDL", "LAST", "USER",
                                      "UTF8", "LANG", "STLS", "RPOP"};
  size_t verb = space_in(line, 0, len);
  for (size_t i = 0; i < sizeof(kOpen) / sizeof(kOpen[0]); i++) {
    if (is_verb(line, verb, kOpen[i])) return len;
  }
  if (verb == len) return is_verb(line, verb, "PASS") || is_verb(line, verb, "AUTH") ? len : 0;
  if (is_verb(line, verb, "AUTH") || is_verb(line, verb, "APOP")) {
    // The mechanism, the name.
    size_t end = space_in(line, verb + 1, len);
    if (end < len) return end + 1;
    return is_verb(line, verb, "AUTH") ? len : verb + 1;
  }
  return is_word(line, verb) ? verb + 1 : 0;
}

p3_redact_text p3_redact_show(const p3_redact *redact) {
  p3_redact_text out;
  out.ending = ending_of(redact);
  uint64_t whole = redact->line_len - strlen(out.ending);
  size_t len = whole < P3_REDACT_LINE_MAX ? (size_t)whole : P3_REDACT_LINE_MAX;
  if (redact->in_auth) {
    out.shown = len == 1 && whole == 1 && redact->line[0] == '*' ? 1 : 0;
    out.hides = out.shown == 0;
    return out;
  }
  out.shown = harmless(redact->line, len);
  out.hides = out.shown < whole;
  return out;
}

void p3_redact_next(p3_redact *redact, const pop3_host *host) {
  size_t len =
      redact->line_len < P3_REDACT_LINE_MAX ? (size_t)redact->line_len : P3_REDACT_LINE_MAX;
  if (redact->in_auth) {
    // "*" as well: what answers it tells nothing that is worth a distinction.
    redact->responded = 1;
  } else if (ending_of(redact)[0] != '\0') {
    size_t end = redact->line_len - strlen(ending_of(redact)) < len
                     ? (size_t)redact->line_len - strlen(ending_of(redact))
                     : len;
    size_t verb = space_in(redact->line, 0, end);
    redact->in_auth = is_verb(redact->line, verb, "AUTH") && verb + 1 < end;
    redact->responded =
        redact->in_auth && (end == P3_REDACT_LINE_MAX || harmless(redact->line, end) < end);
    redact->stls_sent = is_verb(redact->line, verb, "STLS");
  }
  host->wipe(host->ctx, redact->line, len);
  host->wipe(host->ctx, redact->last, sizeof(redact->last));
  redact->line_len = 0;
}

// The response codes that tell a client what to do, and nothing of a secret.
static size_t code_in(const char *text, size_t len) {
  static const char *const kCodes[] = {"[AUTH]",     "[IN-USE]",      "[SYS/TEMP]",
                                       "[SYS/PERM]", "[LOGIN-DELAY]", "[UTF8]"};
  for (size_t i = 0; i < sizeof(kCodes) / sizeof(kCodes[0]); i++) {
    size_t code_len = strlen(kCodes[i]);
    if (len >= code_len && is_verb(text, code_len, kCodes[i])) return code_len;
  }
  return 0;
}

size_t p3_redact_reply(const char *line, size_t line_len, const char **out_stand_in) {
  static const char *const kWords[] = {"+OK", "-ERR", "+ERR"};
  size_t word = space_in(line, 0, line_len);
  *out_stand_in = "";
  if (word == 1 && line[0] == '+') {
    // A challenge. What stands in for it is base64, as a client expects it: of "<redacted>".
    if (line_len > 2) *out_stand_in = "PHJlZGFjdGVkPg==";
    return line_len > 2 ? 2 : line_len;
  }
  for (size_t i = 0; i < sizeof(kWords) / sizeof(kWords[0]); i++) {
    if (!is_verb(line, word, kWords[i])) continue;
    if (line_len <= word + 1) return line_len;
    size_t shown = word + 1 + code_in(line + word + 1, line_len - word - 1);
    if (shown < line_len) *out_stand_in = "<redacted>";
    return shown;
  }
  if (line_len > 0) *out_stand_in = "<redacted>";
  return 0;
}

void p3_redact_server(p3_redact *redact, uint8_t octet) {
  if (octet != '\n') {
    if (redact->reply_len < sizeof(redact->reply)) redact->reply[redact->reply_len++] = (char)octet;
    return;
  }
  int is_ok = redact->reply_len >= 3 && memcmp(redact->reply, "+OK", 3) == 0;
  int is_no = redact->reply_len > 0 && redact->reply[0] == '-';
  if (redact->reply_len >= 4 && memcmp(redact->reply, "+ERR", 4) == 0) is_no = 1;
  // Before any response "+OK" may be a challenge, as some servers write it.
  if (is_no || (is_ok && redact->responded)) redact->in_auth = redact->responded = 0;
  if (redact->stls_sent && is_ok) redact->encrypted = 1;
  redact->stls_sent = 0;
  redact->reply_len = 0;
}
