// JSON on a FILE, written as it is known: nothing is collected.
#ifndef POP3_TOOLS_CLI_JSON_H_
#define POP3_TOOLS_CLI_JSON_H_

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

// CLI_JSON_DEPTH is how deep arrays and objects may nest.
#define CLI_JSON_DEPTH 8

// cli_json writes one JSON document. Failures of the FILE are seen with ferror.
typedef struct cli_json {
  FILE *out;
  unsigned depth;
  unsigned char has_members[CLI_JSON_DEPTH];
  unsigned char after_key;
} cli_json;

// cli_json_init starts a document on |out|, which stays the caller's.
void cli_json_init(cli_json *json, FILE *out);

// cli_json_open starts an object ('{') or an array ('['), cli_json_close ends it ('}' or ']').
void cli_json_open(cli_json *json, char bracket);
void cli_json_close(cli_json *json, char bracket);

// cli_json_key writes the name of an object's next member.
void cli_json_key(cli_json *json, const char *key);

// cli_json_number, _string, _bool and _null write a value. Octets of a string that are not UTF-8
// are taken as ISO 8859-1, so that different octets stay different.
void cli_json_number(cli_json *json, uint64_t value);
void cli_json_string(cli_json *json, const char *text, size_t text_len);
void cli_json_bool(cli_json *json, int value);
void cli_json_null(cli_json *json);

// cli_json_end ends the document with a line end.
void cli_json_end(cli_json *json);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_JSON_H_
