#define _GNU_SOURCE 1  // flock
#include "tools/cli/dot_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tools/cli/make_dir.h"
#include "tools/cli/temp_file.h"

// Nobody writes to a lock; all may read whose it is.
#define LOCK_MODE (S_IRUSR | S_IRGRP | S_IROTH)

// Writes who we are. Returns its length.
static size_t write_owner(char *out, size_t out_cap) {
  char host[HOST_NAME_MAX + 1] = "";
  (void)gethostname(host, sizeof(host) - 1);
  int len = snprintf(out, out_cap, "%ld:%s", (long)getpid(), host);
  return len < 0 ? 0 : (size_t)len;
}

// Makes the lock where there are no hard links. Returns 0 or an errno.
static int make_in_place(const char *path, const char *owner, size_t len) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, LOCK_MODE);
  if (fd < 0) return errno;
  // Half of it would name another process; nothing at all names none.
  if (write(fd, owner, len) != (ssize_t)len) (void)!ftruncate(fd, 0);
  (void)close(fd);
  return 0;
}

// Makes the lock in |dir|, where |path| is. Returns 0 or an errno.
//
// It says who holds it from the moment that it is there: a program that is killed in between must
// not leave a lock that names nobody. So it is written under a temporary name.
static int make_in(int dir, const char *path) {
  char owner[HOST_NAME_MAX + 32];
  size_t len = write_owner(owner, sizeof(owner));
  char temp[CLI_TEMP_NAME_MAX];
  int fd = cli_temp_file_create(dir, CLI_DOT_LOCK_TEMP, temp);
  if (fd < 0) return errno;
  int sys_errno = 0;
  if (write(fd, owner, len) != (ssize_t)len) sys_errno = errno == 0 ? EIO : errno;
  if (sys_errno == 0 && fchmod(fd, LOCK_MODE) != 0) sys_errno = errno;
  if (sys_errno == 0 && linkat(dir, temp, AT_FDCWD, path, 0) != 0) sys_errno = errno;
  (void)unlinkat(dir, temp, 0);
  (void)close(fd);
  int no_links = sys_errno == EPERM || sys_errno == EOPNOTSUPP || sys_errno == ENOSYS;
  return no_links ? make_in_place(path, owner, len) : sys_errno;
}

static int make(const char *path) {
  int dir = cli_open_parent(AT_FDCWD, path);
  if (dir < 0) return errno;
  int sys_errno = make_in(dir, path);
  (void)close(dir);
  return sys_errno;
}

// Says whether a program holds the file itself, as those do that take both locks: its process may
// be one of another container, whose number says nothing here.
static int is_in_use(const char *path) {
  char file[PATH_MAX];
  size_t len = strlen(path) - strlen(".lock");
  if (len >= sizeof(file)) return 0;
  memcpy(file, path, len);
  file[len] = '\0';
  int fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return 0;
  struct flock request;
  memset(&request, 0, sizeof(request));
  request.l_type = F_WRLCK;
  request.l_whence = SEEK_SET;
  int in_use = fcntl(fd, F_GETLK, &request) == 0 && request.l_type != F_UNLCK;
  (void)close(fd);
  return in_use;
}

static int is_dead(long pid) {
  return pid == (long)getpid() || (kill((pid_t)pid, 0) != 0 && errno == ESRCH);
}

// Says whether the open lock is left over.
static int is_stale(int fd, const struct stat *info) {
  char text[HOST_NAME_MAX + 32];
  ssize_t len = pread(fd, text, sizeof(text) - 1, 0);
  if (len < 0) return 0;
  text[len] = '\0';
  char *end = NULL;
  long pid = strtol(text, &end, 10);
  if (text[0] >= '1' && text[0] <= '9' && pid <= INT_MAX) {
    if (*end != ':') return end[strspn(end, " \r\n")] == '\0' ? is_dead(pid) : 0;
    char host[HOST_NAME_MAX + 1] = "";
    (void)gethostname(host, sizeof(host) - 1);
    end[1 + strcspn(end + 1, "\r\n")] = '\0';
    return strcmp(end + 1, host) == 0 && is_dead(pid);
  }
  time_t now = time(NULL);
  return now != (time_t)-1 && now - info->st_mtime >= CLI_DOT_LOCK_STALE_S;
}

static int is_file(const char *path, const struct stat *file) {
  struct stat named;
  return lstat(path, &named) == 0 && named.st_ino == file->st_ino && named.st_dev == file->st_dev;
}

// Takes away the file |path| if it is still |file|. Between the look and the unlink another program
// might put its own lock there: so it is moved aside first, looked at, and put back if need be. Its
// other name is one that a sweep takes away if this program is killed before it does that itself.
static int take_away(const char *path, const struct stat *file) {
  char name[CLI_TEMP_NAME_MAX];
  cli_temp_file_name(CLI_DOT_LOCK_TEMP, name);
  const char *slash = strrchr(path, '/');
  int dir_len = slash == NULL ? 0 : (int)(slash + 1 - path);
  char aside[PATH_MAX];
  int len = snprintf(aside, sizeof(aside), "%.*s%s", dir_len, path, name);
  if (len < 0 || (size_t)len >= sizeof(aside) || !is_file(path, file)) return 0;
  if (rename(path, aside) != 0) return 0;
  if (!is_file(aside, file)) {
    (void)cli_temp_file_rename(AT_FDCWD, aside, AT_FDCWD, path);
    return 0;
  }
  return unlink(aside) == 0;
}

// Takes the lock |path| away if it is left over. Returns 1 if it did.
static int remove_stale(const char *path) {
  int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return 0;
  struct stat info;
  int removed = 0;
  // Of several programs that see that it is stale one gets the flock, and the others find later
  // that the lock of this name is not the one that they have open: while they do, its inode's
  // number is not given to another. Where there is no flock the look after the move has to do.
  if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && is_stale(fd, &info) && !is_in_use(path) &&
      (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)) {
    removed = take_away(path, &info);
  }
  (void)close(fd);
  return removed;
}

void cli_dot_lock_sweep(const char *path) {
  int dir = cli_open_parent(AT_FDCWD, path);
  if (dir < 0) return;
  cli_temp_file_sweep(dir, CLI_DOT_LOCK_TEMP);
  (void)close(dir);
}

cli_dot_lock cli_dot_lock_take(const char *path, int *out_taken_over, int *out_errno) {
  *out_taken_over = 0;
  int sys_errno = make(path);
  if (sys_errno == EEXIST && remove_stale(path)) {
    sys_errno = make(path);
    *out_taken_over = sys_errno == 0;
  }
  switch (sys_errno) {
    case 0:
      return CLI_DOT_LOCK_MADE;
    case EEXIST:
      return CLI_DOT_LOCK_HELD;
    case EACCES:
    case EPERM:
    case EROFS:
      return CLI_DOT_LOCK_FORBIDDEN;
    default:
      *out_errno = sys_errno;
      return CLI_DOT_LOCK_FAILED;
  }
}
