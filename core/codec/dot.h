// Un-stuffing the body of a multi-line response (RFC 1939 section 3), whatever the chunking.
#ifndef POP3_CORE_CODEC_DOT_H_
#define POP3_CORE_CODEC_DOT_H_

#include <pop3/limits.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_dot_state is where in the stream the decoder stands.
typedef enum p3_dot_state {
  P3_DOT_LINE_START = 0,  // behind CRLF, or at the beginning
  P3_DOT_BARE_START,      // behind LF alone, where that ends a line
  P3_DOT_MID_LINE,
  P3_DOT_CR,      // the last octet was CR
  P3_DOT_DOT,     // a dot at the start of a line was read and dropped
  P3_DOT_DOT_CR,  // and a CR behind it, not handed out yet
  P3_DOT_END      // CRLF . CRLF was read
} p3_dot_state;

// p3_dot decodes one body. It keeps no octets, so that spans are never copied.
typedef struct p3_dot {
  p3_dot_state state;
  int bare_lf;  // LF alone ends a line (POP3_QUIRK_BARE_LF)
} p3_dot;

// p3_dot_init begins a body.
void p3_dot_init(p3_dot *dot, int bare_lf);

// p3_dot_next reads some of the |len| > 0 octets at |data|, tells in |*out_read| how many (at
// least one, except for a step that only changes state), and hands out at most one span of the
// body: a pointer into |data|, or to a constant CR that an earlier call had to hold back. Each line
// end where the quirk mattered, that is before a dot or behind the last one, is counted in
// |quirks|. Call again with what is left until all is read or the state is P3_DOT_END, behind
// which nothing is read.
void p3_dot_next(p3_dot *dot, const uint8_t *data, size_t len, size_t *out_read,
                 const uint8_t **out_span, size_t *out_span_len, pop3_quirks *quirks);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_CODEC_DOT_H_
