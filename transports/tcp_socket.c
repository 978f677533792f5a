#define _POSIX_C_SOURCE 200809L
#include "transports/tcp_socket.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// The ports that rlogin's family took for proof that root stands behind them (RFC 1081's RPOP).
enum { FIRST_RESERVED_PORT = 512, LAST_RESERVED_PORT = 1023 };

int p3_tcp_socket_tune(int fd, int nodelay, int keepalive) {
  if (nodelay != P3_TCP_DEFAULT &&
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &nodelay, sizeof(nodelay)) != 0) {
    return errno;
  }
  if (keepalive != P3_TCP_DEFAULT &&
      setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &keepalive, sizeof(keepalive)) != 0) {
    return errno;
  }
  return 0;
}

const char *p3_tcp_socket_check(int fd, int *out_errno) {
  int type = 0;
  socklen_t len = sizeof(type);
  *out_errno = 0;
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) != 0) {
    *out_errno = errno;
    return errno == EBADF ? "is not open" : "is not a socket";
  }
  if (type != SOCK_STREAM) return "is not a stream socket";
  struct sockaddr_storage peer;
  len = sizeof(peer);
  if (getpeername(fd, (struct sockaddr *)&peer, &len) != 0) {
    *out_errno = errno;
    return "is not connected";
  }
  return NULL;
}

static p3_attempt attempt_failed(p3_attempt_failure *out, int sys_errno, const char *words) {
  out->sys_errno = sys_errno;
  out->words = words;
  return P3_ATTEMPT_FAILED;
}

static int bind_reserved(int fd, p3_address source) {
  for (int port = LAST_RESERVED_PORT; port >= FIRST_RESERVED_PORT; port--) {
    p3_address_set_port(&source, (uint16_t)port);
    if (bind(fd, &source.of.any, source.len) == 0) return 0;
    if (errno != EADDRINUSE) return errno;
  }
  return EADDRINUSE;
}

static int bind_source(int fd, const p3_tcp_options *options, const p3_address *target,
                       const char **out_words) {
  p3_address source = options->source;
  if (source.len == 0) {
    if (!options->source_reserved) return 0;
    memset(&source, 0, sizeof(source));  // all zeros: any address
    source.of.any.sa_family = target->of.any.sa_family;
    source.len = target->len;
  }
  if (options->source_reserved) {
    int code = bind_reserved(fd, source);
    if (code == EACCES) *out_words = "no permission to use a reserved source port";
    if (code == EADDRINUSE) *out_words = "all reserved source ports are in use";
    if (code == EADDRNOTAVAIL) *out_words = "the source address is not of this machine";
    return code;
  }
  if (bind(fd, &source.of.any, source.len) == 0) return 0;
  if (errno == EADDRNOTAVAIL) *out_words = "the source address is not of this machine";
  return errno;
}

// A client that connects to a free port of its own machine may, by chance, get that very port as
// its own: TCP then connects the socket with itself. Nobody listens there.
static int is_connected_to_itself(int fd) {
  struct sockaddr_storage local, peer;
  socklen_t local_len = sizeof(local);
  socklen_t peer_len = sizeof(peer);
  return getsockname(fd, (struct sockaddr *)&local, &local_len) == 0 &&
         getpeername(fd, (struct sockaddr *)&peer, &peer_len) == 0 &&
         p3_address_equal((struct sockaddr *)&local, local_len, (struct sockaddr *)&peer, peer_len);
}

static p3_attempt attempt_connected(int fd, p3_attempt_failure *out_failure) {
  if (is_connected_to_itself(fd)) return attempt_failed(out_failure, ECONNREFUSED, NULL);
  return P3_ATTEMPT_CONNECTED;
}

static p3_attempt start(void *arg, size_t index, int *out_fd, p3_attempt_failure *out_failure) {
  const p3_tcp_attempts *attempts = arg;
  const p3_tcp_options *options = attempts->options;
  const p3_address *target = &attempts->addresses->at[index];
  int fd = socket(target->of.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return attempt_failed(out_failure, errno, NULL);

  const char *words = NULL;
  p3_attempt how = P3_ATTEMPT_PENDING;
  int code = p3_tcp_socket_tune(fd, options->nodelay != 0, options->keepalive != 0);
  if (code == 0) code = bind_source(fd, options, target, &words);
  if (code != 0) {
    how = attempt_failed(out_failure, code, words);
  } else if (connect(fd, &target->of.any, target->len) == 0) {
    how = attempt_connected(fd, out_failure);
  } else if (errno != EINPROGRESS && errno != EINTR) {
    how = attempt_failed(out_failure, errno, NULL);
  }
  if (how == P3_ATTEMPT_FAILED) {
    close(fd);
  } else {
    *out_fd = fd;
  }
  return how;
}

static p3_attempt check(void *arg, size_t index, int fd, p3_attempt_failure *out_failure) {
  (void)arg;
  (void)index;
  struct pollfd look = {fd, POLLOUT, 0};
  int ready = poll(&look, 1, 0);
  if (ready == 0 || (ready < 0 && errno == EINTR)) return P3_ATTEMPT_PENDING;
  int code = 0;
  socklen_t len = sizeof(code);
  if (ready < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &len) != 0) code = errno;
  if (code != 0) return attempt_failed(out_failure, code, NULL);
  return attempt_connected(fd, out_failure);
}

static void close_attempt(void *arg, int fd) {
  (void)arg;
  close(fd);
}

const p3_race_ops p3_tcp_race_ops = {start, check, close_attempt};
