// Delivery into a directory: message N becomes the file N.eml.
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/cli/deliver.h"
#include "tools/cli/staged_files.h"

typedef struct dir_place {
  cli_deliver base;
  int dir;
  int replace;
  char *path;
  cli_staged_files files;
} dir_place;

static pop3_status refuse_existing(const dir_place *self, const char *name, pop3_error *err) {
  return pop3_error_set(err, POP3_ERR_LOCAL_IO, "dir", EEXIST,
                        "%s exists in %s already (--force replaces it)", name, self->path);
}

static pop3_status dir_check(cli_deliver *deliver, uint32_t number, pop3_error *err) {
  dir_place *self = (dir_place *)deliver;
  char name[CLI_STAGED_NAME_MAX];
  (void)snprintf(name, sizeof(name), "%" PRIu32 ".eml", number);
  struct stat info;
  if (self->replace || fstatat(self->dir, name, &info, AT_SYMLINK_NOFOLLOW) != 0) return POP3_OK;
  return refuse_existing(self, name, err);
}

static pop3_status dir_begin(cli_deliver *deliver, uint32_t number, pop3_error *err) {
  dir_place *self = (dir_place *)deliver;
  char temp[CLI_STAGED_NAME_MAX];
  char name[CLI_STAGED_NAME_MAX];
  (void)snprintf(name, sizeof(name), "%" PRIu32 ".eml", number);
  (void)snprintf(temp, sizeof(temp), ".%" PRIu32 ".eml.%ld", number, (long)getpid());
  return cli_staged_files_begin(&self->files, temp, name, err);
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

static const cli_deliver_ops kDirOps = {dir_check, dir_begin, dir_write, dir_end,
                                        dir_abort, dir_flush, dir_close};

pop3_status cli_deliver_dir_open(cli_deliver **out, const char *path, int replace,
                                 pop3_error *err) {
  *out = NULL;
  dir_place *self = calloc(1, sizeof(*self));
  char *copy = strdup(path);
  if (self == NULL || copy == NULL) {
    free(self);
    free(copy);
    return pop3_error_set(err, POP3_ERR_MEMORY, "dir", 0, "no memory for the directory");
  }
  self->base.ops = &kDirOps;
  self->path = copy;
  self->replace = replace;
  self->dir = -1;
  int sys_errno = 0;
  if (mkdir(path, S_IRWXU) != 0 && errno != EEXIST) sys_errno = errno;
  if (sys_errno == 0) self->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (sys_errno == 0 && (self->dir < 0 || faccessat(self->dir, ".", W_OK | X_OK, AT_EACCESS))) {
    sys_errno = errno;
  }
  cli_staged_files_init(&self->files, "dir", copy, self->dir, self->dir, replace);
  if (sys_errno != 0) {
    dir_close(&self->base);
    return pop3_error_set(err, POP3_ERR_LOCAL_IO, "dir", sys_errno, "cannot write to %s: %s", path,
                          strerror(sys_errno));
  }
  *out = &self->base;
  return POP3_OK;
}
