#include "plugins/oauth/oauth_error.h"

#include <string.h>

size_t p3_oauth_clean(char *text, size_t text_len) {
  if (text_len > P3_OAUTH_DETAIL_MAX) text_len = P3_OAUTH_DETAIL_MAX;
  for (size_t i = 0; i < text_len; i++) {
    if (text[i] < 0x20 || text[i] >= 0x7F) text[i] = '?';
  }
  return text_len;
}

static size_t skip_space(const char *json, size_t len, size_t at) {
  while (at < len &&
         (json[at] == ' ' || json[at] == '\t' || json[at] == '\r' || json[at] == '\n')) {
    at++;
  }
  return at;
}

// Returns where the string that begins at |at|, a quote, ends: behind its other quote, or |len|.
static size_t skip_string(const char *json, size_t len, size_t at) {
  for (at++; at < len && json[at] != '"'; at++) {
    if (json[at] == '\\') at++;
  }
  return at < len ? at + 1 : len;
}

static int is_value_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == ' ';
}

// The words of a value, as far as they are words.
static int take_value(const char *json, size_t len, size_t at, char out[P3_OAUTH_STATUS_MAX]) {
  size_t out_len = 0;
  const int quoted = at < len && json[at] == '"';
  if (quoted) at++;
  for (; at < len && is_value_char(json[at]) && out_len < P3_OAUTH_STATUS_MAX - 1; at++) {
    if (!quoted && json[at] == ' ') break;
    out[out_len++] = json[at];
  }
  out[out_len] = '\0';
  return out_len > 0;
}

int p3_oauth_status(const char *json, size_t json_len, char out[P3_OAUTH_STATUS_MAX]) {
  static const char kKey[] = "\"status\"";
  size_t depth = 0;
  out[0] = '\0';
  for (size_t at = 0; at < json_len;) {
    const char c = json[at];
    if (c == '{' || c == '[') depth++;
    if ((c == '}' || c == ']') && depth > 0) depth--;
    if (c != '"') {
      at++;
      continue;
    }
    const size_t end = skip_string(json, json_len, at);
    const size_t colon = skip_space(json, json_len, end);
    const int is_status = end - at == sizeof(kKey) - 1 && memcmp(json + at, kKey, end - at) == 0;
    if (is_status && depth == 1 && colon < json_len && json[colon] == ':') {
      return take_value(json, json_len, skip_space(json, json_len, colon + 1), out);
    }
    at = end;
  }
  return 0;
}
