// The texts of a recording: octets with escapes, which plugins/record/record.h describes.
#ifndef POP3_PLUGINS_RECORD_ESCAPE_H_
#define POP3_PLUGINS_RECORD_ESCAPE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// POP3_RECORD_LINE_MAX is the longest line of a file, its LF not counted.
#define POP3_RECORD_LINE_MAX 16400

// POP3_RECORD_ESCAPE_MAX is the most characters that stand for an octet.
#define POP3_RECORD_ESCAPE_MAX 4

// pop3_record_escape writes |octet| to |out|, without a NUL. Returns how many characters it took.
size_t pop3_record_escape(char *out, uint8_t octet);

// What pop3_record_unescape returns beside octets.
enum {
  POP3_RECORD_ANY = 256,  // \?
  POP3_RECORD_END = -1,   // nothing is left
  POP3_RECORD_BAD = -2    // no such escape
};

// pop3_record_unescape takes the next octet off the text from |*at| to |end|.
int pop3_record_unescape(const char **at, const char *end);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_RECORD_ESCAPE_H_
