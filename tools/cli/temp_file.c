#define _GNU_SOURCE 1  // getrandom, flock, renameat2
#include "tools/cli/temp_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DIGITS 16
#define SUFFIX ".tmp"

// How many names are tried. One is enough unless the directory is full of an enemy's guesses.
#define TRIES 100

static uint64_t random_number(void) {
  uint64_t number = 0;
  if (getrandom(&number, sizeof(number), GRND_NONBLOCK) == (ssize_t)sizeof(number)) return number;
  struct timespec now = {0, 0};
  (void)clock_gettime(CLOCK_REALTIME, &now);
  return ((uint64_t)now.tv_sec << 32) ^ ((uint64_t)now.tv_nsec << 16) ^ (uint64_t)getpid();
}

// Locks a file that was just made. Returns 0 if somebody who sweeps was faster: it is gone then, or
// will be at once. A file system without flock leaves it unlocked, and nobody sweeps there.
static int hold(int fd) {
  if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return 0;
  struct stat info;
  return fstat(fd, &info) == 0 && info.st_nlink > 0;
}

void cli_temp_file_name(const char *prefix, char out_name[CLI_TEMP_NAME_MAX]) {
  (void)snprintf(out_name, CLI_TEMP_NAME_MAX, "%.8s%016" PRIx64 SUFFIX, prefix, random_number());
}

int cli_temp_file_create(int dir, const char *prefix, char out_name[CLI_TEMP_NAME_MAX]) {
  for (int i = 0; i < TRIES; ++i) {
    cli_temp_file_name(prefix, out_name);
    int fd = openat(dir, out_name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                    S_IRUSR | S_IWUSR);
    if (fd >= 0 && hold(fd)) return fd;
    if (fd >= 0) {
      (void)close(fd);
    } else if (errno != EEXIST) {
      return -1;
    }
  }
  errno = EEXIST;
  return -1;
}

// Renames without replacing. File systems that lack the flag get a hard link; those that lack hard
// links too get a plain rename behind a look, which is the best that they can do.
int cli_temp_file_rename(int temp_dir, const char *temp, int dir, const char *name) {
  if (renameat2(temp_dir, temp, dir, name, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (linkat(temp_dir, temp, dir, name, 0) == 0) {
    (void)unlinkat(temp_dir, temp, 0);
    return 0;
  }
  if (errno != EPERM && errno != EOPNOTSUPP) return errno;
  if (faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) return EEXIST;
  return renameat(temp_dir, temp, dir, name) == 0 ? 0 : errno;
}

static int is_ours_by_name(const char *name, const char *prefix) {
  size_t prefix_len = strlen(prefix);
  return strncmp(name, prefix, prefix_len) == 0 &&
         strspn(name + prefix_len, "0123456789abcdef") == DIGITS &&
         strcmp(name + prefix_len + DIGITS, SUFFIX) == 0;
}

static void remove_if_dead(int dir, const char *name) {
  const int flags = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  int fd = openat(dir, name, O_RDWR | flags);  // NFS wants it so for the lock
  if (fd < 0) fd = openat(dir, name, O_RDONLY | flags);
  if (fd < 0) return;
  struct stat opened;
  struct stat named;
  if (fstat(fd, &opened) == 0 && S_ISREG(opened.st_mode) && opened.st_uid == geteuid() &&
      flock(fd, LOCK_EX | LOCK_NB) == 0 &&
      // Its writer may have given it its own name in the meantime and let go.
      fstatat(dir, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && named.st_ino == opened.st_ino &&
      named.st_dev == opened.st_dev) {
    (void)unlinkat(dir, name, 0);
  }
  (void)close(fd);
}

void cli_temp_file_sweep(int dir, const char *prefix) {
  int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream = copy < 0 ? NULL : fdopendir(copy);
  if (stream == NULL) {
    if (copy >= 0) (void)close(copy);
    return;
  }
  for (const struct dirent *entry = readdir(stream); entry != NULL; entry = readdir(stream)) {
    if (is_ours_by_name(entry->d_name, prefix)) remove_if_dead(dir, entry->d_name);
  }
  (void)closedir(stream);
}
