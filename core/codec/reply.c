#include <string.h>

#include "core/base/text.h"
#include "core/codec/codec.h"

#define LAYER "codec"

// status_word says whether |line| begins with |word|, alone or followed by a space.
static int status_word(const char *line, size_t line_len, const char *word) {
  size_t len = strlen(word);
  return line_len >= len && p3_ascii_equal(line, len, word) &&
         (line_len == len || line[len] == ' ');
}

static pop3_status accept(pop3_reply *out, uint32_t positive, const char *line, size_t line_len,
                          size_t skip) {
  memset(out, 0, sizeof(*out));
  if (skip < line_len && line[skip] == ' ') {
    skip++;
  }
  out->size = (uint32_t)sizeof(*out);
  out->positive = positive;
  out->text = line + skip;
  out->text_len = line_len - skip;
  out->line = line;
  out->line_len = line_len;
  out->code = p3_response_code_parse(out->text, out->text_len, NULL);
  return POP3_OK;
}

static pop3_status reject(pop3_error *err, const char *why, const char *line, size_t line_len) {
  char quote[P3_QUOTE_MAX];
  return pop3_error_set(err, POP3_ERR_PROTOCOL, LAYER, 0, "%s: \"%s\"", why,
                        p3_text_quote(quote, line, line_len));
}

pop3_status p3_reply_parse(pop3_reply *out, const char *line, size_t line_len, pop3_quirks *quirks,
                           pop3_error *err) {
  if (line_len == 0) {
    return pop3_error_set(err, POP3_ERR_PROTOCOL, LAYER, 0,
                          "an empty line where a reply (+OK or -ERR) should be");
  }
  if (memchr(line, '\0', line_len) != NULL) {
    return reject(err, "a NUL octet in a reply", line, line_len);
  }
  if (status_word(line, line_len, "+OK")) {
    return accept(out, 1, line, line_len, 3);
  }
  if (status_word(line, line_len, "-ERR")) {
    return accept(out, 0, line, line_len, 4);
  }
  if (status_word(line, line_len, "+ERR")) {
    // Never success, whatever else is allowed: it is a refusal written wrongly.
    return p3_quirk_use(quirks, POP3_QUIRK_PLUS_ERR)
               ? accept(out, 0, line, line_len, 4)
               : reject(err, "neither +OK nor -ERR", line, line_len);
  }
  if (line[0] == '+' && p3_quirk_use(quirks, POP3_QUIRK_ANY_PLUS)) {
    // "+OK, ready", but not "+Okay".
    const char behind = line_len > 3 ? line[3] : 'x';
    const int is_word = (behind >= 'a' && behind <= 'z') || (behind >= 'A' && behind <= 'Z') ||
                        (behind >= '0' && behind <= '9');
    int glued = !is_word && p3_ascii_equal(line, 3, "+OK");
    return accept(out, 1, line, line_len, glued ? 3 : 1);
  }
  if (line[0] == '-' && p3_quirk_use(quirks, POP3_QUIRK_ANY_MINUS)) {
    // Of "-ERROR no" the reason is what follows the word; of "-no" it is what follows the sign.
    size_t word = 1;
    while (word < line_len && line[word] != ' ') word++;
    const int is_error = word >= 4 && p3_ascii_equal(line, 4, "-ERR");
    return accept(out, 0, line, line_len, is_error ? word : 1);
  }
  return reject(err,
                status_word(line, line_len, "+") ? "a continuation where a reply should be"
                                                 : "neither +OK nor -ERR",
                line, line_len);
}
