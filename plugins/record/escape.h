// The texts of a recording: octets with escapes, which plugins/record/record.h describes.
#ifndef POP3_PLUGINS_RECORD_ESCAPE_H_
#define POP3_PLUGINS_RECORD_ESCAPE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// P3_RECORD_LINE_MAX is the longest line of a file, its LF not counted.
#define P3_RECORD_LINE_MAX 16400

// P3_RECORD_ESCAPE_MAX is the most characters that stand for an octet.
#define P3_RECORD_ESCAPE_MAX 4

// p3_record_escape writes |octet| to |out|, without a NUL. Returns how many characters it took.
size_t p3_record_escape(char *out, uint8_t octet);

// What p3_record_unescape returns beside octets.
enum {
  P3_RECORD_ANY = 256,  // \?
  P3_RECORD_END = -1,   // nothing is left
  P3_RECORD_BAD = -2    // no such escape
};

// p3_record_unescape takes the next octet off the text from |*at| to |end|.
int p3_record_unescape(const char **at, const char *end);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_RECORD_ESCAPE_H_
