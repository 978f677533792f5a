#define _POSIX_C_SOURCE 200809L  // inet_pton

#include <arpa/inet.h>
#include <pop3/plugins/http_connect.h>
#include <pop3/spi/transport.h>
#include <stdio.h>
#include <string.h>

#define LAYER "http_connect"

enum {
  NAME_MAX_LEN = 255,
  USER_MAX = 255,
  TARGET_MAX = NAME_MAX_LEN + 16,
  BASIC_MAX = (2 * USER_MAX + 1 + 2) / 3 * 4,
  REQUEST_MAX = 2 * TARGET_MAX + BASIC_MAX + 128,
  HEADER_MAX = 8192,
  INTERIM_MAX = 8
};

typedef enum http_stage {
  HTTP_SEND = 0,
  HTTP_HEADER,
  HTTP_OPEN,  // the rest is the server's
  HTTP_DEAD
} http_stage;

typedef struct http {
  const pop3_host *host;
  const pop3_layer *lower;
  http_stage stage;
  int has_user;
  uint32_t wants;  // POP3_WAIT_* of a connect that goes on
  size_t out_at;
  size_t out_len;
  size_t in_len;
  size_t line_at;  // where the line begins that is not read yet
  size_t seen;     // octets that have been looked at
  unsigned code;   // of the answer under way; 0: its status line has not come
  unsigned interim;
  uint8_t *in;     // HEADER_MAX; NULL once all of it is used up
  size_t rest_at;  // octets of the tunnel that came with the header: in[rest_at .. in_len)
  char reason[64];
  char peer[TARGET_MAX];  // "name:port"
  uint8_t out[REQUEST_MAX];
} http;

// --- Create

static pop3_status bad(const http *self, pop3_error *err, const char *what, const char *why) {
  return self->host->fail(self->host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0, "%s: %s", what,
                          why);
}

static int has_control(const char *text) {
  for (; *text; text++) {
    if ((unsigned char)*text < 0x20 || *text == 0x7F) return 1;
  }
  return 0;
}

static pop3_status read_options(const http *self, const char **user, const char **password,
                                const pop3_transport_config *config, pop3_error *err) {
  const pop3_host *host = self->host;
  for (size_t i = 0; i < config->num_options; i++) {
    const pop3_option *option = &config->options[i];
    if (option->name == NULL || strncmp(option->name, "http_connect.", 13) != 0) continue;
    const char **out = strcmp(option->name, "http_connect.user") == 0       ? user
                       : strcmp(option->name, "http_connect.password") == 0 ? password
                                                                            : NULL;
    const char *why = NULL;
    if (out == NULL) {
      why = "there is no such option";
    } else if (option->text == NULL || option->object != NULL) {
      why = "takes a text";
    } else if (strlen(option->text) > USER_MAX) {
      why = "has more than 255 octets";
    } else if (has_control(option->text)) {
      why = "has a control character in it";
    } else if (out == user && (option->text[0] == '\0' || strchr(option->text, ':') != NULL)) {
      why = "must have an octet at least, and no ':'";
    }
    if (why != NULL) {
      return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0, "option %s: %s",
                        option->name, why);
    }
    *out = option->text;
  }
  if (*user != NULL || *password == NULL) return POP3_OK;
  return bad(self, err, "option http_connect.password", "there is no http_connect.user");
}

static int is_name(const char *text) {
  static const char kAllowed[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
  return text[strspn(text, kAllowed)] == '\0';
}

static pop3_status read_target(http *self, const pop3_transport_config *config, pop3_error *err) {
  const char *name = config->host;
  uint8_t address[16];
  if (name == NULL || !*name) return bad(self, err, "server", "no host was given");
  if (strlen(name) > NAME_MAX_LEN) {
    return bad(self, err, "server", "its name has more than 255 octets");
  }
  int is_v6 = inet_pton(AF_INET6, name, address) == 1;
  if (!is_v6 && !is_name(name)) {
    return bad(self, err, name, "such a name cannot be put into a request for a proxy");
  }
  if (config->port == 0 || config->port > UINT16_MAX) {
    return self->host->fail(self->host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                            "port %lu is not from 1 to 65535", (unsigned long)config->port);
  }
  (void)snprintf(self->peer, sizeof(self->peer), is_v6 ? "[%s]:%u" : "%s:%u", name,
                 (unsigned)config->port);
  return POP3_OK;
}

static void put(http *self, const char *text) {
  size_t len = strlen(text);
  memcpy(self->out + self->out_len, text, len);
  self->out_len += len;
}

// The octet at |i| of "user:password".
static unsigned char login_octet(const char *user, size_t user_len, const char *password,
                                 size_t i) {
  if (i < user_len) return (unsigned char)user[i];
  return i == user_len ? ':' : (unsigned char)password[i - user_len - 1];
}

static void put_login(http *self, const char *user, const char *password) {
  static const char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  size_t user_len = strlen(user);
  size_t len = user_len + 1 + strlen(password);
  put(self, "Proxy-Authorization: Basic ");
  for (size_t i = 0; i < len; i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; k++) {
      group = group << 8 | (i + k < len ? login_octet(user, user_len, password, i + k) : 0U);
    }
    for (size_t k = 0; k < 4; k++) {
      self->out[self->out_len++] =
          (uint8_t)(i + k > len ? '=' : kDigits[group >> (18 - 6 * k) & 0x3F]);
    }
  }
  put(self, "\r\n");
}

static void write_request(http *self, const char *user, const char *password) {
  put(self, "CONNECT ");
  put(self, self->peer);
  put(self, " HTTP/1.1\r\nHost: ");
  put(self, self->peer);
  put(self, "\r\n");
  self->has_user = user != NULL;
  if (user != NULL) put_login(self, user, password != NULL ? password : "");
  put(self, "\r\n");
}

static void http_destroy(void *ptr) {
  http *self = ptr;
  if (self == NULL) return;
  const pop3_host *host = self->host;
  if (self->in != NULL) host->release(host->ctx, self->in);
  host->wipe(host->ctx, self, sizeof(*self));
  host->release(host->ctx, self);
}

static pop3_status http_create(const pop3_host *host, const pop3_transport_config *config,
                               const pop3_layer *lower, void **out_self, pop3_error *err) {
  http *self = host->alloc(host->ctx, sizeof(*self));
  if (self == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  memset(self, 0, sizeof(*self));
  self->host = host;
  self->lower = lower;
  const char *user = NULL;
  const char *password = NULL;
  pop3_status status = lower != NULL
                           ? read_options(self, &user, &password, config, err)
                           : bad(self, err, "http_connect", "there is no transport below");
  if (status == POP3_OK) status = read_target(self, config, err);
  if (status == POP3_OK) {
    self->in = host->alloc(host->ctx, HEADER_MAX);
    if (self->in == NULL) {
      status = host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
    }
  }
  if (status != POP3_OK) {
    http_destroy(self);
    return status;
  }
  write_request(self, user, password);
  *out_self = self;
  return POP3_OK;
}

// --- The proxy's answer

static pop3_io dead(http *self) {
  self->stage = HTTP_DEAD;
  self->host->wipe(self->host->ctx, self->out, sizeof(self->out));
  return POP3_IO_FAIL;
}

static pop3_io refuse(http *self, pop3_status status, pop3_error *err, const char *why) {
  self->host->fail(self->host->ctx, err, status, LAYER, 0, self->code,
                   "cannot connect to %.100s: %s", self->peer, why);
  return dead(self);
}

static const char *code_words(const http *self) {
  switch (self->code) {
    case 400:
      return "it did not understand the request";
    case 401:
    case 403:
      return "its rules do not allow it";
    case 404:
      return "it does not know the host";
    case 405:
    case 501:
      return "it does not make tunnels";
    case 407:
      return self->has_user
                 ? "it does not accept the user name and password"
                 : "it wants a login (options http_connect.user and http_connect.password)";
    case 408:
      return "it has waited too long";
    case 429:
      return "it has too much to do";
    case 500:
      return "it has failed";
    case 502:
      return "it cannot reach the host, or there is no such name";
    case 503:
      return "it cannot do it now";
    case 504:
      return "it got no answer from the host in time";
    default:
      return "that is no tunnel";
  }
}

static pop3_io refused(http *self, pop3_error *err) {
  self->host->fail(self->host->ctx, err, POP3_ERR_CONNECT, LAYER, 0, self->code,
                   "cannot connect to %.100s: the proxy answered %u %s: %s", self->peer, self->code,
                   self->reason, code_words(self));
  return dead(self);
}

static int is_digit(uint8_t octet) { return octet >= '0' && octet <= '9'; }

// "HTTP/1.1 200 Connection established"; the reason may be missing, some leave out the space too.
static int take_status(http *self, const uint8_t *line, size_t len) {
  if (len < 12 || !is_digit(line[7]) || line[8] != ' ') return 0;
  if (!is_digit(line[9]) || !is_digit(line[10]) || !is_digit(line[11])) return 0;
  if (len > 12 && line[12] != ' ') return 0;
  self->code = (unsigned)(line[9] - '0') * 100 + (unsigned)(line[10] - '0') * 10 +
               (unsigned)(line[11] - '0');
  size_t reason_len = len > 13 ? len - 13 : 0;
  if (reason_len >= sizeof(self->reason)) reason_len = sizeof(self->reason) - 1;
  if (reason_len > 0) memcpy(self->reason, line + 13, reason_len);
  self->reason[reason_len] = '\0';
  return self->code >= 100 && self->code <= 599;
}

// "Name: value". A line that goes on from the one before is obsolete, and a way to deceive.
static int is_field(const uint8_t *line, size_t len) {
  static const char kOthers[] = "!#$%&'*+-.^_`|~";
  size_t i = 0;
  for (; i < len && line[i] != ':'; i++) {
    uint8_t c = line[i];
    int is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!is_letter && !is_digit(c) && memchr(kOthers, c, sizeof(kOthers) - 1) == NULL) return 0;
  }
  return i > 0 && i < len;
}

// An answer has ended: at |self->line_at| the next one begins, or the tunnel.
static pop3_io take_end(http *self, pop3_error *err) {
  if (self->code >= 200 && self->code <= 299) {
    self->stage = HTTP_OPEN;
    self->rest_at = self->line_at;
    self->host->note(self->host->ctx, "http_connect: the proxy has connected to %s", self->peer);
    return POP3_IO_DONE;
  }
  if (self->code >= 200 || self->code == 101) return refused(self, err);
  if (++self->interim > INTERIM_MAX) {
    return refuse(self, POP3_ERR_LIMIT, err, "the proxy sends one interim answer after the other");
  }
  self->code = 0;
  self->in_len -= self->line_at;
  memmove(self->in, self->in + self->line_at, self->in_len);
  self->line_at = self->seen = 0;
  return POP3_IO_DONE;
}

static pop3_io take_line(http *self, const uint8_t *line, size_t len, pop3_error *err) {
  if (self->code == 0) {
    if (take_status(self, line, len)) return POP3_IO_DONE;
    return refuse(self, POP3_ERR_PROTOCOL, err, "the proxy's status line is malformed");
  }
  if (len == 0) return take_end(self, err);
  if (is_field(line, len)) return POP3_IO_DONE;
  return refuse(self, POP3_ERR_PROTOCOL, err, "the header of the proxy's answer is malformed");
}

// Says at the first octet that what answers is no such proxy.
static pop3_io check_start(http *self, pop3_error *err) {
  static const char kStart[] = "HTTP/1.";
  size_t len = self->in_len < sizeof(kStart) - 1 ? self->in_len : sizeof(kStart) - 1;
  if (memcmp(self->in, kStart, len) == 0) return POP3_IO_DONE;
  size_t shown = 0;
  char said[24];
  for (; shown < self->in_len && shown < sizeof(said) - 1; shown++) {
    uint8_t c = self->in[shown];
    if (c == '\r' || c == '\n') break;
    said[shown] = (char)(c >= 0x20 && c < 0x7F ? c : '?');
  }
  said[shown] = '\0';
  self->host->fail(self->host->ctx, err, POP3_ERR_CONNECT, LAYER, 0, 0,
                   "cannot connect to %.100s: this is no HTTP proxy: it said \"%s\"", self->peer,
                   said);
  return dead(self);
}

// Reads the lines that are there.
static pop3_io take_lines(http *self, pop3_error *err) {
  while (self->stage == HTTP_HEADER && self->seen < self->in_len) {
    if (self->code == 0 && self->line_at == 0) {
      pop3_io io = check_start(self, err);
      if (io != POP3_IO_DONE) return io;
    }
    uint8_t octet = self->in[self->seen];
    int after_cr = self->seen > self->line_at && self->in[self->seen - 1] == '\r';
    if (octet == '\0' || (octet == '\n') != after_cr) {
      return refuse(self, POP3_ERR_PROTOCOL, err,
                    "the header of the proxy's answer is malformed: a stray CR, LF or NUL");
    }
    self->seen++;
    if (octet != '\n') continue;
    size_t start = self->line_at;
    self->line_at = self->seen;
    pop3_io io = take_line(self, self->in + start, self->seen - start - 2, err);
    if (io != POP3_IO_DONE) return io;
  }
  return POP3_IO_DONE;
}

// --- Connect

static pop3_io want(http *self, pop3_io io) {
  self->wants = io == POP3_IO_WANT_READ ? POP3_WAIT_READ : POP3_WAIT_WRITE;
  return io;
}

static pop3_io send_request(http *self, pop3_error *err) {
  while (self->out_at < self->out_len) {
    size_t sent = 0;
    pop3_io io = self->lower->ops->write(self->lower->self, self->out + self->out_at,
                                         self->out_len - self->out_at, &sent, err);
    if (io == POP3_IO_FAIL) return dead(self);
    if (io == POP3_IO_EOF) {
      return refuse(self, POP3_ERR_EOF, err, "the proxy closed the connection");
    }
    if (io != POP3_IO_DONE) return want(self, io);
    self->out_at += sent;
  }
  self->host->wipe(self->host->ctx, self->out, sizeof(self->out));
  self->stage = HTTP_HEADER;
  return POP3_IO_DONE;
}

static pop3_io read_header(http *self, pop3_error *err) {
  if (self->in_len == HEADER_MAX) {
    return refuse(self, POP3_ERR_LIMIT, err,
                  "the header of the proxy's answer has more than 8192 octets");
  }
  size_t got = 0;
  pop3_io io = self->lower->ops->read(self->lower->self, self->in + self->in_len,
                                      HEADER_MAX - self->in_len, &got, err);
  if (io == POP3_IO_FAIL) return dead(self);
  if (io == POP3_IO_EOF) {
    return refuse(self, POP3_ERR_EOF, err, "the proxy closed the connection instead of answering");
  }
  if (io != POP3_IO_DONE) return want(self, io);
  self->in_len += got;
  return take_lines(self, err);
}

static void drop_input(http *self) {
  self->host->release(self->host->ctx, self->in);
  self->in = NULL;
  self->rest_at = self->in_len = 0;
}

static pop3_io http_connect(void *ptr, pop3_error *err) {
  http *self = ptr;
  while (self->stage != HTTP_OPEN) {
    pop3_io io = self->stage == HTTP_SEND ? send_request(self, err) : read_header(self, err);
    if (io != POP3_IO_DONE) return io;
    if (self->stage == HTTP_OPEN && self->rest_at == self->in_len) drop_input(self);
  }
  return POP3_IO_DONE;
}

// --- Connected

static pop3_io http_read(void *ptr, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
  http *self = ptr;
  size_t len = self->in_len - self->rest_at;
  if (len == 0) return self->lower->ops->read(self->lower->self, buf, cap, out_len, err);
  if (len > cap) len = cap;
  memcpy(buf, self->in + self->rest_at, len);
  self->rest_at += len;
  *out_len = len;
  if (self->rest_at == self->in_len) drop_input(self);
  return POP3_IO_DONE;
}

static pop3_io http_write(void *ptr, const uint8_t *data, size_t data_len, size_t *out_len,
                          pop3_error *err) {
  const pop3_layer *lower = ((http *)ptr)->lower;
  return lower->ops->write(lower->self, data, data_len, out_len, err);
}

static int http_pending(void *ptr) {
  const http *self = ptr;
  return self->stage == HTTP_OPEN && self->rest_at < self->in_len;
}

static void http_interest(void *ptr, pop3_interest *io) {
  http *self = ptr;
  if (self->stage == HTTP_DEAD) return;
  if (self->stage != HTTP_OPEN) io->events = self->wants ? self->wants : POP3_WAIT_WRITE;
  if (http_pending(self) && (io->events & POP3_WAIT_READ)) {
    io->deadline_ms = self->host->now_ms(self->host->ctx);
  }
  self->lower->ops->interest(self->lower->self, io);
}

static pop3_status http_query(void *ptr, uint32_t what, pop3_answer *out) {
  const http *self = ptr;
  if (self->stage != HTTP_OPEN) return POP3_ERR_UNSUPPORTED;
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

static const pop3_transport_ops kHttpOps = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_transport_ops),
    .name = "http_connect",
    .flags = POP3_TRANSPORT_UPPER,
    .create = http_create,
    .connect = http_connect,
    .read = http_read,
    .write = http_write,
    .interest = http_interest,
    .pending = http_pending,
    .query = http_query,
    .destroy = http_destroy,
};

static const pop3_transport_ops *const kTransports[] = {&kHttpOps};

static const pop3_plugin kPlugin = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_plugin),
    .name = "http_connect",
    .version = POP3_VERSION,
    .transports = kTransports,
    .num_transports = 1,
};

POP3_PLUGIN_ENTRY(http_connect, kPlugin)
