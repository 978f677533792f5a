// To be preloaded (LD_PRELOAD) into a program under test: stands between it and the system calls by
// which files, directories and connections change. The environment says what to do:
//
//   FAULTS_LOG=FILE             append a line for each call: NAME and what it is about
//   FAULTS_KILL_AT=N            SIGKILL before the N-th call
//   FAULTS_FAIL=NAME:N:ERRNO    the N-th call NAME, and all later ones, fail; several with commas
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static long g_calls;

// One of FAULTS_FAIL.
typedef struct fault {
  char name[16];
  long first;
  int sys_errno;
  long calls;
} fault;

static fault g_faults[4];
static size_t g_num_faults;
static long g_kill_at;
static const char *g_log;

// Reads one "NAME:N:ERRNO". Returns what follows it.
static const char *read_fault(const char *text) {
  size_t len = strcspn(text, ":");
  if (text[len] == '\0' || len >= sizeof(g_faults[0].name)) return "";
  fault *one = &g_faults[g_num_faults++];
  memcpy(one->name, text, len);
  char *end = NULL;
  one->first = strtol(text + len + 1, &end, 10);
  if (*end == ':') one->sys_errno = (int)strtol(end + 1, &end, 10);
  return *end == ',' ? end + 1 : "";
}

__attribute__((constructor)) static void read_environment(void) {
  // NOLINTBEGIN(concurrency-mt-unsafe): before main there are no threads
  const char *faults = getenv("FAULTS_FAIL");
  const char *kill_at = getenv("FAULTS_KILL_AT");
  g_log = getenv("FAULTS_LOG");
  // NOLINTEND(concurrency-mt-unsafe)
  g_kill_at = kill_at == NULL ? 0 : strtol(kill_at, NULL, 10);
  while (faults != NULL && faults[0] != '\0' && g_num_faults < 4) faults = read_fault(faults);
}

// What a descriptor is, in |out|.
static void describe_fd(char *out, size_t out_cap, int fd) {
  char link[64];
  (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
  ssize_t len = readlink(link, out, out_cap - 1);
  out[len < 0 ? 0 : len] = '\0';
}

static void log_call(const char *name, const char *about) {
  if (g_log == NULL) return;
  int fd =
      (int)syscall(SYS_openat, AT_FDCWD, g_log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  char line[4096];
  int len = snprintf(line, sizeof(line), "%s %s\n", name, about);
  if (len > 0) (void)syscall(SYS_write, fd, line, (size_t)len);
  (void)syscall(SYS_close, fd);
}

// Before each call. Returns 1 if it is to fail, with errno.
static int before(const char *name, const char *about) {
  log_call(name, about);
  if (++g_calls == g_kill_at) (void)raise(SIGKILL);
  for (size_t i = 0; i < g_num_faults; ++i) {
    fault *one = &g_faults[i];
    if (strcmp(one->name, name) != 0 || ++one->calls < one->first) continue;
    errno = one->sys_errno;
    return 1;
  }
  return 0;
}

static int before_fd(const char *name, int fd) {
  int saved = errno;
  char about[2048];
  describe_fd(about, sizeof(about), fd);
  errno = saved;
  return before(name, about);
}

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): glibc's begin with __

#define EXPORT __attribute__((visibility("default")))

static int do_open(int dir, const char *path, int flags, mode_t mode) {
  // What is only read changes nothing.
  if ((flags & O_ACCMODE) != O_RDONLY && before("open", path)) return -1;
  return (int)syscall(SYS_openat, dir, path, flags, mode);
}

EXPORT int open(const char *path, int flags, ...) {
  va_list args;
  va_start(args, flags);
  mode_t mode = va_arg(args, mode_t);
  va_end(args);
  return do_open(AT_FDCWD, path, flags, mode);
}

EXPORT int openat(int dir, const char *path, int flags, ...) {
  va_list args;
  va_start(args, flags);
  mode_t mode = va_arg(args, mode_t);
  va_end(args);
  return do_open(dir, path, flags, mode);
}

EXPORT int close(int fd) { return before_fd("close", fd) ? -1 : (int)syscall(SYS_close, fd); }

EXPORT ssize_t write(int fd, const void *data, size_t len) {
  return before_fd("write", fd) ? -1 : (ssize_t)syscall(SYS_write, fd, data, len);
}

EXPORT int ftruncate(int fd, off_t len) {
  return before_fd("ftruncate", fd) ? -1 : (int)syscall(SYS_ftruncate, fd, len);
}

EXPORT int fsync(int fd) { return before_fd("fsync", fd) ? -1 : (int)syscall(SYS_fsync, fd); }

EXPORT int flock(int fd, int how) {
  return before_fd("flock", fd) ? -1 : (int)syscall(SYS_flock, fd, how);
}

EXPORT int rename(const char *from, const char *to) {
  return before("rename", to) ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

EXPORT int renameat(int from_dir, const char *from, int to_dir, const char *to) {
  return before("rename", to) ? -1 : (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, 0);
}

EXPORT int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags) {
  return before("rename", to) ? -1 : (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}

EXPORT int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags) {
  return before("link", to) ? -1 : (int)syscall(SYS_linkat, from_dir, from, to_dir, to, flags);
}

EXPORT int unlink(const char *path) {
  return before("unlink", path) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

EXPORT int unlinkat(int dir, const char *path, int flags) {
  return before("unlink", path) ? -1 : (int)syscall(SYS_unlinkat, dir, path, flags);
}

EXPORT int mkdirat(int dir, const char *path, mode_t mode) {
  return before("mkdir", path) ? -1 : (int)syscall(SYS_mkdirat, dir, path, mode);
}

// Of what is sent the command word is told: nobody who reads the log needs more.
static int before_send(const void *data, size_t len) {
  char word[8] = "";
  size_t n = 0;
  const char *text = data;
  while (n < len && n < sizeof(word) - 1 && text[n] >= 'A' && text[n] <= 'Z') {
    word[n] = text[n];
    n++;
  }
  word[n] = '\0';
  return before("send", word);
}

EXPORT ssize_t send(int fd, const void *data, size_t len, int flags) {
  if (before_send(data, len)) return -1;
  return (ssize_t)syscall(SYS_sendto, fd, data, len, flags, NULL, 0);
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  int is_text = message->msg_iovlen > 0;
  if (before_send(is_text ? message->msg_iov[0].iov_base : "",
                  is_text ? message->msg_iov[0].iov_len : 0)) {
    return -1;
  }
  return (ssize_t)syscall(SYS_sendmsg, fd, message, flags);
}

// NOLINTEND(readability-inconsistent-declaration-parameter-name)
