#define _POSIX_C_SOURCE 200809L  // O_CLOEXEC, O_NOFOLLOW

#include <errno.h>
#include <fcntl.h>
#include <pop3/plugins/record.h>
#include <pop3/spi/transport.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plugins/record/escape.h"
#include "plugins/record/redact.h"
#include "plugins/record/replay.h"

#define LAYER "record"

enum { SERVER_LINE_MAX = 4096, OUT_MAX = 8192 };

typedef struct recorder {
  const pop3_host *host;
  const pop3_layer *lower;
  const pop3_record_sink *sink;
  int fd;
  int has_failed;
  int has_ended;  // the server's end is written down
  int sys_errno;  // of the failure
  p3_redact redact;
  int server_goes_on;  // its line began earlier
  size_t server_len;
  size_t out_len;
  char out[OUT_MAX];
  uint8_t server[SERVER_LINE_MAX];  // the server's line under way
} recorder;

// --- Writing

// Hands over what is in |out|. Once that has failed nothing more is written.
static void flush(recorder *self) {
  size_t at = 0;
  if (self->sink != NULL && self->out_len > 0 && !self->has_failed) {
    self->has_failed = !self->sink->write(self->sink->arg, self->out, self->out_len);
    at = self->out_len;
  }
  while (at < self->out_len && !self->has_failed) {
    ssize_t put = write(self->fd, self->out + at, self->out_len - at);
    if (put > 0) {
      at += (size_t)put;
    } else if (put == 0 || errno != EINTR) {
      self->has_failed = 1;
      self->sys_errno = put == 0 ? ENOSPC : errno;
    }
  }
  self->out_len = 0;
}

static void put(recorder *self, const char *text) {
  for (; *text; text++) {
    if (self->out_len == OUT_MAX) flush(self);
    self->out[self->out_len++] = *text;
  }
}

static void put_octets(recorder *self, const void *data, size_t len) {
  const uint8_t *octets = data;
  for (size_t i = 0; i < len; i++) {
    if (OUT_MAX - self->out_len < P3_RECORD_ESCAPE_MAX) flush(self);
    self->out_len += p3_record_escape(self->out + self->out_len, octets[i]);
  }
}

// Of a line that is secret: what is harmless, the stand-in, and the line end.
static void put_redacted_reply(recorder *self) {
  const char *line = (const char *)self->server;
  size_t text = self->server_len;
  if (text > 0 && line[text - 1] == '\n') text--;
  if (text > 0 && line[text - 1] == '\r') text--;
  if (!self->server_goes_on) {
    const char *stand_in;
    put_octets(self, line, p3_redact_reply(line, text, &stand_in));
    put(self, stand_in);
  }
  put_octets(self, line + text, self->server_len - text);
}

static void end_server_line(recorder *self) {
  if (self->server_len == 0) return;
  int goes_on = self->server[self->server_len - 1] != '\n';
  put(self, "S ");
  if (self->redact.responded) {
    put_redacted_reply(self);
    self->host->wipe(self->host->ctx, self->server, self->server_len);
  } else {
    put_octets(self, self->server, self->server_len);
  }
  put(self, "\n");
  self->server_goes_on = goes_on;
  self->server_len = 0;
}

static void end_client_line(recorder *self) {
  if (self->redact.line_len == 0) return;
  // The order of things matters: what the server sent so far the client may have read.
  end_server_line(self);
  p3_redact_text text = p3_redact_show(&self->redact);
  put(self, "C ");
  put_octets(self, self->redact.line, text.shown);
  if (text.hides) put(self, "\\?");
  put_octets(self, text.ending, strlen(text.ending));
  put(self, "\n");
  p3_redact_next(&self->redact, self->host);
}

static void note_server(recorder *self, const uint8_t *data, size_t len) {
  for (size_t i = 0; i < len && !self->redact.encrypted; i++) {
    self->server[self->server_len++] = data[i];
    if (data[i] == '\n' || self->server_len == SERVER_LINE_MAX) end_server_line(self);
    p3_redact_server(&self->redact, data[i]);
    if (!self->redact.encrypted) continue;
    end_client_line(self);
    put(self, "T\n");
  }
}

static void note_client(recorder *self, const uint8_t *data, size_t len) {
  for (size_t i = 0; i < len && !self->redact.encrypted; i++) {
    if (p3_redact_client(&self->redact, data[i])) end_client_line(self);
  }
}

static void note_end(recorder *self, const pop3_error *err) {
  if (self->redact.encrypted || self->has_ended) return;
  self->has_ended = 1;
  end_client_line(self);
  end_server_line(self);
  put(self, err != NULL ? "F " : "E\n");
  if (err == NULL) return;
  put_octets(self, err->text, strlen(err->text));
  put(self, "\n");
}

// --- Create

static pop3_status bad(const pop3_host *host, pop3_error *err, const char *name, const char *why) {
  return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0, "option %s: %s", name, why);
}

typedef struct settings {
  const char *file;
  int append;
  const pop3_record_sink *sink;
} settings;

static pop3_status read_option(settings *out, const pop3_host *host, const pop3_option *option,
                               pop3_error *err) {
  if (strcmp(option->name, "record.file") == 0) {
    if (option->text == NULL || !*option->text || option->object != NULL) {
      return bad(host, err, option->name, "takes a path");
    }
    out->file = option->text;
  } else if (strcmp(option->name, "record.append") == 0) {
    if (option->text != NULL || option->object != NULL ||
        (option->number != 0 && option->number != 1)) {
      return bad(host, err, option->name, "takes 0 or 1");
    }
    out->append = (int)option->number;
  } else if (strcmp(option->name, "record.sink") == 0) {
    out->sink = option->object;
    if (out->sink == NULL || !POP3_HAS_MEMBER(pop3_record_sink, out->sink, write) ||
        out->sink->write == NULL) {
      return bad(host, err, option->name, "takes a pop3_record_sink");
    }
  } else {
    return bad(host, err, option->name, "there is no such option");
  }
  return POP3_OK;
}

static pop3_status read_options(settings *out, const pop3_host *host,
                                const pop3_transport_config *config, pop3_error *err) {
  memset(out, 0, sizeof(*out));
  for (size_t i = 0; i < config->num_options; i++) {
    const pop3_option *option = &config->options[i];
    if (option->name == NULL || strncmp(option->name, "record.", 7) != 0) continue;
    pop3_status status = read_option(out, host, option, err);
    if (status != POP3_OK) return status;
  }
  if (out->file == NULL && out->sink == NULL) return bad(host, err, "record.file", "there is none");
  if (out->file != NULL && out->sink != NULL) {
    return bad(host, err, "record.sink", "there is a record.file as well");
  }
  if (out->append && out->file == NULL) {
    return bad(host, err, "record.append", "there is no record.file");
  }
  return POP3_OK;
}

static pop3_status file_failed(const pop3_host *host, pop3_error *err, const char *file,
                               int sys_errno, const char *why) {
  char buf[80] = "";
  if (why == NULL && strerror_r(sys_errno, buf, sizeof(buf)) != 0) buf[0] = '\0';
  return host->fail(host->ctx, err, POP3_ERR_LOCAL_IO, LAYER, sys_errno, 0,
                    "cannot record to %.120s: %s", file, why != NULL ? why : buf);
}

static pop3_status open_file(recorder *self, const settings *from, pop3_error *err) {
  int how = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK |
            (from->append ? O_APPEND : O_EXCL);
  self->fd = open(from->file, how, 0600);
  if (self->fd < 0) return file_failed(self->host, err, from->file, errno, NULL);
  struct stat facts;
  if (fstat(self->fd, &facts) != 0) return file_failed(self->host, err, from->file, errno, NULL);
  const char *why = NULL;
  if (!S_ISREG(facts.st_mode)) {
    why = "it is not a regular file";
  } else if (facts.st_uid != geteuid()) {
    why = "it belongs to somebody else";
  } else if ((facts.st_mode & 077) != 0) {
    why = "others can read or write it";
  }
  return why != NULL ? file_failed(self->host, err, from->file, 0, why) : POP3_OK;
}

// Of a failure to write, once; what the lower transport has done counts no more then.
static pop3_io check(recorder *self, pop3_io io, pop3_error *err) {
  flush(self);
  if (!self->has_failed) return io;
  char buf[80] = "its sink does not take it";
  if (self->sink == NULL && strerror_r(self->sys_errno, buf, sizeof(buf)) != 0) buf[0] = '\0';
  self->host->fail(self->host->ctx, err, POP3_ERR_LOCAL_IO, LAYER, self->sys_errno, 0,
                   "the recording cannot go on: %s", buf);
  return POP3_IO_FAIL;
}

static void record_destroy(void *ptr) {
  recorder *self = ptr;
  if (self == NULL) return;
  const pop3_host *host = self->host;
  if (self->fd >= 0 || self->sink != NULL) {
    if (!self->redact.encrypted) end_client_line(self);
    end_server_line(self);
    flush(self);
  }
  if (self->fd >= 0) close(self->fd);
  host->wipe(host->ctx, self, sizeof(*self));
  host->release(host->ctx, self);
}

static pop3_status record_create(const pop3_host *host, const pop3_transport_config *config,
                                 const pop3_layer *lower, void **out_self, pop3_error *err) {
  settings from;
  pop3_status status = read_options(&from, host, config, err);
  if (status != POP3_OK) return status;
  recorder *self = host->alloc(host->ctx, sizeof(*self));
  if (self == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  memset(self, 0, sizeof(*self));
  self->host = host;
  self->lower = lower;
  self->sink = from.sink;
  self->fd = -1;
  if (lower == NULL) status = bad(host, err, LAYER, "there is no transport below");
  if (status == POP3_OK && from.file != NULL) status = open_file(self, &from, err);
  if (status != POP3_OK) {
    if (self->fd >= 0) close(self->fd);
    host->release(host->ctx, self);
    return status;
  }
  put(self, "pop3-record 1\n");
  *out_self = self;
  return POP3_OK;
}

// --- Passing through

static pop3_io record_connect(void *ptr, pop3_error *err) { return check(ptr, POP3_IO_DONE, err); }

static pop3_io record_read(void *ptr, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
  recorder *self = ptr;
  pop3_io io = self->lower->ops->read(self->lower->self, buf, cap, out_len, err);
  if (io == POP3_IO_DONE) {
    note_server(self, buf, *out_len);
  } else if (io == POP3_IO_EOF || io == POP3_IO_FAIL) {
    note_end(self, io == POP3_IO_FAIL ? err : NULL);
  }
  return check(self, io, err);
}

static pop3_io record_write(void *ptr, const uint8_t *data, size_t data_len, size_t *out_len,
                            pop3_error *err) {
  recorder *self = ptr;
  pop3_io io = self->lower->ops->write(self->lower->self, data, data_len, out_len, err);
  if (io == POP3_IO_DONE) note_client(self, data, *out_len);
  return check(self, io, err);
}

static void record_interest(void *ptr, pop3_interest *io) {
  const pop3_layer *lower = ((recorder *)ptr)->lower;
  lower->ops->interest(lower->self, io);
}

static const pop3_transport_ops kRecordOps = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_transport_ops),
    .name = "record",
    .flags = POP3_TRANSPORT_UPPER,
    .create = record_create,
    .connect = record_connect,
    .read = record_read,
    .write = record_write,
    .interest = record_interest,
    .destroy = record_destroy,
};

static const pop3_transport_ops *const kTransports[] = {&kRecordOps, &p3_replay_ops};

static const pop3_plugin kPlugin = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_plugin),
    .name = "record",
    .version = POP3_VERSION,
    .transports = kTransports,
    .num_transports = 2,
};

POP3_PLUGIN_ENTRY(record, kPlugin)
