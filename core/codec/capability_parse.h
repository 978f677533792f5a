// Building a pop3_capabilities from the lines of a CAPA response.
#ifndef POP3_CORE_CODEC_CAPABILITY_PARSE_H_
#define POP3_CORE_CODEC_CAPABILITY_PARSE_H_

#include <pop3/capability.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_capabilities_init makes |caps| empty. |allocator| is resolved already.
void p3_capabilities_init(pop3_capabilities *caps, const pop3_allocator *allocator);

// p3_capabilities_add takes one line (without line end). The strings of |caps| may move: nothing
// but p3_capabilities_finish makes them valid. A line that breaks RFC 2449's grammar is left out
// and counted as damaged, unless POP3_QUIRK_CAPA_DAMAGE allows it (a keyword run together with its
// value, "EXPIRENEVER", is then understood; a value that is no number is taken as absent; a blank
// line is dropped; a binary one, and one with a dot or 8-bit octets in its keyword, is damaged all
// the same). POP3_ERR_LIMIT past
// limits->max_capa_lines or max_capa_octets.
pop3_status p3_capabilities_add(pop3_capabilities *caps, const char *line, size_t line_len,
                                const pop3_limits *limits, pop3_quirks *quirks, pop3_error *err);

// p3_capabilities_finish fills the table after the last line. POP3_ERR_MEMORY.
pop3_status p3_capabilities_finish(pop3_capabilities *caps, pop3_error *err);

// p3_capabilities_cleanup frees what |caps| owns and makes it empty.
void p3_capabilities_cleanup(pop3_capabilities *caps);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_CODEC_CAPABILITY_PARSE_H_
