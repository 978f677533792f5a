#define _GNU_SOURCE 1
#include "tools/bench/raw.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int fail(const char *what, const char *why) {
  fprintf(stderr, "bench: %s: %s\n", what, why);
  return 0;
}

static int connect_to(int family, const struct sockaddr *address, socklen_t len) {
  const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect(fd, address, len) != 0) {
    const int code = errno;
    close(fd);
    errno = code;
    return -1;
  }
  return fd;
}

static int connect_unix(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const size_t len = strlen(path);
  if (len >= sizeof(address.sun_path)) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(address.sun_path, path, len);
  if (path[0] == '@') address.sun_path[0] = '\0';
  return connect_to(AF_UNIX, (const struct sockaddr *)&address,
                    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + (path[0] != '@')));
}

static int connect_tcp(const char *host, uint16_t port) {
  const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
  struct addrinfo *found;
  char service[8];
  snprintf(service, sizeof(service), "%u", (unsigned)port);
  errno = EHOSTUNREACH;
  if (getaddrinfo(host, service, &hints, &found) != 0) return -1;
  int fd = -1;
  for (const struct addrinfo *at = found; at != NULL && fd < 0; at = at->ai_next) {
    fd = connect_to(at->ai_family, at->ai_addr, at->ai_addrlen);
  }
  freeaddrinfo(found);
  const int on = 1;
  if (fd >= 0) (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return fd;
}

int bench_raw_connect(const pop3_url *url) {
  const int fd =
      url->scheme == POP3_URL_UNIX ? connect_unix(url->path) : connect_tcp(url->host, url->port);
  if (fd < 0) (void)fail("connect", strerror(errno));
  return fd;
}

int bench_raw_send(int fd, const void *data, size_t len) {
  const char *at = data;
  while (len > 0) {
    const ssize_t put = send(fd, at, len, MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return fail("send", strerror(errno));
    at += put;
    len -= (size_t)put;
  }
  return 1;
}

size_t bench_raw_recv(int fd, uint8_t *buf, size_t cap) {
  ssize_t got;
  do {
    got = recv(fd, buf, cap, 0);
  } while (got < 0 && errno == EINTR);
  if (got < 0) (void)fail("recv", strerror(errno));
  return got > 0 ? (size_t)got : 0;
}

int bench_raw_line(int fd, char line[BENCH_RAW_LINE]) {
  size_t len = 0;
  while (len == 0 || line[len - 1] != '\n') {
    const size_t room = BENCH_RAW_LINE - len;
    const size_t got = room > 0 ? bench_raw_recv(fd, (uint8_t *)line + len, room) : 0;
    if (got == 0) return fail("the server", room > 0 ? "closed the connection" : "is long-winded");
    len += got;
  }
  len--;
  if (len > 0 && line[len - 1] == '\r') len--;
  line[len] = '\0';
  return strncmp(line, "+OK", 3) == 0 ? 1 : fail("the server", line);
}

int bench_raw_command(int fd, const char *command, char line[BENCH_RAW_LINE]) {
  return bench_raw_send(fd, command, strlen(command)) && bench_raw_line(fd, line);
}

size_t bench_raw_login(char *out, size_t cap, const pop3_url *url) {
  const char *password = url->password.data != NULL ? (const char *)url->password.data : "";
  const int len =
      snprintf(out, cap, "USER %s\r\nPASS %s\r\n", url->user != NULL ? url->user : "", password);
  if (len > 0 && (size_t)len < cap) return (size_t)len;
  (void)fail("login", "the name and the password of the URL are too long");
  return 0;
}

int bench_raw_open(const pop3_url *url) {
  char lines[2 * BENCH_RAW_LINE];
  char line[BENCH_RAW_LINE];
  const size_t len = bench_raw_login(lines, sizeof(lines), url);
  const int fd = len > 0 ? bench_raw_connect(url) : -1;
  if (fd < 0) return -1;
  // Not every server takes PASS together with USER.
  const size_t user = (size_t)(strchr(lines, '\n') + 1 - lines);
  if (bench_raw_line(fd, line) && bench_raw_send(fd, lines, user) && bench_raw_line(fd, line) &&
      bench_raw_send(fd, lines + user, len - user) && bench_raw_line(fd, line)) {
    return fd;
  }
  close(fd);
  return -1;
}

int bench_raw_quit(int fd) {
  char line[BENCH_RAW_LINE];
  const int good = bench_raw_command(fd, "QUIT\r\n", line);
  close(fd);
  return good;
}
