// Delivery into a directory: a file for each message, named by its unique-id.
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/cli/deliver.h"
#include "tools/cli/mail_name.h"
#include "tools/cli/make_dir.h"
#include "tools/cli/staged_files.h"

#define LAYER "dir"

// What programs that look for mail leave alone.
#define TEMP_PREFIX ".pop3-"

typedef struct dir_place {
  cli_deliver base;
  int dir;
  int replace;
  char *path;
  cli_staged_files files;
} dir_place;

static pop3_status dir_begin(cli_deliver *deliver, const cli_message_id *id, pop3_error *err) {
  dir_place *self = (dir_place *)deliver;
  char name[CLI_MAIL_NAME_MAX];
  cli_mail_name(name, id);
  // A number says nothing about which message it is: another may have had it yesterday.
  cli_staged_clash clash = CLI_STAGED_KEEP_BOTH;
  if (id->uid != NULL) clash = self->replace ? CLI_STAGED_REPLACE : CLI_STAGED_SAME_WILL_DO;
  return cli_staged_files_begin(&self->files, name, ".eml", clash, err);
}

static pop3_status dir_write(cli_deliver *deliver, const uint8_t *data, size_t data_len,
                             pop3_error *err) {
  return cli_staged_files_write(&((dir_place *)deliver)->files, data, data_len, err);
}

static pop3_status dir_flush(cli_deliver *deliver, pop3_error *err) {
  return cli_staged_files_publish(&((dir_place *)deliver)->files, &deliver->stored, err);
}

static pop3_status dir_end(cli_deliver *deliver, pop3_error *err) {
  dir_place *self = (dir_place *)deliver;
  pop3_status status = cli_staged_files_end(&self->files, err);
  if (status != POP3_OK) return status;
  return self->files.num_waiting == CLI_STAGED_MAX ? dir_flush(deliver, err) : POP3_OK;
}

static void dir_abort(cli_deliver *deliver) {
  cli_staged_files_abort(&((dir_place *)deliver)->files);
}

static void dir_close(cli_deliver *deliver) {
  dir_place *self = (dir_place *)deliver;
  cli_staged_files_cleanup(&self->files);
  if (self->dir >= 0) (void)close(self->dir);
  free(self->path);
  free(self);
}

static const cli_deliver_ops kDirOps = {dir_begin, dir_write, dir_end,  dir_abort,
                                        dir_flush, NULL,      dir_close};

pop3_status cli_deliver_dir_open(cli_deliver **out, const char *path, int replace,
                                 pop3_error *err) {
  *out = NULL;
  dir_place *self = calloc(1, sizeof(*self));
  char *copy = strdup(path);
  if (self == NULL || copy == NULL) {
    free(self);
    free(copy);
    return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for the directory");
  }
  self->base.ops = &kDirOps;
  self->path = copy;
  self->replace = replace;
  self->dir = -1;
  int sys_errno = 0;
  self->dir = cli_make_dir(AT_FDCWD, path);
  if (self->dir < 0 || faccessat(self->dir, ".", W_OK | X_OK, AT_EACCESS) != 0) sys_errno = errno;
  cli_staged_files_init(&self->files, "dir", copy, TEMP_PREFIX, self->dir, self->dir);
  if (sys_errno != 0) {
    dir_close(&self->base);
    return pop3_error_set(err, POP3_ERR_LOCAL_IO, LAYER, sys_errno, "cannot write to %s: %s", path,
                          strerror(sys_errno));
  }
  cli_temp_file_sweep(self->dir, TEMP_PREFIX);
  *out = &self->base;
  return POP3_OK;
}
