#define _GNU_SOURCE 1
#include "tools/mailboxd/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tools/mailboxd/log.h"

#define BACKLOG 4096
#define ACCEPTS_PER_EVENT 64

static int is_loopback(const struct sockaddr *address) {
  if (address->sa_family == AF_INET) {
    const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address;
    return ntohl(in->sin_addr.s_addr) >> 24 == 127;
  }
  const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)address;
  return IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr) ||
         (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr) && in6->sin6_addr.s6_addr[12] == 127);
}

// Splits HOST:PORT; brackets around an IPv6 address are taken off.
static int split_spec(const char *spec, char *host, size_t host_size, const char **port) {
  const char *colon = strrchr(spec, ':');
  if (colon == NULL || colon == spec || colon[1] == '\0') {
    return 0;
  }
  const char *start = spec, *end = colon;
  if (*start == '[' && end[-1] == ']') {
    start++;
    end--;
  } else if (memchr(start, ':', (size_t)(end - start)) != NULL) {
    return 0;
  }
  size_t len = (size_t)(end - start);
  if (len == 0 || len >= host_size) {
    return 0;
  }
  memcpy(host, start, len);
  host[len] = '\0';
  *port = colon + 1;
  return 1;
}

// Sets what accepted sockets inherit.
static int set_options(int fd, uint32_t send_buffer) {
  int one = 1, size = (int)send_buffer;
  return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == 0 &&
         setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0 &&
         (size == 0 || setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) == 0);
}

static int open_tcp(struct listener *out, const struct addrinfo *info, int tls,
                    uint32_t send_buffer, char *why, size_t why_size) {
  int fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0 || !set_options(fd, send_buffer) || bind(fd, info->ai_addr, info->ai_addrlen) != 0 ||
      listen(fd, BACKLOG) != 0) {
    snprintf(why, why_size, "%s", strerror(errno));
    if (fd >= 0) {
      close(fd);
    }
    return 0;
  }
  struct sockaddr_storage address;
  socklen_t address_len = sizeof(address);
  char host[NI_MAXHOST], port[NI_MAXSERV];
  if (getsockname(fd, (struct sockaddr *)&address, &address_len) != 0 ||
      getnameinfo((struct sockaddr *)&address, address_len, host, sizeof(host), port, sizeof(port),
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0 ||
      asprintf(&out->name, "%s %s %s", tls ? "tls" : "tcp", host, port) < 0) {
    snprintf(why, why_size, "its address cannot be told");
    out->name = NULL;
    close(fd);
    return 0;
  }
  out->watch.fd = fd;
  out->tls = tls;
  return 1;
}

int listener_tcp(struct listener *out, const char *spec, int tls, int allow_remote,
                 uint32_t send_buffer, char *why, size_t why_size) {
  *out = (struct listener){.watch = {.fd = -1}, .spare_fd = -1};
  char host[256];
  const char *port;
  if (!split_spec(spec, host, sizeof(host), &port)) {
    snprintf(why, why_size, "it must be HOST:PORT, as 127.0.0.1:0 or [::1]:1110");
    return 0;
  }
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
  struct addrinfo *info;
  int error = getaddrinfo(host, port, &hints, &info);
  if (error != 0) {
    snprintf(why, why_size, "%s", gai_strerror(error));
    return 0;
  }
  int good = 0;
  if (!allow_remote && !is_loopback(info->ai_addr)) {
    snprintf(why, why_size,
             "this address can be reached from elsewhere%s; --allow-remote permits it",
             tls ? "" : ", and passwords and mail would cross the network in clear");
  } else {
    good = open_tcp(out, info, tls, send_buffer, why, why_size);
  }
  freeaddrinfo(info);
  return good;
}

// Removes the socket file |path| if it is one and nobody listens on it.
static int remove_stale(const char *path, const struct sockaddr_un *address, socklen_t len,
                        char *why, size_t why_size) {
  struct stat file;
  if (lstat(path, &file) != 0) {
    return 1;
  }
  if (!S_ISSOCK(file.st_mode)) {
    snprintf(why, why_size, "there is a file of that name which is no socket");
    return 0;
  }
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int is_stale =
      fd >= 0 && connect(fd, (const struct sockaddr *)address, len) != 0 && errno == ECONNREFUSED;
  if (fd >= 0) {
    close(fd);
  }
  if (!is_stale || unlink(path) != 0) {
    snprintf(why, why_size, "another server answers there");
    return 0;
  }
  return 1;
}

int listener_unix(struct listener *out, const char *path, char *why, size_t why_size) {
  *out = (struct listener){.watch = {.fd = -1}, .is_unix = 1, .spare_fd = -1};
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t path_len = strlen(path);
  int is_abstract = path[0] == '@';
  if (path_len == 0 || path_len >= sizeof(address.sun_path) || (is_abstract && path_len == 1)) {
    snprintf(why, why_size, "a socket's name has 1 to %zu octets", sizeof(address.sun_path) - 1);
    return 0;
  }
  memcpy(address.sun_path, path, path_len);
  socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path_len);
  if (is_abstract) {
    address.sun_path[0] = '\0';
  } else {
    len++;
    if (!remove_stale(path, &address, len, why, why_size)) {
      return 0;
    }
  }
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int bound = fd >= 0 && bind(fd, (struct sockaddr *)&address, len) == 0;
  if (!bound || listen(fd, BACKLOG) != 0 || asprintf(&out->name, "unix %s", path) < 0) {
    snprintf(why, why_size, "%s", strerror(errno));
    out->name = NULL;
  } else if (is_abstract || (out->path = strdup(path)) != NULL) {
    out->watch.fd = fd;
    return 1;
  }
  if (bound && !is_abstract) {
    (void)unlink(path);
  }
  if (fd >= 0) {
    close(fd);
  }
  return 0;
}

// Who is at the other end of a Unix socket?
static int is_same_user(int fd) {
  struct ucred peer;
  socklen_t len = sizeof(peer);
  return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
         (peer.uid == 0 || peer.uid == getuid());
}

union address {
  struct sockaddr any;
  struct sockaddr_in in;
  struct sockaddr_in6 in6;
  struct sockaddr_storage storage;
};

static uint16_t port_of(const union address *address) {
  return ntohs(address->any.sa_family == AF_INET ? address->in.sin_port : address->in6.sin6_port);
}

// There is no descriptor for the next client. It is accepted with the spare one and closed, instead
// of waiting in the queue and waking us again and again.
static void shed(struct listener *listener) {
  close(listener->spare_fd);
  int fd = accept4(listener->watch.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    conns_refuse(listener->conns, fd);
  }
  listener->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void on_event(struct loop_watch *watch, uint32_t events) {
  (void)events;
  struct listener *listener = (struct listener *)(void *)watch;
  for (int i = 0; i < ACCEPTS_PER_EVENT; i++) {
    union address address = {.storage = {.ss_family = AF_UNSPEC}};
    socklen_t len = sizeof(address);
    int fd = accept4(watch->fd, &address.any, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EMFILE || errno == ENFILE) {
        shed(listener);
      } else if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR) {
        log_write(LOG_LEVEL_ERROR, "accept: %s", strerror(errno));
      }
      return;
    }
    struct session_peer peer = {.is_unix = listener->is_unix, .tls = listener->tls};
    if (listener->is_unix) {
      peer.same_user = is_same_user(fd);
    } else {
      peer.port = port_of(&address);
    }
    conns_accept(listener->conns, fd, &peer);
  }
}

int listener_start(struct listener *listener, struct conns *conns) {
  listener->conns = conns;
  listener->watch.on_event = on_event;
  listener->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  return listener->spare_fd >= 0 && loop_watch_set(conns->loop, &listener->watch, EPOLLIN);
}

void listener_cleanup(struct listener *listener) {
  if (listener->watch.fd >= 0) {
    close(listener->watch.fd);
  }
  if (listener->spare_fd >= 0) {
    close(listener->spare_fd);
  }
  if (listener->path != NULL) {
    (void)unlink(listener->path);
  }
  free(listener->path);
  free(listener->name);
  *listener = (struct listener){.watch = {.fd = -1}, .spare_fd = -1};
}
