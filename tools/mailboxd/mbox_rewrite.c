#define _GNU_SOURCE 1
#include "tools/mailboxd/mbox_rewrite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/mailboxd/log.h"
#include "tools/mailboxd/stored.h"

static int write_all(int fd, const uint8_t *data, size_t len) {
  while (len > 0) {
    ssize_t n = write(fd, data, len);
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0) {
      return 0;
    }
    data += n;
    len -= (size_t)n;
  }
  return 1;
}

static int copy(int to, int from, uint64_t start, uint64_t end) {
  uint8_t piece[65536];
  while (start < end) {
    size_t want = end - start < sizeof(piece) ? (size_t)(end - start) : sizeof(piece);
    size_t got;
    if (!stored_pread(from, piece, want, start, &got) || got != want ||
        !write_all(to, piece, got)) {
      return 0;
    }
    start += got;
  }
  return 1;
}

// Is the file still what was read, but for mail that was appended?
static int is_unchanged(const char *path, int fd, const struct stat *seen, struct stat *now) {
  struct stat named;
  char start[5];
  size_t got;
  if (stat(path, &named) != 0 || fstat(fd, now) != 0 || named.st_dev != now->st_dev ||
      named.st_ino != now->st_ino) {
    return 0;
  }
  if (now->st_size == seen->st_size) {
    return stored_modified_ns(now) == stored_modified_ns(seen);
  }
  return now->st_size > seen->st_size &&
         stored_pread(fd, start, sizeof(start), (uint64_t)seen->st_size, &got) &&
         got == sizeof(start) && memcmp(start, "From ", sizeof(start)) == 0;
}

// Writes what remains to |to| and makes it the file.
static enum drop_status replace(const char *path, int fd, const struct stat *now, int to,
                                const char *temporary, const struct mbox_cut *cuts,
                                size_t num_cuts) {
  uint64_t at = 0;
  for (size_t i = 0; i < num_cuts; i++) {
    if (!copy(to, fd, at, cuts[i].start)) {
      return DROP_TEMP;
    }
    at = cuts[i].end;
  }
  if (!copy(to, fd, at, (uint64_t)now->st_size) || fchmod(to, now->st_mode & 07777) != 0) {
    return DROP_TEMP;
  }
  // Another owner can be given only by root; without that the file is still right.
  if (fchown(to, now->st_uid, now->st_gid) != 0 && errno != EPERM) {
    return DROP_TEMP;
  }
  return fsync(to) == 0 && rename(temporary, path) == 0 ? DROP_OK : DROP_TEMP;
}

static enum drop_status rewrite_locked(const char *path, int fd, const struct stat *seen,
                                       const struct mbox_cut *cuts, size_t num_cuts) {
  struct stat now;
  char *temporary;
  if (!is_unchanged(path, fd, seen, &now)) {
    log_write(LOG_LEVEL_ERROR, "%s has changed: nothing deleted", path);
    return DROP_TEMP;
  }
  if (asprintf(&temporary, "%s.XXXXXX", path) < 0) {
    return DROP_TEMP;
  }
  enum drop_status status = DROP_TEMP;
  int to = mkostemp(temporary, O_CLOEXEC);
  if (to >= 0) {
    status = replace(path, fd, &now, to, temporary, cuts, num_cuts);
    if (status != DROP_OK) {
      log_write(LOG_LEVEL_ERROR, "%s: %s", temporary, strerror(errno));
      (void)unlink(temporary);
    }
    close(to);
  }
  free(temporary);
  return status;
}

enum drop_status mbox_rewrite(const char *path, int fd, const struct stat *seen,
                              const struct mbox_cut *cuts, size_t num_cuts) {
  char *lock;
  if (asprintf(&lock, "%s.lock", path) < 0) {
    return DROP_TEMP;
  }
  int lock_fd = open(lock, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  enum drop_status status;
  if (lock_fd < 0) {
    status = errno == EACCES || errno == EROFS ? DROP_PERM : DROP_TEMP;
    log_write(LOG_LEVEL_ERROR, "%s: %s", lock, strerror(errno));
  } else {
    status = rewrite_locked(path, fd, seen, cuts, num_cuts);
    close(lock_fd);
    (void)unlink(lock);
  }
  free(lock);
  return status;
}
