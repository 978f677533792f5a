#define _GNU_SOURCE 1  // O_PATH
#include "tools/cli/make_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int cli_open_parent(int dir, const char *path) {
  char *parent = strdup(path);
  if (parent == NULL) {
    errno = ENOMEM;
    return -1;
  }
  size_t len = strlen(parent);
  while (len > 1 && parent[len - 1] == '/') len--;  // "a/b/" is b in a
  while (len > 0 && parent[len - 1] != '/') len--;  // "a/" is left
  parent[len] = '\0';
  const char *name = len == 0 ? "." : parent;
  int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // Who may make a file there need not be allowed to read the directory.
  if (fd < 0 && errno == EACCES) fd = openat(dir, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
  int sys_errno = errno;
  free(parent);
  errno = sys_errno;
  return fd;
}

int cli_sync_parent(int dir, const char *path) {
  int fd = cli_open_parent(dir, path);
  if (fd < 0) return errno;
  // Neither a directory that cannot be read nor one of some file systems can be synced.
  int sys_errno = fsync(fd) == 0 || errno == EINVAL || errno == EBADF ? 0 : errno;
  (void)close(fd);
  return sys_errno;
}

int cli_make_dir(int dir, const char *path) {
  if (mkdirat(dir, path, S_IRWXU) == 0) {
    errno = cli_sync_parent(dir, path);
    if (errno != 0) return -1;
  } else if (errno == EEXIST) {
    // Who made it may have been killed before it was durable.
    errno = cli_sync_parent(dir, path);
    if (errno != 0 && errno != EACCES) return -1;
  } else {
    return -1;
  }
  return openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}
