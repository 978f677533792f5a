#include "tools/mailboxd/io.h"

#include <errno.h>
#include <sys/socket.h>

static enum io_result plain_read(void *state, int fd, uint8_t *out, size_t cap, size_t *out_len) {
  (void)state;
  ssize_t got;
  do {
    got = recv(fd, out, cap, MSG_DONTWAIT);
  } while (got < 0 && errno == EINTR);
  if (got > 0) {
    *out_len = (size_t)got;
    return IO_DONE;
  }
  if (got == 0) {
    return IO_EOF;
  }
  return errno == EAGAIN || errno == EWOULDBLOCK ? IO_WANT_READ : IO_FAILED;
}

// EFAULT is among the failures: a mapped file has been truncated.
static enum io_result plain_write(void *state, int fd, const struct iovec *iov, size_t iov_len,
                                  size_t *out_len) {
  (void)state;
  // The kernel only reads the spans: msghdr has no const form.
  struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)iov, .msg_iovlen = iov_len};
  ssize_t sent;
  do {
    sent = sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent >= 0) {
    *out_len = (size_t)sent;
    return IO_DONE;
  }
  return errno == EAGAIN || errno == EWOULDBLOCK ? IO_WANT_WRITE : IO_FAILED;
}

const struct io_ops io_plain = {.read = plain_read, .write = plain_write};
