#define _POSIX_C_SOURCE 200809L
#include "tools/cli/fd_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Handed over to sinks by nobody: what is written belongs to the program's one connection.
static const cli_patience kForever;
static const cli_patience *g_patience = &kForever;

void cli_write_limit(const cli_patience *patience) {
  g_patience = patience != NULL ? patience : &kForever;
}

// Waits until PIPE_BUF octets can be written. Returns 0 or an errno.
static int wait_for_room(int fd) {
  for (;;) {
    struct pollfd wait = {fd, POLLOUT, 0};
    int ready = poll(&wait, 1, cli_patience_slice(g_patience, CLI_PATIENCE_SLICE_MS));
    if (ready > 0) return 0;
    if (ready < 0 && errno != EINTR && errno != EAGAIN) return errno;
    // After the look at the descriptor: what is taken in time is written also after a signal.
    pop3_status status = cli_patience_check(g_patience, "", NULL);
    if (status != POP3_OK) return status == POP3_ERR_TIMEOUT ? ETIMEDOUT : EINTR;
  }
}

// A non-blocking descriptor for what |fd| stands for. That |fd| itself blocks is a matter of all
// who have it from whoever started us. -1 if there is none: no /proc, say.
static int open_again(int fd) {
  char path[32];
  (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
  return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

// Writes up to |most| octets at a time; |waits| says to wait for room before each.
static int write_pieces(int fd, const uint8_t *data, size_t data_len, size_t most, int waits) {
  while (data_len > 0) {
    int sys_errno = waits ? wait_for_room(fd) : 0;
    if (sys_errno != 0) return sys_errno;
    ssize_t n = write(fd, data, data_len < most ? data_len : most);
    if (n > 0) {
      data += n;
      data_len -= (size_t)n;
    } else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      sys_errno = wait_for_room(fd);
      if (sys_errno != 0) return sys_errno;
    } else if (n < 0 && errno != EINTR) {
      return errno;
    } else if (n == 0) {
      return EIO;
    }
  }
  return 0;
}

int cli_write_all(int fd, const uint8_t *data, size_t data_len) {
  struct stat info;
  if (data_len == 0) return 0;
  int is_known = fstat(fd, &info) == 0;
  int is_stream = is_known && (S_ISFIFO(info.st_mode) || isatty(fd));
  if (!is_stream && !(is_known && S_ISSOCK(info.st_mode))) {
    return write_pieces(fd, data, data_len, data_len, 0);  // nobody has to be waited for
  }
  int own = is_stream ? open_again(fd) : -1;
  if (own < 0) return write_pieces(fd, data, data_len, PIPE_BUF, 1);
  int sys_errno = write_pieces(own, data, data_len, data_len, 0);
  (void)close(own);
  return sys_errno;
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
