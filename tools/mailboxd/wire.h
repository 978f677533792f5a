// The wire form of a message: lines ended by CRLF, a dot doubled where a line begins with one.
//
// Stored mail may end its lines with LF or CRLF. Every line is sent with CRLF, a last line without
// an end gets one; bare CRs, NULs and octets with the high bit pass unchanged. Read from an mbox, a
// line of the form >From , >>From  ... loses one '>' (the mboxrd rule).
#ifndef TOOLS_MAILBOXD_WIRE_H_
#define TOOLS_MAILBOXD_WIRE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// wire is a conversion under way: it may be fed a message in pieces of any length.
struct wire {
  int unquote;       // the mboxrd rule is on
  int mid_line;      // the next octet does not begin a line
  int after_cr;      // the last octet was a CR
  uint64_t octets;   // wire octets so far without the doubled dots: what LIST says
  uint64_t dots;     // dots that were doubled
  uint64_t changes;  // places where the wire form differs from the stored one
};

// WIRE_LOOKAHEAD is what wire_step may leave of a piece: a longer piece always makes progress.
#define WIRE_LOOKAHEAD 64u

// wire_init begins a message.
void wire_init(struct wire *w, int unquote);

// wire_step converts a piece and returns how many of its octets it used; the rest, fewer than
// WIRE_LOOKAHEAD, must begin the next piece. With |last| nothing follows, and all is used. If |out|
// is NULL it only counts; otherwise there must be room for 2 * |in_len| octets, and |*out_len|
// receives how many were written.
size_t wire_step(struct wire *w, const uint8_t *in, size_t in_len, int last, uint8_t *out,
                 size_t *out_len);

// wire_finish ends the message: it writes CRLF to |out| (which may be NULL) if the last line had no
// end, and returns how many octets that makes.
size_t wire_finish(struct wire *w, uint8_t out[2]);

// wire_top finds the end of the header and a number of lines: the extent of TOP.
struct wire_top {
  uint64_t lines;     // body lines still wanted
  int in_body;        // the empty line has been seen
  uint32_t line_len;  // octets of the line so far, at most 2
  int only_cr;        // they are one CR
};

// wire_top_init begins a message of which |lines| body lines are wanted.
void wire_top_init(struct wire_top *t, uint64_t lines);

// wire_top_step looks at a piece and says whether the end lies in it; |*out_used| receives how many
// of its octets belong to what is wanted. Stored form and wire form give the same lines.
int wire_top_step(struct wire_top *t, const uint8_t *in, size_t in_len, size_t *out_used);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_WIRE_H_
