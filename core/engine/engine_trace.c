#include "core/engine/engine_trace.h"

#include <string.h>

#include "core/base/text.h"
#include "core/codec/codec.h"

static const char kRedacted[] = "<redacted>";

// Enough for any command line; longer secrets are replaced as a whole anyway.
#define SHOWN_MAX 1024

// Copies what may be seen of a line: up to |secret|, then the word "<redacted>".
static size_t redact(char out[SHOWN_MAX], const uint8_t *line, size_t secret) {
  size_t keep = secret;
  if (keep > SHOWN_MAX - sizeof(kRedacted)) keep = SHOWN_MAX - sizeof(kRedacted);
  if (keep > 0) memcpy(out, line, keep);
  memcpy(out + keep, kRedacted, sizeof(kRedacted) - 1);
  return keep + sizeof(kRedacted) - 1;
}

static uint32_t level_of(pop3_trace_kind kind) {
  return kind == POP3_TRACE_LINE || kind == POP3_TRACE_BODY ? 2 : 1;
}

void p3_engine_trace(pop3_engine *engine, pop3_trace_kind kind, const void *data, size_t data_len,
                     size_t secret) {
  const uint32_t level = level_of(kind);
  if (engine->options.trace == NULL || engine->options.debug_level < level) return;
  char shown[SHOWN_MAX];
  pop3_trace_event event = {(uint32_t)sizeof(event), kind, level, 0, 0, data, data_len};
  if (secret < data_len) {
    event.redacted = 1;
    event.data_len = redact(shown, data, secret);
    event.data = shown;
  }
  engine->options.trace(engine->options.trace_arg, &event);
}

static int holds(const char *text, size_t text_len, const uint8_t *secret, size_t secret_len) {
  // Shorter ones turn up in any text by chance.
  if (secret_len < 4) return 0;
  for (size_t i = 0; i + secret_len <= text_len; i++) {
    if (text[i] == (char)secret[0] && memcmp(text + i, secret, secret_len) == 0) return 1;
  }
  return 0;
}

int p3_engine_echoes(const pop3_engine *engine, const char *text, size_t text_len) {
  if (engine->queue.num_in_flight == 0) return 0;
  const p3_op *op = engine->queue.head;
  if (engine->response.octets != NULL &&
      holds(text, text_len, engine->response.octets, engine->response.len - 2)) {
    return 1;
  }
  return op->line_secret + 2 < op->line_len &&
         holds(text, text_len, op->line + op->line_secret, op->line_len - 2 - op->line_secret);
}

int p3_engine_in_exchange(const pop3_engine *engine) {
  if (engine->queue.num_in_flight == 0) return 0;
  const p3_op *op = engine->queue.head;
  return op->command == POP3_CMD_AUTH &&
         (engine->reading.auth_rounds > 0 || op->line_secret < op->line_len);
}

size_t p3_engine_harmless(const char *line, size_t line_len) {
  static const char *const kWords[] = {"+", "+OK", "-ERR", "+ERR"};
  size_t word = 0;
  while (word < line_len && line[word] != ' ') word++;
  size_t i = 0;
  while (i < sizeof(kWords) / sizeof(kWords[0]) && !p3_ascii_equal(line, word, kWords[i])) i++;
  if (i == sizeof(kWords) / sizeof(kWords[0])) return 0;
  if (word == line_len) return line_len;
  size_t code_len = 0;
  const pop3_response_code code =
      p3_response_code_parse(line + word + 1, line_len - word - 1, &code_len);
  if (code == POP3_CODE_NONE || code == POP3_CODE_OTHER) return word + 1;
  // Only the code that is known, and no more than it: servers may put anything behind its "/".
  const size_t known = strlen(pop3_response_code_name(code)) + 2;
  return code_len == known ? word + 1 + code_len : word + 1;
}

int p3_engine_audit(pop3_engine *engine, const uint8_t *line, size_t line_len, size_t secret) {
  if (engine->options.audit == NULL) return 1;
  char shown[SHOWN_MAX];
  pop3_audit_event event = {
      (uint32_t)sizeof(event), POP3_AUDIT_PUTLINE, NULL, 0, 0, (const char *)line, line_len};
  if (secret < line_len) {
    event.redacted = 1;
    event.line_len = redact(shown, line, secret);
    event.line = shown;
  }
  return engine->options.audit(engine->options.audit_arg, &event) == 0;
}
