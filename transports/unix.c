#define _GNU_SOURCE 1  // struct ucred

#include <errno.h>
#include <pop3/plugins/unix.h>
#include <pop3/spi/transport.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "transports/sockio.h"

#define LAYER "unix"

// How long to pause when the server's queue is full, which no poll tells: doubled each time.
enum { FIRST_PAUSE_MS = 1, LONGEST_PAUSE_MS = 100 };

typedef struct unix_socket {
  const pop3_host *host;
  int fd;
  int is_connected;
  int64_t peer_uid;  // -1: anyone
  int64_t retry_at_ms;
  int64_t pause_ms;
  socklen_t address_len;
  struct sockaddr_un address;
  char name[sizeof(((struct sockaddr_un *)0)->sun_path) + 1];  // as the caller wrote it
} unix_socket;

static pop3_status bad_argument(const pop3_host *host, pop3_error *err, const char *what,
                                const char *why) {
  return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0, "%s: %s", what, why);
}

static pop3_status read_options(unix_socket *self, const char **out_path,
                                const pop3_transport_config *config, pop3_error *err) {
  self->peer_uid = -1;
  *out_path = config->host;
  for (size_t i = 0; i < config->num_options; i++) {
    const pop3_option *option = &config->options[i];
    if (option->name == NULL || strncmp(option->name, "unix.", 5) != 0) continue;
    if (strcmp(option->name, "unix.path") == 0) {
      if (option->text == NULL || option->object != NULL) {
        return bad_argument(self->host, err, "option unix.path", "takes a path");
      }
      *out_path = option->text;
      continue;
    }
    if (strcmp(option->name, "unix.peer_uid") != 0) {
      return self->host->fail(self->host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                              "option %s: there is no such option", option->name);
    }
    if (option->text != NULL || option->object != NULL || option->number < 0 ||
        option->number >= UINT32_MAX) {
      return bad_argument(self->host, err, "option unix.peer_uid", "takes the number of a user");
    }
    self->peer_uid = option->number;
  }
  return POP3_OK;
}

static pop3_status read_name(unix_socket *self, const char *name, pop3_error *err) {
  if (name == NULL || !*name) return bad_argument(self->host, err, "socket", "no path was given");
  size_t len = strlen(name);
  size_t room = sizeof(self->address.sun_path);
  if (name[0] == '@' && len == 1) return bad_argument(self->host, err, name, "no name after '@'");
  // A path ends in a NUL; an abstract name starts with one where the '@' stands.
  if (name[0] == '@' ? len > room : len >= room) {
    return self->host->fail(self->host->ctx, err, POP3_ERR_ARGUMENT, LAYER, ENAMETOOLONG, 0,
                            "the socket's path has %lu octets; the system allows %lu",
                            (unsigned long)len, (unsigned long)(room - (name[0] != '@')));
  }
  self->address.sun_family = AF_UNIX;
  memcpy(self->name, name, len + 1);
  memcpy(self->address.sun_path, name, len);
  self->address_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
  if (name[0] == '@') {
    self->address.sun_path[0] = '\0';
  } else {
    self->address_len++;
  }
  return POP3_OK;
}

static pop3_status unix_create(const pop3_host *host, const pop3_transport_config *config,
                               const pop3_layer *lower, void **out_self, pop3_error *err) {
  (void)lower;
  unix_socket *self = host->alloc(host->ctx, sizeof(*self));
  if (self == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  memset(self, 0, sizeof(*self));
  self->host = host;
  self->fd = -1;
  const char *path = NULL;
  pop3_status status = read_options(self, &path, config, err);
  if (status == POP3_OK) status = read_name(self, path, err);
  if (status != POP3_OK) {
    host->release(host->ctx, self);
    return status;
  }
  *out_self = self;
  return POP3_OK;
}

static const char *refusal_words(const unix_socket *self, int sys_errno, char *buf,
                                 size_t buf_cap) {
  struct stat file;
  switch (sys_errno) {
    case ECONNREFUSED:
      if (self->name[0] == '@') return "nobody listens there";
      if (stat(self->name, &file) == 0 && !S_ISSOCK(file.st_mode)) return "it is not a socket";
      return "nobody listens on this socket";
    case ENOENT:
      return "there is no such socket";
    case ENOTDIR:
      return "a part of the path is not a directory";
    case EACCES:
    case EPERM:
      return "no permission";
    case EPROTOTYPE:
      return "it is not a stream socket";
    default:
      return p3_sock_words(sys_errno, buf, buf_cap);
  }
}

static pop3_io connect_failed(const unix_socket *self, int sys_errno, pop3_error *err) {
  char buf[P3_SOCK_WORDS_MAX];
  self->host->fail(self->host->ctx, err, POP3_ERR_CONNECT, LAYER, sys_errno, 0,
                   "cannot connect to %s: %s", self->name,
                   refusal_words(self, sys_errno, buf, sizeof(buf)));
  return POP3_IO_FAIL;
}

static pop3_io check_peer(const unix_socket *self, pop3_error *err) {
  const pop3_host *host = self->host;
  if (self->peer_uid < 0) return POP3_IO_DONE;
  struct ucred peer;
  socklen_t len = sizeof(peer);
  if (getsockopt(self->fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0) {
    return connect_failed(self, errno, err);
  }
  if ((int64_t)peer.uid == self->peer_uid) return POP3_IO_DONE;
  host->fail(host->ctx, err, POP3_ERR_POLICY, LAYER, 0, 0,
             "%s belongs to user %lu, but unix.peer_uid allows user %lld only", self->name,
             (unsigned long)peer.uid, (long long)self->peer_uid);
  return POP3_IO_FAIL;
}

static pop3_io unix_connect(void *ptr, pop3_error *err) {
  unix_socket *self = ptr;
  const pop3_host *host = self->host;
  if (self->is_connected) return POP3_IO_DONE;
  int64_t now_ms = host->now_ms(host->ctx);
  if (self->pause_ms > 0 && now_ms < self->retry_at_ms) return POP3_IO_WANT_WRITE;
  if (self->fd < 0) self->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (self->fd < 0) return connect_failed(self, errno, err);
  int code;
  do {
    code = connect(self->fd, (struct sockaddr *)&self->address, self->address_len) ? errno : 0;
  } while (code == EINTR);
  if (code == EAGAIN) {
    self->pause_ms = self->pause_ms == 0 ? FIRST_PAUSE_MS : self->pause_ms * 2;
    if (self->pause_ms > LONGEST_PAUSE_MS) self->pause_ms = LONGEST_PAUSE_MS;
    self->retry_at_ms = now_ms + self->pause_ms;
    return POP3_IO_WANT_WRITE;
  }
  if (code != 0) return connect_failed(self, code, err);
  pop3_io how = check_peer(self, err);
  if (how != POP3_IO_DONE) return how;
  self->is_connected = 1;
  host->note(host->ctx, "unix: connected to %s", self->name);
  return POP3_IO_DONE;
}

static pop3_io unix_read(void *ptr, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
  unix_socket *self = ptr;
  return p3_sock_read(self->host, LAYER, self->fd, buf, cap, out_len, err);
}

static pop3_io unix_write(void *ptr, const uint8_t *data, size_t data_len, size_t *out_len,
                          pop3_error *err) {
  unix_socket *self = ptr;
  return p3_sock_write(self->host, LAYER, self->fd, data, data_len, out_len, err);
}

static pop3_io unix_shutdown(void *ptr, pop3_error *err) {
  unix_socket *self = ptr;
  return p3_sock_shutdown(self->host, LAYER, self->fd, err);
}

static void unix_interest(void *ptr, pop3_interest *io) {
  const unix_socket *self = ptr;
  if (self->is_connected) {
    p3_sock_wait(io, self->fd, io->events);
  } else {
    p3_sock_call_at(io,
                    self->pause_ms > 0 ? self->retry_at_ms : self->host->now_ms(self->host->ctx));
  }
}

static pop3_status unix_query(void *ptr, uint32_t what, pop3_answer *out) {
  const unix_socket *self = ptr;
  if (!self->is_connected) return POP3_ERR_UNSUPPORTED;
  switch (what) {
    case POP3_QUERY_FD:
      out->number = self->fd;
      return POP3_OK;
    case POP3_QUERY_PEER_NAME:
      return p3_sock_answer(out, self->name);
    case POP3_QUERY_LOCAL_NAME:
      return p3_sock_answer(out, "unix socket");
    case POP3_QUERY_IS_LOCAL:
      out->number = 1;
      return POP3_OK;
    default:
      return POP3_ERR_UNSUPPORTED;
  }
}

static void unix_destroy(void *ptr) {
  unix_socket *self = ptr;
  if (self == NULL) return;
  p3_sock_close(&self->fd);
  self->host->release(self->host->ctx, self);
}

static const pop3_transport_ops kUnixOps = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_transport_ops),
    .name = "unix",
    .flags = POP3_TRANSPORT_BOTTOM,
    .create = unix_create,
    .connect = unix_connect,
    .read = unix_read,
    .write = unix_write,
    .shutdown = unix_shutdown,
    .interest = unix_interest,
    .query = unix_query,
    .destroy = unix_destroy,
};

static const pop3_transport_ops *const kTransports[] = {&kUnixOps};

static const pop3_plugin kPlugin = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_plugin),
    .name = "unix",
    .version = POP3_VERSION,
    .transports = kTransports,
    .num_transports = 1,
};

POP3_PLUGIN_ENTRY(unix, kPlugin)
