#define _POSIX_C_SOURCE 200809L  // inet_pton

#include <arpa/inet.h>
#include <pop3/plugins/socks5.h>
#include <pop3/spi/transport.h>
#include <stdio.h>
#include <string.h>

#define LAYER "socks5"

enum {
  VERSION = 5,
  NO_LOGIN = 0,
  PASSWORD = 2,
  NONE_OF_THEM = 0xFF,
  IPV4 = 1,
  NAME = 3,
  IPV6 = 4,
  TEXT_MAX = 255,
  MESSAGE_MAX = 3 + 2 * TEXT_MAX,  // the longest is the login
  REPLY_HEAD = 5,                  // up to the octet that tells how long a name is
  REPLY_MAX = REPLY_HEAD + TEXT_MAX + 2
};

// What is sent or awaited.
typedef enum socks_stage {
  SOCKS_GREET = 0,
  SOCKS_METHOD,
  SOCKS_LOGIN,
  SOCKS_LOGIN_ANSWER,
  SOCKS_REQUEST,
  SOCKS_REPLY,
  SOCKS_OPEN,  // the rest is the server's
  SOCKS_DEAD
} socks_stage;

typedef struct socks {
  const pop3_host *host;
  const pop3_layer *lower;
  socks_stage stage;
  uint32_t port;
  size_t user_len;  // 0: no login
  size_t password_len;
  size_t out_at;
  size_t out_len;
  size_t in_len;
  size_t in_want;
  uint32_t wants;  // POP3_WAIT_* of a connect that goes on
  char user[TEXT_MAX + 1];
  char password[TEXT_MAX + 1];
  uint8_t out[MESSAGE_MAX];
  uint8_t in[REPLY_MAX];
  char name[TEXT_MAX + 1];
  char peer[TEXT_MAX + 16];  // "name:port"
} socks;

// --- Create

static pop3_status bad(const socks *self, pop3_error *err, const char *what, const char *why) {
  return self->host->fail(self->host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0, "%s: %s", what,
                          why);
}

static pop3_status read_text(const socks *self, const pop3_option *option, char *out,
                             size_t *out_len, pop3_error *err) {
  char what[64];
  (void)snprintf(what, sizeof(what), "option %s", option->name);
  if (option->text == NULL || option->object != NULL) return bad(self, err, what, "takes a text");
  size_t len = strlen(option->text);
  if (len < 1 || len > TEXT_MAX) return bad(self, err, what, "must have 1 to 255 octets");
  memcpy(out, option->text, len + 1);
  *out_len = len;
  return POP3_OK;
}

static pop3_status read_options(socks *self, const pop3_transport_config *config, pop3_error *err) {
  for (size_t i = 0; i < config->num_options; i++) {
    const pop3_option *option = &config->options[i];
    if (option->name == NULL || strncmp(option->name, "socks5.", 7) != 0) continue;
    pop3_status status;
    if (strcmp(option->name, "socks5.user") == 0) {
      status = read_text(self, option, self->user, &self->user_len, err);
    } else if (strcmp(option->name, "socks5.password") == 0) {
      status = read_text(self, option, self->password, &self->password_len, err);
    } else {
      status = self->host->fail(self->host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                                "option %s: there is no such option", option->name);
    }
    if (status != POP3_OK) return status;
  }
  if ((self->user_len == 0) == (self->password_len == 0)) return POP3_OK;
  return bad(self, err, self->user_len == 0 ? "option socks5.password" : "option socks5.user",
             "socks5.user and socks5.password go together");
}

static pop3_status read_target(socks *self, const pop3_transport_config *config, pop3_error *err) {
  size_t len = config->host != NULL ? strlen(config->host) : 0;
  if (len == 0) return bad(self, err, "server", "no host was given");
  if (len > TEXT_MAX) {
    return self->host->fail(self->host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                            "the server's name has %lu octets; SOCKS allows 255",
                            (unsigned long)len);
  }
  if (strchr(config->host, ':') != NULL && strchr(config->host, '%') != NULL) {
    return bad(self, err, config->host,
               "an address with a zone is valid on this machine only, not on the proxy's");
  }
  if (config->port == 0 || config->port > UINT16_MAX) {
    return self->host->fail(self->host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                            "port %lu is not from 1 to 65535", (unsigned long)config->port);
  }
  memcpy(self->name, config->host, len + 1);
  self->port = config->port;
  const char *shape = strchr(self->name, ':') != NULL ? "[%s]:%u" : "%s:%u";
  (void)snprintf(self->peer, sizeof(self->peer), shape, self->name, (unsigned)self->port);
  return POP3_OK;
}

static void socks_destroy(void *ptr) {
  socks *self = ptr;
  if (self == NULL) return;
  const pop3_host *host = self->host;
  host->wipe(host->ctx, self, sizeof(*self));
  host->release(host->ctx, self);
}

static pop3_status socks_create(const pop3_host *host, const pop3_transport_config *config,
                                const pop3_layer *lower, void **out_self, pop3_error *err) {
  socks *self = host->alloc(host->ctx, sizeof(*self));
  if (self == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  memset(self, 0, sizeof(*self));
  self->host = host;
  self->lower = lower;
  pop3_status status = lower != NULL ? read_options(self, config, err)
                                     : bad(self, err, "socks5", "there is no transport below");
  if (status == POP3_OK) status = read_target(self, config, err);
  if (status != POP3_OK) {
    socks_destroy(self);
    return status;
  }
  *out_self = self;
  return POP3_OK;
}

// --- Messages

static void put(socks *self, const void *data, size_t len) {
  memcpy(self->out + self->out_len, data, len);
  self->out_len += len;
}

static void put_octet(socks *self, unsigned octet) { self->out[self->out_len++] = (uint8_t)octet; }

static void write_greeting(socks *self) {
  put_octet(self, VERSION);
  put_octet(self, self->user_len > 0 ? 2 : 1);
  put_octet(self, NO_LOGIN);
  if (self->user_len > 0) put_octet(self, PASSWORD);
}

static void write_login(socks *self) {
  put_octet(self, 1);
  put_octet(self, (unsigned)self->user_len);
  put(self, self->user, self->user_len);
  put_octet(self, (unsigned)self->password_len);
  put(self, self->password, self->password_len);
}

static void write_request(socks *self) {
  uint8_t address[16];
  put_octet(self, VERSION);
  put_octet(self, 1);  // CONNECT
  put_octet(self, 0);
  if (inet_pton(AF_INET, self->name, address) == 1) {
    put_octet(self, IPV4);
    put(self, address, 4);
  } else if (inet_pton(AF_INET6, self->name, address) == 1) {
    put_octet(self, IPV6);
    put(self, address, 16);
  } else {
    size_t len = strlen(self->name);
    put_octet(self, NAME);
    put_octet(self, (unsigned)len);
    put(self, self->name, len);
  }
  put_octet(self, self->port >> 8);
  put_octet(self, self->port & 0xFF);
}

// --- Connect

static pop3_io dead(socks *self) {
  self->stage = SOCKS_DEAD;
  self->host->wipe(self->host->ctx, self->out, sizeof(self->out));
  self->host->wipe(self->host->ctx, self->password, sizeof(self->password));
  return POP3_IO_FAIL;
}

static pop3_io refuse(socks *self, pop3_status status, pop3_error *err, const char *why) {
  self->host->fail(self->host->ctx, err, status, LAYER, 0, 0, "cannot connect to %.100s: %s",
                   self->peer, why);
  return dead(self);
}

static pop3_io not_socks(socks *self, pop3_error *err) {
  self->host->fail(self->host->ctx, err, POP3_ERR_CONNECT, LAYER, 0, 0,
                   "cannot connect to %.100s: the proxy does not speak SOCKS 5: its answer begins "
                   "with the octet %u",
                   self->peer, (unsigned)self->in[0]);
  return dead(self);
}

static pop3_io want(socks *self, pop3_io io) {
  self->wants = io == POP3_IO_WANT_READ ? POP3_WAIT_READ : POP3_WAIT_WRITE;
  return io;
}

static void say(socks *self, socks_stage stage, void (*write)(socks *self)) {
  self->stage = stage;
  self->out_at = self->out_len = 0;
  write(self);
}

static void await(socks *self, socks_stage stage, size_t len) {
  self->stage = stage;
  self->host->wipe(self->host->ctx, self->out, sizeof(self->out));
  self->in_len = 0;
  self->in_want = len;
}

static pop3_io send_out(socks *self, pop3_error *err) {
  while (self->out_at < self->out_len) {
    size_t sent = 0;
    pop3_io io = self->lower->ops->write(self->lower->self, self->out + self->out_at,
                                         self->out_len - self->out_at, &sent, err);
    if (io == POP3_IO_DONE) {
      self->out_at += sent;
    } else if (io == POP3_IO_FAIL) {
      return dead(self);
    } else if (io == POP3_IO_EOF) {
      return refuse(self, POP3_ERR_EOF, err, "the proxy closed the connection");
    } else {
      return want(self, io);
    }
  }
  return POP3_IO_DONE;
}

// Takes exactly what the answer has: what follows it is the server's.
static pop3_io fill_in(socks *self, pop3_error *err) {
  while (self->in_len < self->in_want) {
    size_t got = 0;
    pop3_io io = self->lower->ops->read(self->lower->self, self->in + self->in_len,
                                        self->in_want - self->in_len, &got, err);
    if (io == POP3_IO_FAIL) return dead(self);
    if (io == POP3_IO_EOF) {
      return refuse(self, POP3_ERR_EOF, err,
                    "the proxy closed the connection during the SOCKS exchange");
    }
    if (io != POP3_IO_DONE) return want(self, io);
    self->in_len += got;
  }
  return POP3_IO_DONE;
}

static pop3_io take_method(socks *self, pop3_error *err) {
  if (self->in[0] != VERSION) return not_socks(self, err);
  if (self->in[1] == NO_LOGIN) {
    self->host->wipe(self->host->ctx, self->password, sizeof(self->password));
    say(self, SOCKS_REQUEST, write_request);
    return POP3_IO_DONE;
  }
  if (self->in[1] == PASSWORD && self->user_len > 0) {
    say(self, SOCKS_LOGIN, write_login);
    return POP3_IO_DONE;
  }
  if (self->in[1] != NONE_OF_THEM) {
    return refuse(self, POP3_ERR_CONNECT, err,
                  "the proxy chose a way to log in that was not offered");
  }
  return refuse(self, POP3_ERR_CONNECT, err,
                self->user_len > 0
                    ? "the proxy accepts neither a password nor an anonymous client"
                    : "the proxy wants a login (options socks5.user and socks5.password)");
}

static pop3_io take_login_answer(socks *self, pop3_error *err) {
  self->host->wipe(self->host->ctx, self->password, sizeof(self->password));
  if (self->in[0] != 1) return not_socks(self, err);
  if (self->in[1] != 0) {
    return refuse(self, POP3_ERR_CONNECT, err,
                  "the proxy does not accept the user name and password");
  }
  say(self, SOCKS_REQUEST, write_request);
  return POP3_IO_DONE;
}

static pop3_io refused(socks *self, pop3_error *err) {
  static const char *const kWords[] = {
      NULL,
      "the proxy has failed",
      "the proxy's rules do not allow it",
      "the proxy cannot reach the network",
      "the proxy cannot reach the host, or there is no such name",
      "refused",
      "the proxy got no answer in time",
      "the proxy does not make connections",
      "the proxy does not take this kind of address",
  };
  unsigned code = self->in[1];
  const char *why = code < sizeof(kWords) / sizeof(kWords[0])
                        ? kWords[code]
                        : "the proxy gave a reason that RFC 1928 does not have";
  self->host->fail(self->host->ctx, err, POP3_ERR_CONNECT, LAYER, 0, code,
                   "cannot connect to %.100s: %s (SOCKS error %u)", self->peer, why, code);
  return dead(self);
}

// The answer's address is of no use to us, but it has to be read.
static pop3_io take_reply(socks *self, pop3_error *err) {
  if (self->in[0] != VERSION) return not_socks(self, err);
  if (self->in[1] != 0) return refused(self, err);
  size_t address;
  switch (self->in[3]) {
    case IPV4:
      address = 4;
      break;
    case IPV6:
      address = 16;
      break;
    case NAME:
      address = (size_t)1 + self->in[4];
      break;
    default:
      return refuse(self, POP3_ERR_PROTOCOL, err,
                    "the proxy's answer has a kind of address that SOCKS 5 does not have");
  }
  if (self->in_len < 4 + address + 2) {
    self->in_want = 4 + address + 2;
    return POP3_IO_DONE;
  }
  self->stage = SOCKS_OPEN;
  self->host->note(self->host->ctx, "socks5: the proxy has connected to %s", self->peer);
  return POP3_IO_DONE;
}

static pop3_io step(socks *self, pop3_error *err) {
  pop3_io io;
  switch (self->stage) {
    case SOCKS_GREET:
    case SOCKS_LOGIN:
    case SOCKS_REQUEST:
      if (self->out_len == 0) write_greeting(self);
      io = send_out(self, err);
      if (io != POP3_IO_DONE) return io;
      await(self, (socks_stage)(self->stage + 1), self->stage == SOCKS_REQUEST ? REPLY_HEAD : 2);
      return POP3_IO_DONE;
    default:
      io = fill_in(self, err);
      if (io != POP3_IO_DONE) return io;
      if (self->stage == SOCKS_METHOD) return take_method(self, err);
      if (self->stage == SOCKS_LOGIN_ANSWER) return take_login_answer(self, err);
      return take_reply(self, err);
  }
}

static pop3_io socks_connect(void *ptr, pop3_error *err) {
  socks *self = ptr;
  while (self->stage != SOCKS_OPEN) {
    pop3_io io = step(self, err);
    if (io != POP3_IO_DONE) return io;
  }
  return POP3_IO_DONE;
}

// --- Connected

static pop3_io socks_read(void *ptr, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
  const pop3_layer *lower = ((socks *)ptr)->lower;
  return lower->ops->read(lower->self, buf, cap, out_len, err);
}

static pop3_io socks_write(void *ptr, const uint8_t *data, size_t data_len, size_t *out_len,
                           pop3_error *err) {
  const pop3_layer *lower = ((socks *)ptr)->lower;
  return lower->ops->write(lower->self, data, data_len, out_len, err);
}

static void socks_interest(void *ptr, pop3_interest *io) {
  socks *self = ptr;
  if (self->stage == SOCKS_DEAD) return;
  if (self->stage != SOCKS_OPEN) io->events = self->wants ? self->wants : POP3_WAIT_WRITE;
  self->lower->ops->interest(self->lower->self, io);
}

static pop3_status socks_query(void *ptr, uint32_t what, pop3_answer *out) {
  const socks *self = ptr;
  if (self->stage != SOCKS_OPEN) return POP3_ERR_UNSUPPORTED;
  switch (what) {
    case POP3_QUERY_PEER_NAME:
      out->data = (const uint8_t *)self->peer;
      out->data_len = strlen(self->peer);
      return POP3_OK;
    default:
      if (what < POP3_QUERY_IS_LOCAL || what > POP3_QUERY_TLS_ALPN_REFUSED) {
        return POP3_ERR_UNSUPPORTED;  // true of what is below as well
      }
      // No, and none. What is below may be local, or have TLS, with the proxy: nothing that says
      // anything about the server.
      out->number = 0;
      out->data = NULL;
      out->data_len = 0;
      return POP3_OK;
  }
}

static const pop3_transport_ops kSocksOps = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_transport_ops),
    .name = "socks5",
    .flags = POP3_TRANSPORT_UPPER,
    .create = socks_create,
    .connect = socks_connect,
    .read = socks_read,
    .write = socks_write,
    .interest = socks_interest,
    .query = socks_query,
    .destroy = socks_destroy,
};

static const pop3_transport_ops *const kTransports[] = {&kSocksOps};

static const pop3_plugin kPlugin = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_plugin),
    .name = "socks5",
    .version = POP3_VERSION,
    .transports = kTransports,
    .num_transports = 1,
};

POP3_PLUGIN_ENTRY(socks5, kPlugin)
