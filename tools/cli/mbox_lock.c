#define _XOPEN_SOURCE 700  // realpath
#include "tools/cli/mbox_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tools/cli/clock.h"
#include "tools/cli/dot_lock.h"
#include "tools/cli/make_dir.h"
#include "tools/cli/signals.h"

#define LAYER "mbox"

// How long to sleep between two tries.
#define RETRY_MS 100

// How a try to take a lock ends.
typedef enum taken { TAKEN_YES, TAKEN_BY_OTHER, TAKEN_FAILED } taken;

static void nap(void) {
  struct timespec time = {0, RETRY_MS * 1000000L};
  (void)nanosleep(&time, NULL);
}

// Says whether |fd| is still the file at |path|: a mail reader may have replaced it.
static int is_still(int fd, const char *path) {
  struct stat open_file;
  struct stat named_file;
  return fstat(fd, &open_file) == 0 && stat(path, &named_file) == 0 &&
         open_file.st_ino == named_file.st_ino && open_file.st_dev == named_file.st_dev;
}

// Locks the open file. Returns 0, EAGAIN if somebody else has it, or another errno.
static int lock_fd(int fd, const char *path) {
  struct stat info;
  if (fstat(fd, &info) != 0) return errno;
  if (!S_ISREG(info.st_mode)) return EINVAL;
  struct flock request;
  memset(&request, 0, sizeof(request));
  request.l_type = F_WRLCK;
  request.l_whence = SEEK_SET;
  if (fcntl(fd, F_SETLK, &request) != 0) return errno == EACCES ? EAGAIN : errno;
  return is_still(fd, path) ? 0 : EAGAIN;
}

// Makes the name of a new mbox durable, in the directory where it is: a symbolic link may lead to
// another. An empty one may be new: who made it may have been killed before that. Returns 0 or an
// errno.
static int sync_name(int fd, const char *path) {
  struct stat info;
  if (fstat(fd, &info) != 0) return errno;
  if (!S_ISREG(info.st_mode) || info.st_size > 0) return 0;
  char *real = realpath(path, NULL);
  if (real == NULL) return errno == ENOENT ? EAGAIN : errno;  // somebody has just taken it away
  int sys_errno = cli_sync_parent(AT_FDCWD, real);
  free(real);
  return sys_errno;
}

// Opens |path| as an mbox. A symbolic link is followed as Linux does with protected_symlinks: one
// that another user has put there, in /tmp say, might lead to any file of ours.
static int open_mbox(const char *path, int *out_errno) {
  const int flags = O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  const mode_t mode = S_IRUSR | S_IWUSR;
  int fd = open(path, flags | O_NOFOLLOW);
  if (fd < 0 && errno == ENOENT) {
    fd = open(path, flags | O_NOFOLLOW | O_CREAT | O_EXCL, mode);
    if (fd < 0 && errno == EEXIST) errno = EAGAIN;  // somebody else has just made it
  }
  struct stat link;
  if (fd < 0 && errno == ELOOP && lstat(path, &link) == 0) {
    if (link.st_uid == 0 || link.st_uid == geteuid()) {
      fd = open(path, flags | O_CREAT, mode);
    } else {
      errno = ELOOP;
    }
  }
  *out_errno = fd < 0 ? errno : sync_name(fd, path);
  if (fd < 0 || *out_errno == 0) return fd;
  (void)close(fd);
  return -1;
}

// Tries to open and lock the file itself.
static taken take_file_lock(cli_mbox_lock *lock, const char *path, int *out_errno) {
  int fd = open_mbox(path, out_errno);
  if (fd >= 0) *out_errno = lock_fd(fd, path);
  if (fd >= 0 && *out_errno == 0) {
    lock->fd = fd;
    return TAKEN_YES;
  }
  if (fd >= 0) (void)close(fd);
  return *out_errno == EAGAIN ? TAKEN_BY_OTHER : TAKEN_FAILED;
}

// One try at both. Leaves nothing behind unless it answers TAKEN_YES.
static taken take_both(cli_mbox_lock *lock, const char *dot_path, const char *path, int *out_dotted,
                       int *out_errno) {
  int taken_over = 0;
  cli_dot_lock dot = cli_dot_lock_take(dot_path, &taken_over, out_errno);
  *out_dotted = dot == CLI_DOT_LOCK_HELD;
  if (dot == CLI_DOT_LOCK_HELD) return TAKEN_BY_OTHER;
  if (dot == CLI_DOT_LOCK_FAILED) return TAKEN_FAILED;
  lock->taken_over = lock->taken_over || taken_over;
  taken answer = take_file_lock(lock, path, out_errno);
  if (dot == CLI_DOT_LOCK_FORBIDDEN) return answer;
  if (answer == TAKEN_YES) {
    lock->dot_path = strdup(dot_path);
    if (lock->dot_path != NULL) return TAKEN_YES;
    (void)cli_mbox_lock_release(lock);
    *out_errno = ENOMEM;
    answer = TAKEN_FAILED;
  }
  (void)unlink(dot_path);
  return answer;
}

static pop3_status fail(const char *path, int sys_errno, pop3_error *err) {
  const char *why = strerror(sys_errno);
  if (sys_errno == EINVAL) why = "not a regular file";
  if (sys_errno == ELOOP) why = "a symbolic link that another user has made";
  return pop3_error_set(err, POP3_ERR_LOCAL_IO, LAYER, sys_errno, "cannot use %s as an mbox: %s",
                        path, why);
}

pop3_status cli_mbox_lock_take(cli_mbox_lock *lock, const char *path, int64_t wait_ms,
                               pop3_error *err) {
  *lock = (cli_mbox_lock)CLI_MBOX_LOCK_INIT;
  size_t dot_cap = strlen(path) + sizeof(".lock");
  char *dot_path = malloc(dot_cap);
  if (dot_path == NULL) {
    return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for the lock");
  }
  (void)snprintf(dot_path, dot_cap, "%s.lock", path);
  int64_t give_up = cli_clock_ms(NULL) + wait_ms;
  int sys_errno = 0;
  int dotted = 0;
  taken answer = take_both(lock, dot_path, path, &dotted, &sys_errno);
  while (answer == TAKEN_BY_OTHER && cli_clock_ms(NULL) < give_up && cli_signals_caught() == 0) {
    nap();
    answer = take_both(lock, dot_path, path, &dotted, &sys_errno);
  }
  pop3_status status = POP3_OK;
  if (answer == TAKEN_FAILED) {
    status = fail(path, sys_errno, err);
  } else if (answer == TAKEN_BY_OTHER && dotted) {
    status = pop3_error_set(err, POP3_ERR_LOCAL_IO, LAYER, EAGAIN,
                            "%s is there: another program holds the mbox, or one that was killed "
                            "left it; if no program uses %s, remove it",
                            dot_path, path);
  } else if (answer == TAKEN_BY_OTHER) {
    status = pop3_error_set(err, POP3_ERR_LOCAL_IO, LAYER, EAGAIN, "another program has locked %s",
                            path);
  }
  free(dot_path);
  return status;
}

int cli_mbox_lock_release(cli_mbox_lock *lock) {
  int failed = lock->fd >= 0 && close(lock->fd) != 0 && errno != EINTR ? errno : 0;
  if (lock->dot_path != NULL) {
    (void)unlink(lock->dot_path);
    free(lock->dot_path);
  }
  *lock = (cli_mbox_lock)CLI_MBOX_LOCK_INIT;
  return failed;
}
