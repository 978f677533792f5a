#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <pop3/plugins/exec.h>
#include <pop3/spi/transport.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plugins/exec/child.h"

#define LAYER "exec"

enum {
  COMMAND_MAX = 32768,
  LINE_MAX_LEN = 200,  // of standard error
  NOTES_MAX = 64,
  DRAIN_MAX = 16,         // reads of standard error in one call
  STATUS_WAIT_MS = 1000,  // for the exit status behind the end of the output
  STATUS_POLL_MS = 10     // where the end of a process wakes nobody
};

typedef struct command {
  const pop3_host *host;
  p3_child child;
  int is_started;
  int has_spoken;     // octets have come
  int has_ended;      // its output has
  int64_t end_at_ms;  // then: when to give up on its exit status
  unsigned notes;
  size_t line_len;
  char line[LINE_MAX_LEN + 1];  // of standard error, under way
  char last[LINE_MAX_LEN + 1];  // the last one that is not empty
  char text[];                  // the command
} command;

// --- Create

static pop3_status bad(const pop3_host *host, pop3_error *err, const char *what, const char *why) {
  return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0, "%s: %s", what, why);
}

static pop3_status read_options(const pop3_host *host, const char **out,
                                const pop3_transport_config *config, pop3_error *err) {
  for (size_t i = 0; i < config->num_options; i++) {
    const pop3_option *option = &config->options[i];
    if (option->name == NULL || strncmp(option->name, "exec.", 5) != 0) continue;
    if (strcmp(option->name, "exec.command") != 0) {
      return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                        "option %s: there is no such option", option->name);
    }
    if (option->text == NULL || option->object != NULL) {
      return bad(host, err, "option exec.command", "takes a text");
    }
    *out = option->text;
  }
  if (*out != NULL && (*out)[strspn(*out, " \t\r\n")] != '\0') return POP3_OK;
  return bad(host, err, "option exec.command", "there is no command");
}

// Octets that mean nothing to a shell, wherever they stand.
static int is_harmless(const char *name) {
  static const char kAllowed[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:/@%";
  return name[0] != '\0' && name[0] != '-' && name[strspn(name, kAllowed)] == '\0';
}

// Writes the command to |out|, unless that is NULL. Returns its length; 0, with |err| filled, if
// there is something wrong with it.
static size_t substitute(char *out, const pop3_host *host, const char *text,
                         const pop3_transport_config *config, pop3_error *err) {
  size_t len = 0;
  char port[16];
  (void)snprintf(port, sizeof(port), "%lu", (unsigned long)config->port);
  const char *name = config->host != NULL ? config->host : "";
  for (const char *at = text; *at; at++) {
    const char *piece = at;
    size_t piece_len = 1;
    if (*at == '%') {
      at++;
      if (*at == 'h') {
        if (!is_harmless(name)) {
          bad(host, err, "server", "the name has an octet that a shell could interpret");
          return 0;
        }
        piece = name;
        piece_len = strlen(name);
      } else if (*at == 'p') {
        piece = port;
        piece_len = strlen(port);
      } else if (*at != '%') {
        bad(host, err, "option exec.command", "only %h, %p and %% are allowed");
        return 0;
      }
    }
    if (out != NULL) memcpy(out + len, piece, piece_len);
    len += piece_len;
    if (len > COMMAND_MAX) {
      bad(host, err, "option exec.command", "has more than 32768 octets");
      return 0;
    }
  }
  return len;
}

static pop3_status exec_create(const pop3_host *host, const pop3_transport_config *config,
                               const pop3_layer *lower, void **out_self, pop3_error *err) {
  (void)lower;
  const char *text = NULL;
  pop3_status status = read_options(host, &text, config, err);
  if (status != POP3_OK || text == NULL) return status;
  size_t len = substitute(NULL, host, text, config, err);
  if (len == 0) return POP3_ERR_ARGUMENT;
  command *self = host->alloc(host->ctx, sizeof(*self) + len + 1);
  if (self == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  memset(self, 0, sizeof(*self) + len + 1);
  const p3_child none = P3_CHILD_INIT;
  self->host = host;
  self->child = none;
  (void)substitute(self->text, host, text, config, err);
  *out_self = self;
  return POP3_OK;
}

// --- Standard error

static void end_line(command *self) {
  if (self->line_len == 0) return;
  self->line[self->line_len] = '\0';
  memcpy(self->last, self->line, self->line_len + 1);
  self->line_len = 0;
  if (self->notes < NOTES_MAX) {
    self->host->note(self->host->ctx, "exec: %s", self->last);
  } else if (self->notes == NOTES_MAX) {
    self->host->note(self->host->ctx, "exec: the command says more, which is not shown");
  }
  if (self->notes <= NOTES_MAX) self->notes++;
}

static void take_errors(command *self, const char *data, size_t len) {
  for (size_t i = 0; i < len; i++) {
    unsigned char octet = (unsigned char)data[i];
    if (octet == '\n' || octet == '\r') {
      end_line(self);
    } else if (self->line_len < LINE_MAX_LEN) {
      self->line[self->line_len++] = (char)(octet < 0x20 || octet == 0x7F ? '?' : octet);
    }
  }
}

// The command must never wait for somebody to read its complaints.
static void drain_errors(command *self) {
  for (int i = 0; i < DRAIN_MAX && self->child.errors >= 0; i++) {
    char buf[1024];
    ssize_t got = read(self->child.errors, buf, sizeof(buf));
    if (got > 0) {
      take_errors(self, buf, (size_t)got);
    } else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
      close(self->child.errors);
      self->child.errors = -1;
      end_line(self);
    } else if (errno == EAGAIN) {
      return;
    }
  }
}

// --- The end of the command

static const char *exit_words(int code) {
  if (code == 126) return " (it cannot be run)";
  if (code == 127) return " (there is no such command)";
  return "";
}

static pop3_io ended(command *self, int status, pop3_error *err) {
  const pop3_host *host = self->host;
  drain_errors(self);
  end_line(self);
  char how[80];
  if (status == -1) {
    (void)snprintf(how, sizeof(how), "the command has ended");
  } else if (WIFSIGNALED(status)) {
    (void)snprintf(how, sizeof(how), "the command was ended by signal %d", WTERMSIG(status));
  } else {
    (void)snprintf(how, sizeof(how), "the command exited with %d%s", WEXITSTATUS(status),
                   exit_words(WEXITSTATUS(status)));
  }
  host->note(host->ctx, "exec: %s", how);
  int well = status == -1 || (WIFEXITED(status) && WEXITSTATUS(status) == 0);
  if (well && self->has_spoken) return POP3_IO_EOF;
  host->fail(host->ctx, err, self->has_spoken ? POP3_ERR_EOF : POP3_ERR_CONNECT, LAYER, 0,
             status == -1 || !WIFEXITED(status) ? 0 : WEXITSTATUS(status), "%s%s%s%s",
             self->has_spoken ? "" : "cannot connect: ", how, self->last[0] ? ": " : "",
             self->last[0] ? self->last
             : well        ? " without having said anything"
                           : "");
  return POP3_IO_FAIL;
}

// Behind the end of the output the exit status comes soon, or the command goes on in silence.
static pop3_io await_end(command *self, pop3_error *err) {
  int status;
  int64_t now_ms = self->host->now_ms(self->host->ctx);
  if (p3_child_ended(&self->child, &status)) return ended(self, status, err);
  if (self->child.pid > 0 && now_ms < self->end_at_ms) return POP3_IO_WANT_READ;
  if (self->has_spoken) return POP3_IO_EOF;
  self->host->fail(self->host->ctx, err, POP3_ERR_CONNECT, LAYER, 0, 0,
                   "cannot connect: the command closed its output%s%s",
                   self->last[0] ? ": " : " without having said anything", self->last);
  return POP3_IO_FAIL;
}

static pop3_io output_ended(command *self, pop3_error *err) {
  if (!self->has_ended) {
    self->has_ended = 1;
    self->end_at_ms = self->host->now_ms(self->host->ctx) + STATUS_WAIT_MS;
  }
  return await_end(self, err);
}

// --- Connected

static pop3_io exec_connect(void *ptr, pop3_error *err) {
  command *self = ptr;
  const pop3_host *host = self->host;
  if (self->is_started) return POP3_IO_DONE;
  int code = p3_child_start(&self->child, self->text);
  if (code != 0) {
    char buf[80];
    if (strerror_r(code, buf, sizeof(buf)) != 0) buf[0] = '\0';
    host->fail(host->ctx, err, code == ENOMEM ? POP3_ERR_MEMORY : POP3_ERR_SYSTEM, LAYER, code, 0,
               "cannot start /bin/sh: %s", buf);
    return POP3_IO_FAIL;
  }
  self->is_started = 1;
  host->note(host->ctx, "exec: the command runs as process %ld", (long)self->child.pid);
  return POP3_IO_DONE;
}

static pop3_io exec_read(void *ptr, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
  command *self = ptr;
  drain_errors(self);
  if (self->has_ended) return await_end(self, err);
  ssize_t got;
  do {
    got = recv(self->child.socket, buf, cap, MSG_DONTWAIT);
  } while (got < 0 && errno == EINTR);
  if (got > 0) {
    self->has_spoken = 1;
    *out_len = (size_t)got;
    return POP3_IO_DONE;
  }
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return POP3_IO_WANT_READ;
  // A reset: it has ended without having read all that was sent.
  if (got == 0 || errno == ECONNRESET) return output_ended(self, err);
  self->host->fail(self->host->ctx, err, POP3_ERR_IO, LAYER, errno, 0,
                   "reading from the command failed");
  return POP3_IO_FAIL;
}

static pop3_io exec_write(void *ptr, const uint8_t *data, size_t data_len, size_t *out_len,
                          pop3_error *err) {
  command *self = ptr;
  drain_errors(self);
  uint8_t octet;
  ssize_t put;
  do {
    put = send(self->child.socket, data, data_len, MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (put < 0 && errno == EINTR);
  if (put > 0) {
    *out_len = (size_t)put;
    return POP3_IO_DONE;
  }
  if (put == 0 || errno == EAGAIN || errno == EWOULDBLOCK) return POP3_IO_WANT_WRITE;
  int code = errno;
  // Where it has ended, read has the better words: how it ended, and what it said last.
  if (self->has_ended || recv(self->child.socket, &octet, 1, MSG_PEEK | MSG_DONTWAIT) >= 0) {
    return POP3_IO_WANT_READ;
  }
  self->host->fail(self->host->ctx, err, POP3_ERR_IO, LAYER, code, 0,
                   code == EPIPE || code == ECONNRESET ? "the command does not read any more"
                                                       : "writing to the command failed");
  return POP3_IO_FAIL;
}

static pop3_io exec_shutdown(void *ptr, pop3_error *err) {
  command *self = ptr;
  if (shutdown(self->child.socket, SHUT_WR) == 0 || errno == ENOTCONN) return POP3_IO_DONE;
  self->host->fail(self->host->ctx, err, POP3_ERR_IO, LAYER, errno, 0,
                   "ending the command's input failed");
  return POP3_IO_FAIL;
}

static void wait_for(pop3_interest *io, int fd, uint32_t events) {
  if (fd < 0 || events == 0 || io->num_fds >= POP3_INTEREST_FDS) return;
  io->fds[io->num_fds].fd = fd;
  io->fds[io->num_fds].events = events;
  io->num_fds++;
}

static void call_at(pop3_interest *io, int64_t time_ms) {
  if (io->deadline_ms == POP3_NO_DEADLINE || io->deadline_ms > time_ms) io->deadline_ms = time_ms;
}

static void exec_interest(void *ptr, pop3_interest *io) {
  const command *self = ptr;
  int64_t now_ms = self->host->now_ms(self->host->ctx);
  if (!self->is_started) {
    call_at(io, now_ms);
  } else if (self->has_ended) {
    wait_for(io, self->child.process, POP3_WAIT_READ);
    call_at(io, self->child.process >= 0 ? self->end_at_ms : now_ms + STATUS_POLL_MS);
  } else {
    wait_for(io, self->child.socket, io->events);
  }
  if (self->is_started) wait_for(io, self->child.errors, POP3_WAIT_READ);
}

static pop3_status exec_query(void *ptr, uint32_t what, pop3_answer *out) {
  static const char kName[] = "a command";
  const command *self = ptr;
  if (!self->is_started) return POP3_ERR_UNSUPPORTED;
  switch (what) {
    case POP3_QUERY_FD:
      out->number = self->child.socket;
      return POP3_OK;
    case POP3_QUERY_PEER_NAME:
      out->data = (const uint8_t *)kName;
      out->data_len = sizeof(kName) - 1;
      return POP3_OK;
    case POP3_QUERY_IS_LOCAL:
      out->number = 0;
      return POP3_OK;
    default:
      return POP3_ERR_UNSUPPORTED;
  }
}

static void exec_destroy(void *ptr) {
  command *self = ptr;
  if (self == NULL) return;
  p3_child_close(&self->child);
  self->host->release(self->host->ctx, self);
}

static const pop3_transport_ops kExecOps = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_transport_ops),
    .name = "exec",
    .flags = POP3_TRANSPORT_BOTTOM,
    .create = exec_create,
    .connect = exec_connect,
    .read = exec_read,
    .write = exec_write,
    .shutdown = exec_shutdown,
    .interest = exec_interest,
    .query = exec_query,
    .destroy = exec_destroy,
};

static const pop3_transport_ops *const kTransports[] = {&kExecOps};

static const pop3_plugin kPlugin = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_plugin),
    .name = "exec",
    .version = POP3_VERSION,
    .transports = kTransports,
    .num_transports = 1,
};

POP3_PLUGIN_ENTRY(exec, kPlugin)
