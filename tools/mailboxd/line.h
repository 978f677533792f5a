// Cutting the octets that a client sends into command lines.
#ifndef TOOLS_MAILBOXD_LINE_H_
#define TOOLS_MAILBOXD_LINE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// LINE_MAX_COMMAND is how long a command line may be, CRLF included.
#define LINE_MAX_COMMAND 512u

enum line_result {
  LINE_NONE,      // no whole line yet
  LINE_SKIPPED,   // the rest of a bad line has been dropped: call again
  LINE_GOOD,      // a line
  LINE_TOO_LONG,  // more than the maximum without CRLF: what follows is skipped up to the next CRLF
  LINE_BAD_OCTET  // a control character, a bare CR or LF in it: likewise
};

// line_reader is what is remembered between two pieces of input. {0} begins.
struct line_reader {
  int skipping;  // a bad line has been reported; its rest is being dropped
};

// line_next looks for one line at the start of |in|. |*out_used| receives how many octets are done
// with, |*out_len| the length of a good line (which begins at |in|) without its CRLF. A bad line
// gives one result, whatever its length. After LINE_NONE the octets that were not used must come
// again, with more behind them; they are fewer than |max|.
enum line_result line_next(struct line_reader *reader, const uint8_t *in, size_t in_len, size_t max,
                           size_t *out_used, size_t *out_len);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_LINE_H_
