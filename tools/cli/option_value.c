#include "tools/cli/option_value.h"

#include <stddef.h>
#include <string.h>

// Reads "12" or "12.345" times |scale|. Returns what follows it, or NULL. Digits that are worth
// less than one are dropped.
static const char *take_scaled(uint64_t *out, const char *text, uint64_t scale) {
  uint64_t whole = 0;
  const char *p = text;
  for (; *p >= '0' && *p <= '9'; ++p) {
    if (whole > UINT64_MAX / 10 - 1) return NULL;
    whole = whole * 10 + (uint64_t)(*p - '0');
  }
  if (p == text || whole > UINT64_MAX / scale - 1) return NULL;
  *out = whole * scale;
  if (*p != '.') return p;
  const char *first = ++p;
  for (uint64_t part = scale / 10; *p >= '0' && *p <= '9'; ++p, part /= 10) {
    *out += part * (uint64_t)(*p - '0');
  }
  return p == first ? NULL : p;
}

int cli_value_number(uint32_t *out, const char *text) {
  uint64_t value = 0;
  if (strchr(text, '.') != NULL) return 0;
  const char *end = take_scaled(&value, text, 1);
  *out = (uint32_t)value;
  return end != NULL && *end == '\0' && value <= UINT32_MAX;
}

int cli_value_size(uint64_t *out, const char *text) {
  static const char kUnits[] = "kKmMgGtT";
  size_t len = strlen(text);
  const char *unit = len == 0 ? NULL : strchr(kUnits, text[len - 1]);
  uint64_t scale = 1;
  if (unit != NULL) {
    for (ptrdiff_t i = 0; i <= (unit - kUnits) / 2; ++i) scale *= 1000;
  } else if (strchr(text, '.') != NULL) {
    return 0;
  }
  const char *end = take_scaled(out, text, scale);
  if (end == NULL) return 0;
  return unit == NULL ? *end == '\0' : end == text + len - 1;
}

int cli_value_seconds(int64_t *out_ms, const char *text) {
  uint64_t value = 0;
  const char *end = take_scaled(&value, text, 1000);
  *out_ms = (int64_t)value;
  // A year is long enough, and keeps sums of times within bounds.
  return end != NULL && *end == '\0' && value > 0 && value <= UINT64_C(31536000000);
}
