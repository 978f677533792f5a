#define _GNU_SOURCE 1  // sync_file_range
#include "tools/cli/staged_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// How many names are tried for one file.
#define MAX_NAMES 100000

void cli_staged_files_init(cli_staged_files *files, const char *layer, const char *path,
                           const char *prefix, int temp_dir, int final_dir) {
  memset(files, 0, sizeof(*files));
  files->layer = layer;
  files->path = path;
  files->prefix = prefix;
  files->temp_dir = temp_dir;
  files->final_dir = final_dir;
  files->current.fd = -1;
}

static void discard(cli_staged_files *files, cli_staged_file *file) {
  if (file->fd < 0) return;
  (void)close(file->fd);
  file->fd = -1;
  (void)unlinkat(files->temp_dir, file->temp, 0);
}

static pop3_status fail(const cli_staged_files *files, const char *what, const char *name,
                        int sys_errno, pop3_error *err) {
  return pop3_error_set(err, POP3_ERR_LOCAL_IO, files->layer, sys_errno, "cannot %s %s in %s: %s",
                        what, name, files->path, strerror(sys_errno));
}

static pop3_status fail_file(const cli_staged_files *files, const char *what,
                             const cli_staged_file *file, int sys_errno, pop3_error *err) {
  char name[2 * CLI_STAGED_NAME_MAX];
  (void)snprintf(name, sizeof(name), "%s%s", file->stem, file->suffix);
  return fail(files, what, name, sys_errno, err);
}

pop3_status cli_staged_files_begin(cli_staged_files *files, const char *stem, const char *suffix,
                                   cli_staged_clash clash, pop3_error *err) {
  cli_staged_file *file = &files->current;
  if (strlen(stem) + strlen(suffix) >= CLI_STAGED_NAME_MAX) {
    return fail(files, "create", stem, ENAMETOOLONG, err);
  }
  memcpy(file->stem, stem, strlen(stem) + 1);
  memcpy(file->suffix, suffix, strlen(suffix) + 1);
  file->clash = clash;
  file->fd = cli_temp_file_create(files->temp_dir, files->prefix, file->temp);
  if (file->fd < 0) return fail_file(files, "create", file, errno, err);
  cli_fd_writer_start(&files->writer, file->fd);
  return POP3_OK;
}

pop3_status cli_staged_files_write(cli_staged_files *files, const uint8_t *data, size_t data_len,
                                   pop3_error *err) {
  int sys_errno = cli_fd_writer_put(&files->writer, data, data_len);
  if (sys_errno == 0) return POP3_OK;
  return fail_file(files, "write", &files->current, sys_errno, err);
}

pop3_status cli_staged_files_end(cli_staged_files *files, pop3_error *err) {
  int sys_errno = cli_fd_writer_flush(&files->writer);
  if (sys_errno != 0) return fail_file(files, "write", &files->current, sys_errno, err);
  files->waiting[files->num_waiting++] = files->current;
  files->current.fd = -1;
  return POP3_OK;
}

void cli_staged_files_abort(cli_staged_files *files) { discard(files, &files->current); }

// Says whether nobody but this user, and root, can change the file.
static int is_ours(const struct stat *info) {
  return S_ISREG(info->st_mode) && info->st_uid == geteuid() &&
         (info->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

// Says whether the file |name| holds the same octets as |fd|, and makes it durable if so: another
// program may have written it. What others can change does not count: tomorrow it may hold
// anything, and the message is deleted on the server then.
static int is_same(const cli_staged_files *files, const char *name, int fd) {
  int other = openat(files->final_dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (other < 0) return 0;
  struct stat ours;
  struct stat theirs;
  int same = fstat(fd, &ours) == 0 && fstat(other, &theirs) == 0 && is_ours(&theirs) &&
             ours.st_size == theirs.st_size;
  char a[8192];
  char b[sizeof(a)];
  for (off_t at = 0; same && at < ours.st_size;) {
    ssize_t n = pread(fd, a, sizeof(a), at);
    same = n > 0 && pread(other, b, (size_t)n, at) == n && memcmp(a, b, (size_t)n) == 0;
    at += n;
  }
  same = same && fsync(other) == 0;
  (void)close(other);
  return same;
}

// Gives a file the first name that it can have. Returns 0 or an errno.
static int give_name(const cli_staged_files *files, const cli_staged_file *file) {
  char name[2 * CLI_STAGED_NAME_MAX + 16];
  (void)snprintf(name, sizeof(name), "%s%s", file->stem, file->suffix);
  if (file->clash == CLI_STAGED_REPLACE) {
    int done = renameat(files->temp_dir, file->temp, files->final_dir, name);
    return done == 0 ? 0 : errno;
  }
  for (unsigned i = 2; i <= MAX_NAMES; ++i) {
    int sys_errno = cli_temp_file_rename(files->temp_dir, file->temp, files->final_dir, name);
    if (sys_errno != EEXIST) return sys_errno;
    if (file->clash == CLI_STAGED_SAME_WILL_DO && is_same(files, name, file->fd)) {
      (void)unlinkat(files->temp_dir, file->temp, 0);
      return 0;
    }
    (void)snprintf(name, sizeof(name), "%s~%u%s", file->stem, i, file->suffix);
  }
  return EEXIST;
}

// Gives a file its name and closes it.
static pop3_status publish(cli_staged_files *files, cli_staged_file *file, pop3_error *err) {
  int sys_errno = give_name(files, file);
  if (sys_errno != 0) return fail_file(files, "create", file, sys_errno, err);
  int fd = file->fd;
  file->fd = -1;
  if (close(fd) != 0 && errno != EINTR) return fail_file(files, "close", file, errno, err);
  return POP3_OK;
}

// Makes the files durable. |*out_durable| of them are, from the first on.
static pop3_status sync_all(const cli_staged_files *files, size_t *out_durable, pop3_error *err) {
  *out_durable = 0;
  // Start all the writing before waiting for the first: the disk then takes them in one go. And
  // wait for all before the first rename: else each fsync would have to write out the rename before
  // it.
  for (size_t i = 0; files->num_waiting > 1 && i < files->num_waiting; ++i) {
    (void)sync_file_range(files->waiting[i].fd, 0, 0, SYNC_FILE_RANGE_WRITE);
  }
  for (size_t i = 0; i < files->num_waiting; ++i) {
    if (fsync(files->waiting[i].fd) != 0) {
      return fail_file(files, "write", &files->waiting[i], errno, err);
    }
    ++*out_durable;
  }
  return POP3_OK;
}

pop3_status cli_staged_files_publish(cli_staged_files *files, uint64_t *out_published,
                                     pop3_error *err) {
  if (files->num_waiting == 0) return POP3_OK;
  size_t durable = 0;
  uint64_t published = 0;
  pop3_status synced = sync_all(files, &durable, err);
  pop3_status status = POP3_OK;
  for (size_t i = 0; i < files->num_waiting; ++i) {
    if (i < durable && status == POP3_OK) {
      status = publish(files, &files->waiting[i], synced == POP3_OK ? err : NULL);
      if (status == POP3_OK) published++;
    }
    discard(files, &files->waiting[i]);
  }
  files->num_waiting = 0;
  if (synced != POP3_OK) status = synced;
  if (published > 0 && fsync(files->final_dir) != 0) {
    return fail(files, "write", "the directory", errno, err);
  }
  *out_published += published;
  return status;
}

void cli_staged_files_cleanup(cli_staged_files *files) {
  discard(files, &files->current);
  for (size_t i = 0; i < files->num_waiting; ++i) discard(files, &files->waiting[i]);
  files->num_waiting = 0;
}
