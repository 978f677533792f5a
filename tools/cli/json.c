#include "tools/cli/json.h"

#include <inttypes.h>
#include <string.h>

void cli_json_init(cli_json *json, FILE *out) {
  memset(json, 0, sizeof(*json));
  json->out = out;
}

// Writes the comma that a second or later value needs.
static void separate(cli_json *json) {
  if (json->after_key) {
    json->after_key = 0;
    return;
  }
  if (json->depth > 0) {
    if (json->has_members[json->depth - 1]) fputc(',', json->out);
    json->has_members[json->depth - 1] = 1;
  }
}

void cli_json_open(cli_json *json, char bracket) {
  separate(json);
  fputc(bracket, json->out);
  if (json->depth < CLI_JSON_DEPTH) json->has_members[json->depth++] = 0;
}

void cli_json_close(cli_json *json, char bracket) {
  if (json->depth > 0) json->depth--;
  fputc(bracket, json->out);
}

// The length of the UTF-8 sequence at |p|, or 0 if there is none (RFC 3629: no surrogates, no
// overlong forms, nothing above U+10FFFF).
static size_t utf8_length(const unsigned char *p, size_t len) {
  if (p[0] < 0xC2 || p[0] > 0xF4) return 0;
  size_t need = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
  if (len < need) return 0;
  for (size_t i = 1; i < need; ++i) {
    if ((p[i] & 0xC0) != 0x80) return 0;
  }
  if (p[0] == 0xE0 && p[1] < 0xA0) return 0;
  if (p[0] == 0xED && p[1] > 0x9F) return 0;
  if (p[0] == 0xF0 && p[1] < 0x90) return 0;
  if (p[0] == 0xF4 && p[1] > 0x8F) return 0;
  return need;
}

static void write_quoted(FILE *out, const unsigned char *p, size_t len) {
  fputc('"', out);
  for (size_t i = 0; i < len;) {
    if (p[i] == '"' || p[i] == '\\') {
      fputc('\\', out);
      fputc(p[i++], out);
    } else if (p[i] >= 0x20 && p[i] < 0x7F) {
      fputc(p[i++], out);
    } else {
      size_t sequence = p[i] < 0x80 ? 0 : utf8_length(p + i, len - i);
      if (sequence == 0) {
        fprintf(out, "\\u%04x", p[i++]);
      } else {
        fwrite(p + i, 1, sequence, out);
        i += sequence;
      }
    }
  }
  fputc('"', out);
}

void cli_json_key(cli_json *json, const char *key) {
  separate(json);
  write_quoted(json->out, (const unsigned char *)key, strlen(key));
  fputc(':', json->out);
  json->after_key = 1;
}

void cli_json_number(cli_json *json, uint64_t value) {
  separate(json);
  fprintf(json->out, "%" PRIu64, value);
}

void cli_json_string(cli_json *json, const char *text, size_t text_len) {
  separate(json);
  write_quoted(json->out, (const unsigned char *)text, text_len);
}

void cli_json_bool(cli_json *json, int value) {
  separate(json);
  fputs(value ? "true" : "false", json->out);
}

void cli_json_null(cli_json *json) {
  separate(json);
  fputs("null", json->out);
}

void cli_json_end(cli_json *json) { fputc('\n', json->out); }
