#define _GNU_SOURCE 1  // O_PATH
#include "plugins/loader/trusted_path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "plugins/loader/refusal.h"

uid_t p3_trust_owner(void) { return getauxval(AT_SECURE) != 0 ? 0 : geteuid(); }

pop3_status p3_path_check(const char *path, pop3_error *err) {
  if (path[0] != '/') return p3_refuse(err, POP3_ERR_ARGUMENT, 0, path, "is no absolute path");
  if (strlen(path) >= PATH_MAX) {
    return p3_refuse(err, POP3_ERR_ARGUMENT, 0, path, "is longer than a path may be");
  }
  for (const char *part = path; *part != '\0';) {
    part += strspn(part, "/");
    const size_t len = strcspn(part, "/");
    if ((len == 1 && part[0] == '.') || (len == 2 && part[0] == '.' && part[1] == '.')) {
      return p3_refuse(err, POP3_ERR_ARGUMENT, 0, path, "has . or .. in it: name it directly");
    }
    if (len > NAME_MAX) {
      return p3_refuse(err, POP3_ERR_ARGUMENT, 0, path, "has a name longer than names may be");
    }
    part += len;
  }
  return POP3_OK;
}

// Who owns it, who may write to it.
static pop3_status check_permissions(const struct stat *st, const char *shown, uid_t owner,
                                     pop3_error *err) {
  if (st->st_uid != 0 && st->st_uid != owner) {
    return owner == 0 ? p3_refuse(err, POP3_ERR_POLICY, 0, shown,
                                  "belongs to user %lu, not to root", (unsigned long)st->st_uid)
                      : p3_refuse(err, POP3_ERR_POLICY, 0, shown,
                                  "belongs to user %lu, neither to root nor to user %lu",
                                  (unsigned long)st->st_uid, (unsigned long)owner);
  }
  if ((st->st_mode & (S_IWGRP | S_IWOTH)) == 0) return POP3_OK;
  // In a directory with the sticky bit nobody removes or renames what is not his own.
  if (S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX) != 0 && st->st_uid == 0) return POP3_OK;
  return p3_refuse(err, POP3_ERR_POLICY, 0, shown, "can be written to by %s (mode %04o)",
                   (st->st_mode & S_IWOTH) != 0 ? "everybody" : "its group",
                   (unsigned)(st->st_mode & 07777));
}

static pop3_status check_kind(const struct stat *st, const char *shown, int want_dir,
                              pop3_error *err) {
  if (S_ISLNK(st->st_mode)) {
    return p3_refuse(err, POP3_ERR_POLICY, 0, shown, "is a symbolic link: name what it points to");
  }
  if (want_dir && !S_ISDIR(st->st_mode)) {
    return p3_refuse(err, POP3_ERR_POLICY, 0, shown, "is no directory");
  }
  if (!want_dir && !S_ISREG(st->st_mode)) {
    return p3_refuse(err, POP3_ERR_POLICY, 0, shown, "is no regular file");
  }
  return POP3_OK;
}

// Opens |name| as a mere name (O_PATH): a link is not followed, a device not touched, a FIFO not
// waited for. Then looks at what it is.
static pop3_status open_name(int dir_fd, const char *name, const char *shown, uid_t owner,
                             int want_dir, int *out_fd, struct stat *st, pop3_error *err) {
  *out_fd = -1;
  const int fd = openat(dir_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) {
    return p3_refuse(err, POP3_ERR_NOT_FOUND, ENOENT, shown, "is not there");
  }
  if (fd < 0 || fstat(fd, st) != 0) {
    const int sys_errno = errno;
    if (fd >= 0) close(fd);
    return p3_refuse_errno(err, POP3_ERR_LOCAL_IO, sys_errno, shown, "opened");
  }
  pop3_status status = check_kind(st, shown, want_dir, err);
  if (status == POP3_OK) status = check_permissions(st, shown, owner, err);
  if (status != POP3_OK) {
    close(fd);
    return status;
  }
  *out_fd = fd;
  return POP3_OK;
}

pop3_status p3_trusted_dir(const char *path, uid_t owner, int *out_fd, pop3_error *err) {
  char shown[PATH_MAX];
  struct stat st;
  *out_fd = -1;
  pop3_status status = p3_path_check(path, err);
  if (status != POP3_OK) return status;
  int fd = -1;
  status = open_name(AT_FDCWD, "/", "/", owner, 1, &fd, &st, err);
  const char *part = path + strspn(path, "/");
  while (status == POP3_OK && *part != '\0') {
    char name[NAME_MAX + 1];
    const size_t len = strcspn(part, "/");
    memcpy(name, part, len);
    name[len] = '\0';
    part += len;
    memcpy(shown, path, (size_t)(part - path));
    shown[part - path] = '\0';
    part += strspn(part, "/");
    int next = -1;
    status = open_name(fd, name, shown, owner, 1, &next, &st, err);
    close(fd);
    fd = next;
  }
  if (status == POP3_OK) *out_fd = fd;
  return status;
}

int p3_same_file(int dir_fd, const char *name, const struct stat *then) {
  struct stat now;
  return fstatat(dir_fd, name, &now, AT_SYMLINK_NOFOLLOW) == 0 && now.st_dev == then->st_dev &&
         now.st_ino == then->st_ino && now.st_size == then->st_size &&
         now.st_mtim.tv_sec == then->st_mtim.tv_sec && now.st_mtim.tv_nsec == then->st_mtim.tv_nsec;
}

pop3_status p3_trusted_file(int dir_fd, const char *name, const char *shown, uid_t owner,
                            int *out_fd, struct stat *out_stat, pop3_error *err) {
  int name_fd = -1;
  *out_fd = -1;
  pop3_status status = open_name(dir_fd, name, shown, owner, 0, &name_fd, out_stat, err);
  if (status != POP3_OK) return status;
  const int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  const int saved = errno;
  // Open until now: no other file could have its number meanwhile.
  close(name_fd);
  if (fd < 0) return p3_refuse_errno(err, POP3_ERR_LOCAL_IO, saved, shown, "opened");
  struct stat st;
  if (fstat(fd, &st) != 0 || st.st_dev != out_stat->st_dev || st.st_ino != out_stat->st_ino) {
    close(fd);
    return p3_refuse(err, POP3_ERR_POLICY, 0, shown, "was replaced while it was looked at");
  }
  // Once more, from the descriptor that is read: the permissions may have changed.
  status = check_permissions(&st, shown, owner, err);
  if (status != POP3_OK) {
    close(fd);
    return status;
  }
  *out_stat = st;
  *out_fd = fd;
  return POP3_OK;
}
