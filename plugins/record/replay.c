#define _POSIX_C_SOURCE 200809L  // O_CLOEXEC
#include "plugins/record/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plugins/record/reader.h"
#include "plugins/record/redact.h"

#define LAYER "replay"

// How much of a line an error shows.
enum { SHOWN_MAX = 60 };

// Two places in the file: what the server says next, and what the client is to say next, which may
// be further on.
typedef struct player {
  const pop3_host *host;
  int fd;
  int is_dead;
  p3_record_reader server;
  p3_record_reader client;
  p3_record_line say;   // under way; kind 0: the end
  p3_record_line hear;  // likewise
  uint64_t say_line;    // where |say| is in the file
  uint64_t hear_line;
  uint64_t passed;  // client's lines before |say|
  uint64_t heard;   // client's lines that have come, whole
  const char *hear_start;
  p3_redact redact;  // for errors
  char file[];
} player;

// --- The file

static pop3_status file_failed(const player *self, pop3_error *err, uint64_t line, int sys_errno,
                               const char *why) {
  char where[40] = "";
  if (line > 0) (void)snprintf(where, sizeof(where), " line %llu", (unsigned long long)line);
  return self->host->fail(self->host->ctx, err, POP3_ERR_LOCAL_IO, LAYER, sys_errno, 0,
                          "%.120s%s: %s", self->file, where, why);
}

static pop3_status next(const player *self, p3_record_reader *reader, p3_record_line *out,
                        pop3_error *err) {
  int sys_errno;
  const char *why = p3_record_next(reader, out, &sys_errno);
  if (why != NULL) return file_failed(self, err, reader->line, sys_errno, why);
  if (out->kind == 'H') out->kind = 0;  // the next recording
  return POP3_OK;
}

static pop3_status next_say(player *self, pop3_error *err) {
  do {
    pop3_status status = next(self, &self->server, &self->say, err);
    if (status != POP3_OK) return status;
    if (self->say.kind == 'C') self->passed++;
    // An empty text says nothing.
  } while (self->say.kind == 'C' || (self->say.kind == 'S' && self->say.text == self->say.end));
  self->say_line = self->server.line;
  return POP3_OK;
}

static pop3_status next_hear(player *self, pop3_error *err) {
  for (;;) {
    pop3_status status = next(self, &self->client, &self->hear, err);
    if (status != POP3_OK) return status;
    self->hear_line = self->client.line;
    self->hear_start = self->hear.text;
    if (self->hear.kind == 0) return POP3_OK;
    if (self->hear.kind != 'C') continue;
    if (self->hear.text != self->hear.end) return POP3_OK;
    self->heard++;  // an empty text has come
  }
}

// Goes behind the beginning of the |session|-th recording.
static pop3_status find(const player *self, p3_record_reader *reader, int64_t session,
                        pop3_error *err) {
  p3_record_reader_init(reader, self->fd);
  for (int64_t found = 0; found < session;) {
    p3_record_line line;
    int sys_errno;
    const char *why = p3_record_next(reader, &line, &sys_errno);
    if (found == 0 && (why != NULL || line.kind != 'H')) {
      return file_failed(self, err, 0, sys_errno, "this is no recording");
    }
    if (why != NULL) return file_failed(self, err, reader->line, sys_errno, why);
    if (line.kind == 0) {
      return self->host->fail(self->host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                              "option replay.session: %.120s has %lld of them", self->file,
                              (long long)found);
    }
    found += line.kind == 'H';
  }
  return POP3_OK;
}

// --- Create

static pop3_status read_options(const pop3_host *host, const pop3_transport_config *config,
                                const char **out_file, int64_t *out_session, pop3_error *err) {
  *out_session = 1;
  for (size_t i = 0; i < config->num_options; i++) {
    const pop3_option *option = &config->options[i];
    if (option->name == NULL || strncmp(option->name, "replay.", 7) != 0) continue;
    const char *why = NULL;
    if (strcmp(option->name, "replay.file") == 0) {
      if (option->text == NULL || !*option->text || option->object != NULL) why = "takes a path";
      *out_file = option->text;
    } else if (strcmp(option->name, "replay.session") == 0) {
      if (option->text != NULL || option->object != NULL || option->number < 1) {
        why = "takes a number from 1";
      }
      *out_session = option->number;
    } else {
      why = "there is no such option";
    }
    if (why != NULL) {
      return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0, "option %s: %s",
                        option->name, why);
    }
  }
  if (*out_file != NULL) return POP3_OK;
  return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                    "option replay.file: there is none");
}

static void replay_destroy(void *ptr) {
  player *self = ptr;
  if (self == NULL) return;
  const pop3_host *host = self->host;
  if (self->fd >= 0) close(self->fd);
  host->wipe(host->ctx, &self->redact, sizeof(self->redact));
  host->release(host->ctx, self);
}

static pop3_status open_file(player *self, int64_t session, pop3_error *err) {
  self->fd = open(self->file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  struct stat facts;
  if (self->fd < 0 || fstat(self->fd, &facts) != 0) {
    int code = errno;
    char buf[80];
    if (strerror_r(code, buf, sizeof(buf)) != 0) buf[0] = '\0';
    return file_failed(self, err, 0, code, buf);
  }
  if (!S_ISREG(facts.st_mode)) return file_failed(self, err, 0, 0, "it is not a regular file");
  pop3_status status = find(self, &self->server, session, err);
  if (status == POP3_OK) status = find(self, &self->client, session, err);
  if (status == POP3_OK) status = next_say(self, err);
  if (status == POP3_OK) status = next_hear(self, err);
  return status;
}

static pop3_status replay_create(const pop3_host *host, const pop3_transport_config *config,
                                 const pop3_layer *lower, void **out_self, pop3_error *err) {
  (void)lower;
  const char *file = NULL;
  int64_t session;
  pop3_status status = read_options(host, config, &file, &session, err);
  if (status != POP3_OK || file == NULL) return status;
  size_t len = strlen(file);
  player *self = host->alloc(host->ctx, sizeof(*self) + len + 1);
  if (self == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  memset(self, 0, sizeof(*self));
  memcpy(self->file, file, len + 1);
  self->host = host;
  self->fd = -1;
  status = open_file(self, session, err);
  if (status != POP3_OK) {
    replay_destroy(self);
    return status;
  }
  *out_self = self;
  return POP3_OK;
}

static pop3_io replay_connect(void *ptr, pop3_error *err) {
  const player *self = ptr;
  (void)err;
  self->host->note(self->host->ctx, "replay: playing %s", self->file);
  return POP3_IO_DONE;
}

// --- The server speaks

// Whether it is its turn: the client has said what it had said by then.
static int may_say(const player *self) { return !self->is_dead && self->heard >= self->passed; }

static pop3_io say_last(player *self, pop3_error *err) {
  const pop3_host *host = self->host;
  if (self->say.kind == 'T') {
    host->fail(host->ctx, err, POP3_ERR_IO, LAYER, 0, 0,
               "%.120s line %llu: TLS begins: the rest was not recorded", self->file,
               (unsigned long long)self->say_line);
    return POP3_IO_FAIL;
  }
  if (self->say.kind != 'F') return POP3_IO_EOF;  // it hung up, or the client did
  char text[160];
  size_t len = 0;
  const char *at = self->say.text;
  for (int octet; len < sizeof(text) - 1;) {
    octet = p3_record_unescape(&at, self->say.end);
    if (octet < 0) break;
    text[len++] = (char)octet;
  }
  text[len] = '\0';
  host->fail(host->ctx, err, POP3_ERR_IO, LAYER, 0, 0, "as recorded: %s", text);
  return POP3_IO_FAIL;
}

static pop3_io replay_read(void *ptr, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
  player *self = ptr;
  size_t len = 0;
  if (!may_say(self)) return POP3_IO_WANT_READ;
  while (len < cap && may_say(self) && self->say.kind == 'S') {
    int octet = p3_record_unescape(&self->say.text, self->say.end);
    buf[len++] = (uint8_t)octet;
    p3_redact_server(&self->redact, (uint8_t)octet);
    if (self->say.text == self->say.end && next_say(self, err) != POP3_OK) {
      self->is_dead = 1;
      return POP3_IO_FAIL;
    }
  }
  *out_len = len;
  if (len > 0) return POP3_IO_DONE;
  return say_last(self, err);
}

// --- The client speaks

static void shorten(char *out, const char *text, size_t len, const char *more) {
  size_t shown = len < SHOWN_MAX ? len : SHOWN_MAX;
  memcpy(out, text, shown);
  (void)snprintf(out + shown, 8, "%s", shown < len ? "..." : more);
}

// Says what was expected, and what came, as far as both may be shown.
static pop3_io mismatch(player *self, pop3_error *err) {
  const pop3_host *host = self->host;
  char came[SHOWN_MAX + 8];
  p3_redact_text text = p3_redact_show(&self->redact);
  shorten(came, self->redact.line, text.shown, text.hides ? "\\?" : "");
  self->is_dead = 1;
  if (self->hear.kind == 0) {
    host->fail(host->ctx, err, POP3_ERR_IO, LAYER, 0, 0,
               "%.120s line %llu: the recorded client has sent all, but this one sent \"%s\"",
               self->file, (unsigned long long)self->hear_line, came);
    return POP3_IO_FAIL;
  }
  char due[SHOWN_MAX + 8];
  shorten(due, self->hear_start, (size_t)(self->hear.end - self->hear_start), "");
  host->fail(host->ctx, err, POP3_ERR_IO, LAYER, 0, 0,
             "%.120s line %llu: the recorded client sent \"%s\", but this one sent \"%s\"",
             self->file, (unsigned long long)self->hear_line, due, came);
  return POP3_IO_FAIL;
}

// Whether |octet| is the one that is due. It may stand in the place of hidden ones.
static int is_due(player *self, uint8_t octet) {
  const char *at = self->hear.text;
  int due = p3_record_unescape(&at, self->hear.end);
  if (due == P3_RECORD_ANY) {
    const char *behind = at;
    int after = p3_record_unescape(&behind, self->hear.end);
    if (octet != after) return octet != '\r' && octet != '\n';
    at = behind;
    due = after;
  }
  if (due != octet) return 0;
  self->hear.text = at;
  return 1;
}

// Hidden octets at the end of a line of the file end where the client's line does.
static pop3_status end_hidden(player *self, uint8_t octet, pop3_error *err) {
  const char *at = self->hear.text;
  if (octet != '\r' && octet != '\n') return POP3_OK;
  if (self->hear.kind == 0 || p3_record_unescape(&at, self->hear.end) != P3_RECORD_ANY ||
      at != self->hear.end) {
    return POP3_OK;
  }
  self->heard++;
  return next_hear(self, err);
}

static pop3_io replay_write(void *ptr, const uint8_t *data, size_t data_len, size_t *out_len,
                            pop3_error *err) {
  player *self = ptr;
  for (size_t i = 0; i < data_len; i++) {
    int is_end = p3_redact_client(&self->redact, data[i]);
    if (end_hidden(self, data[i], err) != POP3_OK) {
      self->is_dead = 1;
      return POP3_IO_FAIL;
    }
    if (self->hear.kind == 0 || !is_due(self, data[i])) {
      // The rest of the line makes the error clearer.
      while (!is_end && ++i < data_len) is_end = p3_redact_client(&self->redact, data[i]);
      return mismatch(self, err);
    }
    if (is_end) p3_redact_next(&self->redact, self->host);
    if (self->hear.text != self->hear.end) continue;
    self->heard++;
    if (next_hear(self, err) != POP3_OK) {
      self->is_dead = 1;
      return POP3_IO_FAIL;
    }
  }
  *out_len = data_len;
  return POP3_IO_DONE;
}

// --- The rest

static int replay_pending(void *ptr) {
  const player *self = ptr;
  return may_say(self) && self->say.kind == 'S';
}

static void replay_interest(void *ptr, pop3_interest *io) {
  const player *self = ptr;
  int can = (io->events & POP3_WAIT_WRITE) || ((io->events & POP3_WAIT_READ) && may_say(self));
  if (can) io->deadline_ms = self->host->now_ms(self->host->ctx);
}

static pop3_status replay_query(void *ptr, uint32_t what, pop3_answer *out) {
  const player *self = ptr;
  switch (what) {
    case POP3_QUERY_PEER_NAME:
      out->data = (const uint8_t *)self->file;
      out->data_len = strlen(self->file);
      return POP3_OK;
    case POP3_QUERY_IS_LOCAL:
      out->number = 1;
      return POP3_OK;
    default:
      return POP3_ERR_UNSUPPORTED;
  }
}

const pop3_transport_ops p3_replay_ops = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_transport_ops),
    .name = "replay",
    .flags = POP3_TRANSPORT_BOTTOM,
    .create = replay_create,
    .connect = replay_connect,
    .read = replay_read,
    .write = replay_write,
    .interest = replay_interest,
    .pending = replay_pending,
    .query = replay_query,
    .destroy = replay_destroy,
};
