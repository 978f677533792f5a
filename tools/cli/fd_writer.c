#define _POSIX_C_SOURCE 200809L
#include "tools/cli/fd_writer.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

int cli_write_all(int fd, const uint8_t *data, size_t data_len) {
  while (data_len > 0) {
    ssize_t n = write(fd, data, data_len);
    if (n > 0) {
      data += n;
      data_len -= (size_t)n;
    } else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      struct pollfd wait = {fd, POLLOUT, 0};  // somebody made our standard output non-blocking
      if (poll(&wait, 1, -1) < 0 && errno != EINTR) return errno;
    } else if (n < 0 && errno != EINTR) {
      return errno;
    } else if (n == 0) {
      return EIO;
    }
  }
  return 0;
}

void cli_fd_writer_start(cli_fd_writer *writer, int fd) {
  writer->fd = fd;
  writer->len = 0;
}

int cli_fd_writer_flush(cli_fd_writer *writer) {
  int sys_errno = cli_write_all(writer->fd, writer->buffer, writer->len);
  writer->len = 0;
  return sys_errno;
}

int cli_fd_writer_put(cli_fd_writer *writer, const uint8_t *data, size_t data_len) {
  if (data_len == 0) return 0;
  if (data_len > sizeof(writer->buffer) - writer->len) {
    int sys_errno = cli_fd_writer_flush(writer);
    if (sys_errno != 0) return sys_errno;
    if (data_len >= sizeof(writer->buffer)) return cli_write_all(writer->fd, data, data_len);
  }
  memcpy(writer->buffer + writer->len, data, data_len);
  writer->len += data_len;
  return 0;
}
