// What may stand in a command line: the check of each argument before anything is written.
#ifndef POP3_CORE_CODEC_ARGUMENT_H_
#define POP3_CORE_CODEC_ARGUMENT_H_

#include <pop3/status.h>

#include "core/codec/command_table.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_argument_label returns the argument's name for error texts. The string is static.
const char *p3_argument_label(p3_argument kind);

// p3_argument_check says POP3_OK if |data| may be sent as |kind|, else POP3_ERR_ARGUMENT with the
// argument, the reason and the octet (from 0) in |err|, but never the contents. |data| NULL is "not
// given". A whole line begins with a verb, has no CR, LF or NUL, and is neither STLS nor AUTH with
// arguments: these need more than a line.
pop3_status p3_argument_check(p3_argument kind, const char *data, size_t len, pop3_error *err);

// p3_line_break returns where in |line| the first CR, LF or NUL is: what would end a command line
// early. |line_len| if there is none.
size_t p3_line_break(const void *line, size_t line_len);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_CODEC_ARGUMENT_H_
