#define _POSIX_C_SOURCE 200809L
#include "transports/sockio.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const char *p3_sock_words(int sys_errno, char *buf, size_t buf_cap) {
  switch (sys_errno) {
    case ECONNREFUSED:
      return "refused";
    case ETIMEDOUT:
      return "no answer";
    case ENETUNREACH:
      return "network unreachable";
    case EHOSTUNREACH:
      return "host unreachable";
    case ENETDOWN:
      return "network is down";
    case EADDRNOTAVAIL:
      return "address not available";
    case EADDRINUSE:
      return "address in use";
    case EAFNOSUPPORT:
      return "address family not supported";
    case ECONNRESET:
      return "reset";
    case EACCES:
    case EPERM:
      return "no permission";
    case EMFILE:
    case ENFILE:
      return "too many open files";
    default:
      if (strerror_r(sys_errno, buf, buf_cap) != 0) return "failed";
      return buf;
  }
}

static pop3_io fail(const pop3_host *host, const char *layer, const char *doing, int sys_errno,
                    pop3_error *err) {
  char buf[P3_SOCK_WORDS_MAX];
  const char *words;
  switch (sys_errno) {
    case ECONNRESET:
      words = "the server reset the connection";
      break;
    case EPIPE:
      words = "the server closed the connection";
      break;
    case ETIMEDOUT:
      words = "the connection is dead: the server's machine no longer answers";
      break;
    default:
      words = p3_sock_words(sys_errno, buf, sizeof(buf));
      break;
  }
  host->fail(host->ctx, err, POP3_ERR_IO, layer, sys_errno, 0, "%s failed: %s", doing, words);
  return POP3_IO_FAIL;
}

pop3_io p3_sock_read(const pop3_host *host, const char *layer, int fd, uint8_t *buf, size_t cap,
                     size_t *out_len, pop3_error *err) {
  ssize_t got;
  do {
    got = recv(fd, buf, cap, MSG_DONTWAIT);
  } while (got < 0 && errno == EINTR);
  if (got > 0) {
    *out_len = (size_t)got;
    return POP3_IO_DONE;
  }
  if (got == 0) return POP3_IO_EOF;
  if (errno == EAGAIN || errno == EWOULDBLOCK) return POP3_IO_WANT_READ;
  return fail(host, layer, "reading", errno, err);
}

pop3_io p3_sock_write(const pop3_host *host, const char *layer, int fd, const uint8_t *data,
                      size_t data_len, size_t *out_len, pop3_error *err) {
  ssize_t put;
  do {
    put = send(fd, data, data_len, MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (put < 0 && errno == EINTR);
  if (put > 0) {
    *out_len = (size_t)put;
    return POP3_IO_DONE;
  }
  if (put == 0 || errno == EAGAIN || errno == EWOULDBLOCK) return POP3_IO_WANT_WRITE;
  return fail(host, layer, "writing", errno, err);
}

pop3_io p3_sock_shutdown(const pop3_host *host, const char *layer, int fd, pop3_error *err) {
  // ENOTCONN: the peer was faster and the connection is gone, which is what was wanted.
  if (shutdown(fd, SHUT_WR) == 0 || errno == ENOTCONN) return POP3_IO_DONE;
  return fail(host, layer, "shutting down", errno, err);
}

void p3_sock_wait(pop3_interest *io, int fd, uint32_t events) {
  if (fd < 0 || events == 0 || io->num_fds >= POP3_INTEREST_FDS) return;
  io->fds[io->num_fds].fd = fd;
  io->fds[io->num_fds].events = events;
  io->num_fds++;
}

void p3_sock_call_at(pop3_interest *io, int64_t deadline_ms) {
  if (io->deadline_ms == POP3_NO_DEADLINE || io->deadline_ms > deadline_ms) {
    io->deadline_ms = deadline_ms;
  }
}

pop3_status p3_sock_answer(pop3_answer *out, const char *text) {
  out->data = (const uint8_t *)text;
  out->data_len = strlen(text);
  return POP3_OK;
}

void p3_sock_close(int *fd) {
  // Not repeated on EINTR: Linux has closed it by then.
  if (*fd >= 0) close(*fd);
  *fd = -1;
}
