#include <string.h>

#include "core/engine_private.h"

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

void pop3_engine_trace(pop3_engine *engine, pop3_trace_kind kind, const void *data, size_t data_len,
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

int pop3_engine_audit(pop3_engine *engine, const uint8_t *line, size_t line_len, size_t secret) {
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
