// Ready-made sinks: into memory, a FILE, a descriptor; by lines; and listings in an array.
//
//   pop3_sink sink = POP3_SINK_INIT;
//   pop3_buffer_sink(&buffer, &sink);
#ifndef POP3_COLLECT_H_
#define POP3_COLLECT_H_

#include <pop3/allocator.h>
#include <pop3/request.h>
#include <pop3/size.h>
#include <pop3/status.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_buffer collects a body in memory. It never grows: what it may need one day has |room|.
typedef struct pop3_buffer {
  uint8_t *data;  // followed by a NUL that does not count; NULL when empty
  size_t len;
  size_t cap;
  uint64_t max;        // octets at the most
  pop3_status status;  // POP3_OK, POP3_ERR_MEMORY or POP3_ERR_LIMIT
  pop3_allocator allocator;
  void *room[4];  // libpop3's own
} pop3_buffer;

// pop3_buffer_init makes |buffer| empty. |max| 0 is 2^30 octets. |allocator| may be NULL.
void pop3_buffer_init(pop3_buffer *buffer, uint64_t max, const pop3_allocator *allocator);

// pop3_buffer_cleanup frees the octets; |buffer| is then empty and may be used again.
void pop3_buffer_cleanup(pop3_buffer *buffer);

// pop3_buffer_sink makes |out|, which was made by POP3_SINK_INIT, a sink that appends to |buffer|.
// When that is full or memory runs out it stops, and buffer->status says why.
void pop3_buffer_sink(pop3_buffer *buffer, pop3_sink *out);

// pop3_stream writes a body to a FILE or a descriptor. Start from POP3_STREAM_INIT.
typedef struct pop3_stream {
  uint32_t size;  // sizeof(pop3_stream)
  int fd;         // used if |file| is NULL
  FILE *file;     // or NULL
  int sys_errno;  // of the write that failed, else 0
  uint32_t reserved;
  uint64_t octets;  // written so far
} pop3_stream;

// POP3_STREAM_INIT writes to |file_|, or, if that is NULL, to the descriptor that you set.
#define POP3_STREAM_INIT(file_) \
  { POP3_SIZEOF(pop3_stream), -1, (file_), 0, 0, 0 }

// pop3_stream_init is POP3_STREAM_INIT for languages without macros. |size| is how large the
// caller's struct is: nothing is written behind it.
void pop3_stream_init(pop3_stream *stream, size_t size, FILE *file);

// pop3_stream_sink makes |out|, which was made by POP3_SINK_INIT, a sink that writes to |stream|; a
// failed write stops it, and stream->sys_errno says why. A descriptor is written to until all is
// out, also if that blocks. Nothing is closed or flushed.
void pop3_stream_sink(pop3_stream *stream, pop3_sink *out);

// pop3_lines hands a body to a function line by line. A line ends in LF; a CR right before that is
// part of its end, any other CR is part of the line. Start from POP3_LINES_INIT. It serves one
// operation at a time, and begins anew with each; for several in flight take several. (All lines in
// memory are one allocation with pop3_buffer; an array of them would cost one each.)
typedef struct pop3_lines {
  uint32_t size;       // sizeof(pop3_lines)
  pop3_status status;  // POP3_OK; why this stopped: POP3_ERR_LIMIT (|max_line|), POP3_ERR_MEMORY
  // line gets a line without its end, not NUL-terminated, valid until it returns. With
  // POP3_SINK_STOP no further line comes. With POP3_SINK_PAUSE the lines that were read together
  // with this one still come (at most limits.recv_buffer octets), then none until pop3_resume().
  pop3_sink_verdict (*line)(void *arg, const uint8_t *data, size_t data_len);
  void (*done)(void *arg, const pop3_result *result);  // that of the sink; may be NULL, and may
                                                       // free the struct
  void *arg;
  uint64_t max_line;         // octets of a line without its end; 0: 2^20 (poplib has 2048)
  uint64_t octets;           // of the lines handed out, with their ends as on the wire
  uint64_t num_lines;        // handed out
  pop3_allocator allocator;  // of the memory for a line that comes in pieces; all zeros: malloc
  uint8_t *held;             // this and all below: libpop3's own
  size_t held_len;
  size_t held_cap;
  int *watch;
  uint32_t is_over;
  uint32_t reserved;
} pop3_lines;

// POP3_LINES_INIT hands lines to |line_|, a function like pop3_lines.line, with |arg_|.
#define POP3_LINES_INIT(line_, arg_)                                                          \
  {                                                                                           \
    POP3_SIZEOF(pop3_lines), POP3_OK, (line_), NULL, (arg_), 0, 0, 0, POP3_ALLOCATOR_DEFAULT, \
        NULL, 0, 0, NULL, 0, 0                                                                \
  }

// pop3_lines_init is POP3_LINES_INIT for languages without macros. |size| is how large the caller's
// struct is: nothing is written behind it.
void pop3_lines_init(pop3_lines *lines, size_t size,
                     pop3_sink_verdict (*line)(void *arg, const uint8_t *data, size_t data_len),
                     void *arg);

// pop3_lines_cleanup frees the memory for a line that comes in pieces. |lines| may be used again.
// Not from |line|.
void pop3_lines_cleanup(pop3_lines *lines);

// pop3_lines_sink makes |out|, which was made by POP3_SINK_INIT, a sink that hands lines to
// lines->line. What stands behind the last line end is handed out as a line when the operation ends
// with POP3_OK, and dropped when it does not: then it may be half a line.
void pop3_lines_sink(pop3_lines *lines, pop3_sink *out);

// pop3_listing_entry is a line of LIST or UIDL. It never grows: there are arrays of it, and what it
// has no member for can be read from |line|, which is all that the server said.
typedef struct pop3_listing_entry {
  uint32_t number;   // message number
  uint32_t uid_len;  // UIDL; else 0
  uint64_t octets;   // LIST: of the message; else 0
  const char *uid;   // UIDL, NUL-terminated, the end of |line|; else NULL
  const char *line;  // as the server sent it, "1 120 and more", un-stuffed, without its line end;
                     // NUL-terminated
  size_t line_len;   // octets of |line|
} pop3_listing_entry;

// pop3_listing collects LIST or UIDL. It owns its entries and their text. They are in the server's
// order. It never grows: what it may need one day has |room|.
typedef struct pop3_listing {
  pop3_listing_entry *entries;
  size_t num_entries;
  uint64_t octets;     // of the lines of all entries with their line ends as on the wire, as poplib
                       // counts: a dot that was stuffed, the status line and the final "." do not
  pop3_status status;  // POP3_OK, POP3_ERR_MEMORY or POP3_ERR_LIMIT
  void *storage;       // libpop3's own
  pop3_allocator allocator;
  void *room[4];  // libpop3's own
} pop3_listing;

// pop3_listing_init makes |listing| empty. |allocator| may be NULL.
void pop3_listing_init(pop3_listing *listing, const pop3_allocator *allocator);

// pop3_listing_cleanup frees the entries; |listing| is then empty and may be used again.
void pop3_listing_cleanup(pop3_listing *listing);

// pop3_listing_sink makes |out|, which was made by POP3_SINK_INIT, a sink that appends the items of
// LIST or UIDL; memory that runs out stops it.
void pop3_listing_sink(pop3_listing *listing, pop3_sink *out);

#ifdef __cplusplus
}
#endif

#endif  // POP3_COLLECT_H_
