// What may stand in a command line: the check of each argument before anything is written.
#ifndef POP3_CORE_CODEC_ARGUMENT_H_
#define POP3_CORE_CODEC_ARGUMENT_H_

#include <pop3/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_argument is a kind of argument, with a grammar of its own.
typedef enum pop3_argument {
  POP3_ARG_NONE = 0,   // there must be none
  POP3_ARG_USER,       // user name: no control characters, no space at either end
  POP3_ARG_APOP_USER,  // likewise, and no space at all
  POP3_ARG_PASSWORD,   // anything but CR, LF, NUL; may be empty
  POP3_ARG_DIGEST,     // 32 hexadecimal digits
  POP3_ARG_MECHANISM,  // SASL: 1 to 20 letters, digits, "-", "_" (RFC 4422 section 3.1)
  POP3_ARG_RESPONSE,   // base64, or "=" for an empty one; optional (RFC 5034 section 4)
  POP3_ARG_LANGUAGE,   // tag of letters, digits, "-", or "*"; optional (RFC 6856 section 3.2)
  POP3_ARG_LINE        // a whole line: see pop3_argument_check
} pop3_argument;

// pop3_argument_label returns the argument's name for error texts. The string is static.
const char *pop3_argument_label(pop3_argument kind);

// pop3_argument_check says POP3_OK if |data| may be sent as |kind|, else POP3_ERR_ARGUMENT with the
// argument, the reason and the octet (from 0) in |err|, but never the contents. |data| NULL is "not
// given". A whole line begins with a verb, has no control characters (but in the password of PASS),
// and is neither STLS nor AUTH with arguments: these need more than a line.
pop3_status pop3_argument_check(pop3_argument kind, const char *data, size_t len, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_CODEC_ARGUMENT_H_
