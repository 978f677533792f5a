#define _POSIX_C_SOURCE 200809L

#include <pop3/plugins/tcp.h>
#include <pop3/spi/transport.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "transports/address.h"
#include "transports/race.h"
#include "transports/resolve.h"
#include "transports/sockio.h"
#include "transports/tcp_options.h"
#include "transports/tcp_socket.h"

#define LAYER "tcp"

_Static_assert(P3_RACE_MAX >= P3_ADDRESS_MAX, "every address must have its attempt");

typedef enum tcp_stage {
  TCP_NEW = 0,    // the name is to be looked up
  TCP_LOOKUP,     // it is being looked up
  TCP_RACE,       // the addresses are tried
  TCP_CONNECTED,  // there is a connection in |fd|
  TCP_DEAD        // connecting failed
} tcp_stage;

typedef struct tcp {
  const pop3_host *host;
  tcp_stage stage;
  int fd;
  int own_fd;
  uint32_t port;
  int is_name;  // |name| had to be looked up (or to be found in tcp.resolve)
  p3_lookup *lookup;
  p3_race race;
  p3_tcp_options options;
  p3_address_list addresses;
  int is_local;  // these three once connected
  char peer[P3_ADDRESS_NAME_MAX];
  char local[P3_ADDRESS_NAME_MAX];
  char name[];
} tcp;

static p3_tcp_attempts attempts_of(const tcp *self) {
  p3_tcp_attempts attempts = {&self->options, &self->addresses};
  return attempts;
}

// Asked once: a connection that was reset has no names any more, but a report still wants them.
static void use_connection(tcp *self, int fd, int own_fd) {
  struct sockaddr_storage sa;
  socklen_t len = sizeof(sa);
  memset(&sa, 0, sizeof(sa));
  if (getpeername(fd, (struct sockaddr *)&sa, &len) == 0) {
    p3_address_name(self->peer, sizeof(self->peer), (struct sockaddr *)&sa, len);
    self->is_local = p3_address_is_local((struct sockaddr *)&sa, len);
  }
  len = sizeof(sa);
  memset(&sa, 0, sizeof(sa));
  if (getsockname(fd, (struct sockaddr *)&sa, &len) == 0) {
    p3_address_name(self->local, sizeof(self->local), (struct sockaddr *)&sa, len);
  }
  self->fd = fd;
  self->own_fd = own_fd;
  self->stage = TCP_CONNECTED;
}

// --- Create

static const char *family_name(int family) { return family == AF_INET6 ? "IPv6" : "IPv4"; }

static pop3_status use_fd(tcp *self, pop3_error *err) {
  const pop3_host *host = self->host;
  const p3_tcp_options *options = &self->options;
  int code = 0;
  const char *words = p3_tcp_socket_check(options->fd, &code);
  if (words != NULL) {
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, code, 0,
                      "option tcp.fd: descriptor %d %s", options->fd, words);
  }
  code = p3_tcp_socket_tune(options->fd, options->nodelay, options->keepalive);
  if (code != 0) {
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, code, 0,
                      "option tcp.nodelay or tcp.keepalive: descriptor %d does not take it",
                      options->fd);
  }
  use_connection(self, options->fd, options->own_fd);
  return POP3_OK;
}

// Keeps the addresses of the family that is wanted, in the order of the race.
static pop3_status use_addresses(tcp *self, const p3_address_list *found, pop3_error *err) {
  const pop3_host *host = self->host;
  int family = self->options.family;
  self->addresses.count = 0;
  for (size_t i = 0; i < found->count; i++) {
    p3_address_add(&self->addresses, &found->at[i].of.any, found->at[i].len, family);
  }
  if (self->addresses.count == 0) {
    return host->fail(host->ctx, err, POP3_ERR_RESOLVE, LAYER, 0, 0,
                      "\"%s\" has no %s address, as tcp.family or tcp.source_address wants",
                      self->name, family_name(family));
  }
  p3_race_init(&self->race, self->addresses.count, self->options.delay_ms);
  self->stage = TCP_RACE;
  return POP3_OK;
}

static pop3_status use_host(tcp *self, const char *name, pop3_error *err) {
  const pop3_host *host = self->host;
  if (name == NULL || !*name) {
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0, "no host was given");
  }
  if (self->port == 0 || self->port > UINT16_MAX) {
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                      "port %lu is not from 1 to 65535", (unsigned long)self->port);
  }
  memcpy(self->name, name, strlen(name) + 1);
  if (self->options.fixed.count > 0) {
    self->is_name = 1;
    return use_addresses(self, &self->options.fixed, err);
  }
  p3_address_list numeric;
  numeric.count = 1;
  if (p3_address_parse(&numeric.at[0], name, self->port)) {
    return use_addresses(self, &numeric, err);
  }
  self->is_name = 1;
  return POP3_OK;
}

static pop3_status tcp_create(const pop3_host *host, const pop3_transport_config *config,
                              const pop3_layer *lower, void **out_self, pop3_error *err) {
  (void)lower;
  const char *name = p3_tcp_target_host(config);
  size_t name_len = name != NULL ? strlen(name) : 0;
  tcp *self = host->alloc(host->ctx, sizeof(*self) + name_len + 1);
  if (self == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  memset(self, 0, sizeof(*self) + name_len + 1);
  self->host = host;
  self->fd = -1;
  pop3_status status = p3_tcp_options_read(&self->options, host, config, err);
  if (status == POP3_OK) {
    self->port = self->options.port;
    status = self->options.fd >= 0 ? use_fd(self, err) : use_host(self, name, err);
    self->options.host = NULL;  // it was valid for this call only
  }
  if (status != POP3_OK) {
    host->release(host->ctx, self);
    return status;
  }
  *out_self = self;
  return POP3_OK;
}

// --- Connect

// "[::1]:110 refused; 127.0.0.1:110 refused", cut where it gets too long for an error.
static void list_failures(const tcp *self, char *out, size_t out_cap) {
  const size_t tail = sizeof("; and 32 more");
  size_t at = 0;
  out[0] = '\0';
  for (size_t i = 0; i < self->addresses.count; i++) {
    const p3_attempt_failure *failure = &self->race.failures[i];
    char name[P3_ADDRESS_NAME_MAX];
    char buf[P3_SOCK_WORDS_MAX];
    char part[P3_ADDRESS_NAME_MAX + P3_SOCK_WORDS_MAX + 4];
    p3_address_name(name, sizeof(name), &self->addresses.at[i].of.any, self->addresses.at[i].len);
    const char *words = failure->words != NULL
                            ? failure->words
                            : p3_sock_words(failure->sys_errno, buf, sizeof(buf));
    int len = snprintf(part, sizeof(part), "%s%s %s", i > 0 ? "; " : "", name, words);
    if (len < 0 || at + (size_t)len + tail > out_cap) {
      snprintf(out + at, out_cap - at, "; and %d more", (int)(self->addresses.count - i));
      return;
    }
    memcpy(out + at, part, (size_t)len + 1);
    at += (size_t)len;
  }
}

static void race_failed(const tcp *self, pop3_error *err) {
  const pop3_host *host = self->host;
  char list[240];
  list_failures(self, list, sizeof(list));
  int first = self->race.failures[0].sys_errno;
  if (self->is_name) {
    host->fail(host->ctx, err, POP3_ERR_CONNECT, LAYER, first, 0, "cannot connect to %.60s: %s",
               self->name, list);
  } else {
    host->fail(host->ctx, err, POP3_ERR_CONNECT, LAYER, first, 0, "cannot connect: %s", list);
  }
}

static pop3_io connect_failed(tcp *self) {
  self->stage = TCP_DEAD;
  return POP3_IO_FAIL;
}

static pop3_io step_lookup(tcp *self, pop3_error *err) {
  if (self->stage == TCP_NEW) {
    pop3_status status = p3_lookup_start(&self->lookup, self->host, self->name, self->port,
                                         self->options.family, NULL, err);
    if (status != POP3_OK) return connect_failed(self);
    self->stage = TCP_LOOKUP;
  }
  p3_address_list found;
  pop3_io how = p3_lookup_step(self->lookup, &found, err);
  if (how == POP3_IO_WANT_READ) return how;
  p3_lookup_drop(self->lookup);
  self->lookup = NULL;
  if (how != POP3_IO_DONE) return connect_failed(self);
  p3_address_interleave(&found);
  if (use_addresses(self, &found, err) != POP3_OK) return connect_failed(self);
  return POP3_IO_DONE;
}

static pop3_io step_race(tcp *self, pop3_error *err) {
  const pop3_host *host = self->host;
  p3_tcp_attempts attempts = attempts_of(self);
  int fd = -1;
  switch (p3_race_step(&self->race, &p3_tcp_race_ops, &attempts, host->now_ms(host->ctx), &fd)) {
    case P3_ATTEMPT_CONNECTED:
      use_connection(self, fd, 1);
      host->note(host->ctx, "tcp: connected to %s from %s", self->peer, self->local);
      return POP3_IO_DONE;
    case P3_ATTEMPT_PENDING:
      return POP3_IO_WANT_WRITE;
    case P3_ATTEMPT_FAILED:
    default:
      race_failed(self, err);
      return connect_failed(self);
  }
}

static pop3_io tcp_connect(void *ptr, pop3_error *err) {
  tcp *self = ptr;
  if (self->stage == TCP_NEW || self->stage == TCP_LOOKUP) {
    pop3_io how = step_lookup(self, err);
    if (how != POP3_IO_DONE) return how;
  }
  if (self->stage == TCP_RACE) return step_race(self, err);
  return POP3_IO_DONE;
}

// --- Connected

static pop3_io tcp_read(void *ptr, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
  tcp *self = ptr;
  return p3_sock_read(self->host, LAYER, self->fd, buf, cap, out_len, err);
}

static pop3_io tcp_write(void *ptr, const uint8_t *data, size_t data_len, size_t *out_len,
                         pop3_error *err) {
  tcp *self = ptr;
  return p3_sock_write(self->host, LAYER, self->fd, data, data_len, out_len, err);
}

static pop3_io tcp_shutdown(void *ptr, pop3_error *err) {
  tcp *self = ptr;
  if (!self->own_fd) return POP3_IO_DONE;  // the caller may have more to say on it
  return p3_sock_shutdown(self->host, LAYER, self->fd, err);
}

static void tcp_interest(void *ptr, pop3_interest *io) {
  const tcp *self = ptr;
  switch (self->stage) {
    case TCP_NEW:
      p3_sock_call_at(io, self->host->now_ms(self->host->ctx));
      break;
    case TCP_LOOKUP:
      p3_lookup_interest(self->lookup, io);
      break;
    case TCP_RACE:
      if (self->race.next == 0) {
        p3_sock_call_at(io, self->host->now_ms(self->host->ctx));
      } else {
        p3_race_interest(&self->race, io);
      }
      break;
    case TCP_CONNECTED:
      p3_sock_wait(io, self->fd, io->events);
      break;
    case TCP_DEAD:
    default:
      break;
  }
}

static pop3_status tcp_query(void *ptr, uint32_t what, pop3_answer *out) {
  tcp *self = ptr;
  if (self->stage != TCP_CONNECTED) return POP3_ERR_UNSUPPORTED;
  switch (what) {
    case POP3_QUERY_FD:
      out->number = self->fd;
      return POP3_OK;
    case POP3_QUERY_PEER_NAME:
      return p3_sock_answer(out, self->peer);
    case POP3_QUERY_LOCAL_NAME:
      return p3_sock_answer(out, self->local);
    case POP3_QUERY_ONLY_ONCE:
      out->number = self->options.fd >= 0;
      return POP3_OK;
    case POP3_QUERY_IS_LOCAL:
      out->number = self->is_local;
      return POP3_OK;
    default:
      return POP3_ERR_UNSUPPORTED;
  }
}

static void tcp_destroy(void *ptr) {
  tcp *self = ptr;
  if (self == NULL) return;
  p3_tcp_attempts attempts = attempts_of(self);
  p3_lookup_drop(self->lookup);
  p3_race_cancel(&self->race, &p3_tcp_race_ops, &attempts);
  if (self->own_fd) p3_sock_close(&self->fd);
  self->host->release(self->host->ctx, self);
}

static const pop3_transport_ops kTcpOps = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_transport_ops),
    .name = "tcp",
    .flags = POP3_TRANSPORT_BOTTOM,
    .create = tcp_create,
    .connect = tcp_connect,
    .read = tcp_read,
    .write = tcp_write,
    .shutdown = tcp_shutdown,
    .interest = tcp_interest,
    .query = tcp_query,
    .destroy = tcp_destroy,
};

static const pop3_transport_ops *const kTransports[] = {&kTcpOps};

static const pop3_plugin kPlugin = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_plugin),
    .name = "tcp",
    .version = POP3_VERSION,
    .transports = kTransports,
    .num_transports = 1,
};

POP3_PLUGIN_ENTRY(tcp, kPlugin)
