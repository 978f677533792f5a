// Finding the messages of an mbox.
#ifndef TOOLS_MAILBOXD_MBOX_PARSE_H_
#define TOOLS_MAILBOXD_MBOX_PARSE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// mbox_range is where one message lies in the file. The next one's From line begins where `end` is.
struct mbox_range {
  uint64_t from;   // its From line
  uint64_t start;  // its first octet
  uint64_t stop;   // behind its last octet: an empty line that ends it is not counted
  uint64_t end;    // behind that empty line
};

// mbox_parser finds ranges in a file that it is fed in pieces.
struct mbox_parser {
  uint64_t at;           // how far the file has been looked at
  uint64_t line_start;   // where the current line begins
  uint32_t line_len;     // its length so far, at most sizeof line
  uint8_t line[8];       // its first octets
  int after_empty;       // the line before was empty, or there is none
  uint64_t empty_start;  // where that empty line begins
  int in_message;
  struct mbox_range range;  // the message that is being read
};

// mbox_sink gets each message when its end is known; 0 stops the parser.
typedef int mbox_sink(void *arg, const struct mbox_range *range);

// mbox_parser_init begins a file.
void mbox_parser_init(struct mbox_parser *parser);

// mbox_parser_feed looks at the next piece; 0 if the sink said so, or if the file does not
// begin with a From line.
int mbox_parser_feed(struct mbox_parser *parser, const uint8_t *in, size_t in_len, mbox_sink *sink,
                     void *arg);

// mbox_parser_finish ends the file: the last message gets its end.
int mbox_parser_finish(struct mbox_parser *parser, mbox_sink *sink, void *arg);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_MBOX_PARSE_H_
