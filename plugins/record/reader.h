// Reads a recording line by line, however long it is.
#ifndef POP3_PLUGINS_RECORD_READER_H_
#define POP3_PLUGINS_RECORD_READER_H_

#include <sys/types.h>

#include "plugins/record/escape.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// p3_record_reader is a place in a file. Several may share a descriptor.
typedef struct p3_record_reader {
  int fd;
  off_t offset;   // of what is to be read next
  uint64_t line;  // the number of the line read last
  size_t at;      // |buf| from here to |len| is not used yet
  size_t len;
  char buf[P3_RECORD_LINE_MAX + 1];
} p3_record_reader;

// p3_record_line is a line that is no comment.
typedef struct p3_record_line {
  char kind;         // 'S', 'C', 'E', 'F', 'T'; 'H' for the beginning of a recording; 0: the end
  const char *text;  // in the reader, valid until its next call
  const char *end;
} p3_record_line;

// p3_record_reader_init puts |reader| at the beginning of |fd|, which stays the caller's.
void p3_record_reader_init(p3_record_reader *reader, int fd);

// p3_record_next reads the next line. Returns NULL, or in words what is wrong with it; then
// |*out_errno| is that of a failed system call, or 0.
const char *p3_record_next(p3_record_reader *reader, p3_record_line *out, int *out_errno);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_RECORD_READER_H_
