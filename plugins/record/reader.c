#define _POSIX_C_SOURCE 200809L  // pread
#include "plugins/record/reader.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void p3_record_reader_init(p3_record_reader *reader, int fd) {
  reader->fd = fd;
  reader->offset = 0;
  reader->line = 0;
  reader->at = reader->len = 0;
}

// Reads more behind what is there. 0: the end; -1: errno.
static int fill(p3_record_reader *reader) {
  if (reader->at > 0) {
    reader->len -= reader->at;
    memmove(reader->buf, reader->buf + reader->at, reader->len);
    reader->at = 0;
  }
  ssize_t got;
  do {
    got = pread(reader->fd, reader->buf + reader->len, sizeof(reader->buf) - reader->len,
                reader->offset);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return (int)got;
  reader->offset += got;
  reader->len += (size_t)got;
  return 1;
}

static const char *check_text(const p3_record_line *line) {
  const char *at = line->text;
  for (;;) {
    int octet = p3_record_unescape(&at, line->end);
    if (octet == P3_RECORD_END) return NULL;
    if (octet == P3_RECORD_BAD) return "an octet that is not ASCII, or an invalid escape";
    if (octet == P3_RECORD_ANY && line->kind != 'C') return "\\? is allowed in C lines only";
  }
}

static const char *parse(p3_record_line *out, const char *text, const char *end) {
  static const char kHeader[] = "pop3-record 1";
  size_t len = (size_t)(end - text);
  out->text = out->end = end;
  if (len == sizeof(kHeader) - 1 && memcmp(text, kHeader, len) == 0) {
    out->kind = 'H';
    return NULL;
  }
  out->kind = text[0];
  if (len == 1 && (text[0] == 'E' || text[0] == 'T')) return NULL;
  if (len < 2 || text[1] != ' ' || memchr("SCF", text[0], 3) == NULL) {
    return "not a line of a recording";
  }
  out->text = text + 2;
  return check_text(out);
}

const char *p3_record_next(p3_record_reader *reader, p3_record_line *out, int *out_errno) {
  *out_errno = 0;
  for (;;) {
    char *start = reader->buf + reader->at;
    char *lf = memchr(start, '\n', reader->len - reader->at);
    if (lf == NULL) {
      if (reader->len - reader->at == sizeof(reader->buf)) {
        reader->line++;
        return "it has more than 16400 octets";
      }
      int more = fill(reader);
      if (more > 0) continue;
      if (more < 0) {
        *out_errno = errno;
        return "cannot be read";
      }
      out->kind = 0;
      out->text = out->end = reader->buf;
      if (reader->len == reader->at) return NULL;
      reader->line++;
      return "it does not end: the recording is cut";
    }
    reader->line++;
    reader->at = (size_t)(lf + 1 - reader->buf);
    if (lf == start || start[0] == '#') continue;
    return parse(out, start, lf);
  }
}
