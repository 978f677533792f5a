#define _POSIX_C_SOURCE 200809L
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

// How long to sleep between two tries.
#define RETRY_MS 100

// take_step answers.
typedef enum taken { TAKEN_YES, TAKEN_BY_OTHER, TAKEN_FAILED } taken;

static void nap(void) {
  struct timespec time = {0, RETRY_MS * 1000000L};
  (void)nanosleep(&time, NULL);
}

// Tries to make FILE.lock.
static taken take_dot_lock(const char *dot_path, int *out_made, int *out_errno) {
  int fd = open(dot_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0444);
  *out_made = fd >= 0;
  if (fd >= 0) {
    char pid[32];
    int len = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
    if (len > 0) (void)!write(fd, pid, (size_t)len);  // says who holds it; nobody depends on it
    (void)close(fd);
    return TAKEN_YES;
  }
  if (errno == EEXIST) return TAKEN_BY_OTHER;
  if (errno == EACCES || errno == EPERM || errno == EROFS) return TAKEN_YES;
  *out_errno = errno;
  return TAKEN_FAILED;
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

// Tries to open and lock the file itself.
static taken take_file_lock(cli_mbox_lock *lock, const char *path, int *out_errno) {
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, S_IRUSR | S_IWUSR);
  *out_errno = fd < 0 ? errno : lock_fd(fd, path);
  if (fd >= 0 && *out_errno == 0) {
    lock->fd = fd;
    return TAKEN_YES;
  }
  if (fd >= 0) (void)close(fd);
  return *out_errno == EAGAIN ? TAKEN_BY_OTHER : TAKEN_FAILED;
}

// One try at both. Leaves nothing behind unless it answers TAKEN_YES.
static taken take_both(cli_mbox_lock *lock, const char *path, const char *dot_path, int *out_dotted,
                       int *out_errno) {
  int made = 0;
  taken answer = take_dot_lock(dot_path, &made, out_errno);
  *out_dotted = answer == TAKEN_BY_OTHER;
  if (answer == TAKEN_YES) answer = take_file_lock(lock, path, out_errno);
  if (answer == TAKEN_YES && made) {
    lock->dot_path = strdup(dot_path);
    if (lock->dot_path != NULL) return TAKEN_YES;
    (void)cli_mbox_lock_release(lock);
    *out_errno = ENOMEM;
    answer = TAKEN_FAILED;
  }
  if (made && answer != TAKEN_YES) (void)unlink(dot_path);
  return answer;
}

pop3_status cli_mbox_lock_take(cli_mbox_lock *lock, const char *path, int64_t wait_ms,
                               pop3_error *err) {
  *lock = (cli_mbox_lock)CLI_MBOX_LOCK_INIT;
  size_t dot_cap = strlen(path) + sizeof(".lock");
  char *dot_path = malloc(dot_cap);
  if (dot_path == NULL) {
    return pop3_error_set(err, POP3_ERR_MEMORY, "mbox", 0, "no memory for the lock");
  }
  (void)snprintf(dot_path, dot_cap, "%s.lock", path);
  int64_t give_up = cli_clock_ms(NULL) + wait_ms;
  int sys_errno = 0;
  int dotted = 0;
  taken answer = take_both(lock, path, dot_path, &dotted, &sys_errno);
  while (answer == TAKEN_BY_OTHER && cli_clock_ms(NULL) < give_up) {
    nap();
    answer = take_both(lock, path, dot_path, &dotted, &sys_errno);
  }
  pop3_status status = POP3_OK;
  if (answer == TAKEN_FAILED) {
    status =
        pop3_error_set(err, POP3_ERR_LOCAL_IO, "mbox", sys_errno, "cannot use %s as an mbox: %s",
                       path, sys_errno == EINVAL ? "not a regular file" : strerror(sys_errno));
  } else if (answer == TAKEN_BY_OTHER && dotted) {
    status = pop3_error_set(err, POP3_ERR_LOCAL_IO, "mbox", EAGAIN,
                            "%s is there: another program holds the mbox, or one that was killed "
                            "left it",
                            dot_path);
  } else if (answer == TAKEN_BY_OTHER) {
    status = pop3_error_set(err, POP3_ERR_LOCAL_IO, "mbox", EAGAIN, "another program has locked %s",
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
