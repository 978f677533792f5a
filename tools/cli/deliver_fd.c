// Delivery to a descriptor, which is standard output: one message behind the other.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/deliver.h"
#include "tools/cli/fd_writer.h"

#define LAYER "fd"

typedef struct fd_place {
  cli_deliver base;
  const char *name;
  uint64_t ended;  // messages that wait for a flush
  cli_fd_writer writer;
} fd_place;

static pop3_status check_write(const fd_place *self, int sys_errno, pop3_error *err) {
  if (sys_errno == 0) return POP3_OK;
  if (sys_errno == ETIMEDOUT) {
    return pop3_error_set(err, POP3_ERR_TIMEOUT, LAYER, sys_errno,
                          "nobody took all of %s in time (total_ms)", self->name);
  }
  return pop3_error_set(err, POP3_ERR_LOCAL_IO, LAYER, sys_errno, "cannot write to %s: %s",
                        self->name, strerror(sys_errno));
}

static pop3_status fd_begin(cli_deliver *deliver, const cli_message_id *id, pop3_error *err) {
  (void)deliver;
  (void)id;
  (void)err;
  return POP3_OK;
}

static pop3_status fd_write(cli_deliver *deliver, const uint8_t *data, size_t data_len,
                            pop3_error *err) {
  fd_place *self = (fd_place *)deliver;
  return check_write(self, cli_fd_writer_put(&self->writer, data, data_len), err);
}

static pop3_status fd_end(cli_deliver *deliver, pop3_error *err) {
  (void)err;
  ((fd_place *)deliver)->ended++;
  return POP3_OK;
}

// What was written cannot be taken back: whoever reads sees a message that stops.
static void fd_abort(cli_deliver *deliver) { (void)deliver; }

static pop3_status fd_flush(cli_deliver *deliver, pop3_error *err) {
  fd_place *self = (fd_place *)deliver;
  pop3_status status = check_write(self, cli_fd_writer_flush(&self->writer), err);
  if (status == POP3_OK) deliver->stored += self->ended;
  self->ended = 0;
  return status;
}

static void fd_close(cli_deliver *deliver) { free(deliver); }

static const cli_deliver_ops kFdOps = {fd_begin, fd_write, fd_end,  fd_abort,
                                       fd_flush, NULL,     fd_close};

pop3_status cli_deliver_fd_open(cli_deliver **out, int fd, const char *name, pop3_error *err) {
  fd_place *self = calloc(1, sizeof(*self));
  *out = (cli_deliver *)self;
  if (self == NULL) return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for output");
  self->base.ops = &kFdOps;
  self->name = name;
  cli_fd_writer_start(&self->writer, fd);
  return POP3_OK;
}
