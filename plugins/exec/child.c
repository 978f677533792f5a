#define _GNU_SOURCE 1  // pipe2, syscall
#include "plugins/exec/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { GRACE_MS = 2000, POLL_MS = 20 };

static void close_fd(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

// --- Start

// Descriptors for the child must not be 0, 1 or 2: they would get in the way of one another where
// they are put in place.
static int lift(int *fd) {
  if (*fd > 2) return 0;
  int lifted = fcntl(*fd, F_DUPFD_CLOEXEC, 3);
  if (lifted < 0) return errno;
  close(*fd);
  *fd = lifted;
  return 0;
}

typedef struct plumbing {
  int socket[2];
  int errors[2];
} plumbing;

static int lay(plumbing *out) {
  out->socket[0] = out->socket[1] = out->errors[0] = out->errors[1] = -1;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out->socket) != 0) return errno;
  if (pipe2(out->errors, O_CLOEXEC) != 0) return errno;
  int code = 0;
  for (int i = 0; i < 2 && code == 0; i++) {
    code = lift(&out->socket[i]);
    if (code == 0) code = lift(&out->errors[i]);
  }
  if (code == 0 && fcntl(out->errors[0], F_SETFL, O_NONBLOCK) != 0) code = errno;
  return code;
}

static int prepare(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes,
                   const plumbing *pipes) {
  sigset_t none;
  sigset_t normal;
  sigemptyset(&none);
  sigemptyset(&normal);
  // What a program ignores its children would ignore too; these a command counts on.
  sigaddset(&normal, SIGPIPE);
  sigaddset(&normal, SIGCHLD);
  sigaddset(&normal, SIGTERM);
  int code = posix_spawnattr_setsigmask(attributes, &none);
  if (code == 0) code = posix_spawnattr_setsigdefault(attributes, &normal);
  if (code == 0) {
    code = posix_spawnattr_setflags(attributes,
                                    (short)(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  }
  if (code == 0) code = posix_spawn_file_actions_adddup2(actions, pipes->socket[1], 0);
  if (code == 0) code = posix_spawn_file_actions_adddup2(actions, pipes->socket[1], 1);
  if (code == 0) code = posix_spawn_file_actions_adddup2(actions, pipes->errors[1], 2);
#if defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 34)
  // Ours are closed on exec; the rest of the program's may not be.
  if (code == 0) code = posix_spawn_file_actions_addclosefrom_np(actions, 3);
#endif
#endif
  return code;
}

static int spawn(pid_t *out, const plumbing *pipes, const char *command) {
  char shell[] = "/bin/sh";
  char name[] = "sh";
  char flag[] = "-c";
  char *text = strdup(command);
  if (text == NULL) return ENOMEM;
  char *const argv[] = {name, flag, text, NULL};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int code = posix_spawn_file_actions_init(&actions);
  if (code == 0) {
    code = posix_spawnattr_init(&attributes);
    if (code == 0) {
      code = prepare(&actions, &attributes, pipes);
      if (code == 0) code = posix_spawn(out, shell, &actions, &attributes, argv, environ);
      posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
  }
  free(text);
  return code;
}

static int open_process(pid_t pid) {
#ifdef SYS_pidfd_open
  int fd = (int)syscall(SYS_pidfd_open, pid, 0);  // closed on exec by itself
  if (fd >= 0 && lift(&fd) != 0) close_fd(&fd);
  return fd;
#else
  (void)pid;
  return -1;
#endif
}

int p3_child_start(p3_child *out, const char *command) {
  const p3_child none = P3_CHILD_INIT;
  *out = none;
  plumbing pipes;
  int code = lay(&pipes);
  if (code == 0) code = spawn(&out->pid, &pipes, command);
  close_fd(&pipes.socket[1]);
  close_fd(&pipes.errors[1]);
  if (code != 0) {
    close_fd(&pipes.socket[0]);
    close_fd(&pipes.errors[0]);
    out->pid = 0;
    return code;
  }
  out->socket = pipes.socket[0];
  out->errors = pipes.errors[0];
  out->process = open_process(out->pid);
  return 0;
}

// --- End

int p3_child_ended(p3_child *child, int *out_status) {
  pid_t pid;
  *out_status = -1;
  if (child->pid <= 0) return 0;
  do {
    pid = waitpid(child->pid, out_status, WNOHANG);
  } while (pid < 0 && errno == EINTR);
  if (pid == 0) return 0;
  if (pid < 0) *out_status = -1;  // somebody else has reaped it
  child->pid = 0;
  close_fd(&child->process);
  return 1;
}

// By its descriptor, if there is one: the number may be another process's by now.
static void send_signal(const p3_child *child, int number) {
#ifdef SYS_pidfd_send_signal
  if (child->process >= 0) {
    (void)syscall(SYS_pidfd_send_signal, child->process, number, NULL, 0);
    return;
  }
#endif
  kill(child->pid, number);
}

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// The thread that waits for a command that did not end at once.
static void *bury(void *arg) {
  p3_child *child = arg;
  int64_t until = now_ms() + GRACE_MS;
  int killed = 0;
  int status;
  while (!p3_child_ended(child, &status)) {
    int64_t left = until - now_ms();
    if (left <= 0 && !killed) {
      send_signal(child, SIGKILL);
      killed = 1;
    }
    struct pollfd process = {child->process, POLLIN, 0};
    int wait_ms = killed ? -1 : (int)(left > 0 ? left : 0);
    if (child->process < 0 && (wait_ms < 0 || wait_ms > POLL_MS)) wait_ms = POLL_MS;
    (void)poll(&process, 1, wait_ms);
  }
  free(child);
  return NULL;
}

// Starts that thread. 0 if there is none to be had.
static int bury_later(const p3_child *child) {
  p3_child *copy = malloc(sizeof(*copy));
  pthread_attr_t attributes;
  if (copy == NULL) return 0;
  *copy = *child;
  if (pthread_attr_init(&attributes) != 0) {
    free(copy);
    return 0;
  }
  sigset_t all;
  sigset_t before;
  pthread_t thread;
  sigfillset(&all);
  (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  // The program's signals are none of its business.
  int masked = pthread_sigmask(SIG_SETMASK, &all, &before) == 0;
  int code = pthread_create(&thread, &attributes, bury, copy);
  if (masked) (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  if (code != 0) free(copy);
  return code == 0;
}

void p3_child_close(p3_child *child) {
  int status;
  close_fd(&child->socket);
  close_fd(&child->errors);
  if (child->pid > 0 && !p3_child_ended(child, &status)) {
    send_signal(child, SIGTERM);
    if (bury_later(child)) {
      child->process = -1;  // the thread's now
    } else {
      send_signal(child, SIGKILL);
      while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {
      }
    }
  }
  close_fd(&child->process);
  child->pid = 0;
}
