// The quoting of mboxrd: a line that begins with any number of '>' and then "From " gets one '>'
// more, so that no line of a message is taken for the start of the next, and a reader can undo it.
#ifndef POP3_TOOLS_CLI_MBOX_QUOTE_H_
#define POP3_TOOLS_CLI_MBOX_QUOTE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// cli_mbox_put_fn takes quoted octets. Returns 0, or an errno that stops the quoting.
typedef int (*cli_mbox_put_fn)(void *arg, const uint8_t *data, size_t data_len);

// cli_mbox_quote quotes one message that comes in pieces, cut anywhere.
typedef struct cli_mbox_quote {
  int at_start;    // 1: only '>' and |matched| octets of "From " since the line began
  size_t matched;  // octets of "From " that were seen and not handed on yet
  uint8_t last;    // the last octet seen, 0 at the start
} cli_mbox_quote;

// cli_mbox_quote_start begins a message.
void cli_mbox_quote_start(cli_mbox_quote *quote);

// cli_mbox_quote_put hands |data| on to |put|, quoted. Returns 0 or what |put| returned.
int cli_mbox_quote_put(cli_mbox_quote *quote, const uint8_t *data, size_t data_len,
                       cli_mbox_put_fn put, void *arg);

// cli_mbox_quote_finish hands on what was held back. |*out_open_line| is 1 if the message is not
// empty and does not end in LF.
int cli_mbox_quote_finish(cli_mbox_quote *quote, int *out_open_line, cli_mbox_put_fn put,
                          void *arg);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_MBOX_QUOTE_H_
