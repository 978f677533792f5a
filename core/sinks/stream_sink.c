#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <pop3/collect.h>
#include <time.h>
#include <unistd.h>

#include "core/base/fill.h"

// write_all writes to a descriptor. Returns 0, or the errno that stopped it.
static int write_all(pop3_stream *stream, const uint8_t *data, size_t data_len) {
  // The core polls nothing but the connection: a descriptor that does not block, such as a pipe
  // that was set so by somebody else, is tried again after a short sleep.
  static const struct timespec kPause = {0, 1000000};
  while (data_len > 0) {
    ssize_t written = write(stream->fd, data, data_len);
    if (written > 0) {
      data += written;
      data_len -= (size_t)written;
      stream->octets += (uint64_t)written;
    } else if (written == 0) {
      return EIO;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      (void)nanosleep(&kPause, NULL);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

static int write_file(pop3_stream *stream, const uint8_t *data, size_t data_len) {
  errno = 0;
  size_t written = data_len == 0 ? 0 : fwrite(data, 1, data_len, stream->file);
  stream->octets += written;
  if (written == data_len) {
    return 0;
  }
  return errno != 0 ? errno : EIO;
}

static pop3_sink_verdict body(void *arg, const uint8_t *data, size_t data_len) {
  pop3_stream *stream = arg;
  if (stream->sys_errno == 0) {
    stream->sys_errno = stream->file != NULL ? write_file(stream, data, data_len)
                                             : write_all(stream, data, data_len);
  }
  return stream->sys_errno == 0 ? POP3_SINK_CONTINUE : POP3_SINK_STOP;
}

void pop3_stream_sink(pop3_stream *stream, pop3_sink *out) {
  pop3_sink sink = POP3_SINK_INIT;
  sink.body = body;
  sink.arg = stream;
  (void)p3_fill(out, &sink, sizeof(sink));
}
