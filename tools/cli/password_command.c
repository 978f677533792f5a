#define _GNU_SOURCE 1  // pipe2, environ
#include "tools/cli/password_command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/cli/clock.h"
#include "tools/cli/prompt.h"
#include "tools/cli/secret_buffer.h"

#define LAYER "cli"

// How long at the most until it is noticed that the command has ended while its output is open.
#define LOOK_MS 50

// child is the command while it runs.
typedef struct child {
  const char *what;  // "password"
  pid_t pid;
  int has_group;  // of its own
  int fd;         // its output, non-blocking; -1 once that has ended
  cli_secret_buffer output;
} child;

static int spawn(child *c, int out_fd, const char *command, posix_spawn_file_actions_t *actions,
                 posix_spawnattr_t *attributes) {
  // The signals that this program ignores must not be ignored by the command.
  sigset_t defaults;
  (void)sigemptyset(&defaults);
  (void)sigaddset(&defaults, SIGPIPE);
  (void)sigaddset(&defaults, SIGXFSZ);
  int flags = POSIX_SPAWN_SETSIGDEF | (c->has_group ? POSIX_SPAWN_SETPGROUP : 0);
  char *argv[] = {(char *)"sh", (char *)"-c", (char *)command, NULL};
  int failed = posix_spawn_file_actions_adddup2(actions, out_fd, STDOUT_FILENO);
  if (failed == 0) failed = posix_spawnattr_setsigdefault(attributes, &defaults);
  if (failed == 0) failed = posix_spawnattr_setpgroup(attributes, 0);
  if (failed == 0) failed = posix_spawnattr_setflags(attributes, (short)flags);
  if (failed == 0) failed = posix_spawn(&c->pid, "/bin/sh", actions, attributes, argv, environ);
  return failed;
}

// Starts the command with its standard output in a pipe. Returns 0 or an errno.
static int start(child *c, const char *command) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return errno;
  // In a group of its own the command could not read from the terminal, nor would Ctrl-C reach it.
  c->has_group = !cli_prompt_possible();
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  // Of the two ends of a pipe, each has flags of its own.
  int failed = fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 ? 0 : errno;
  if (failed == 0) failed = posix_spawn_file_actions_init(&actions);
  if (failed == 0) {
    failed = posix_spawnattr_init(&attributes);
    if (failed == 0) {
      failed = spawn(c, ends[1], command, &actions, &attributes);
      (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
  }
  (void)close(ends[1]);
  c->fd = ends[0];
  if (failed != 0) (void)close(ends[0]);
  return failed;
}

static void close_output(child *c) {
  if (c->fd >= 0) (void)close(c->fd);
  c->fd = -1;
}

// Takes what is there of the output. Returns 0 or an errno.
static int drain(child *c) {
  int sys_errno = 0;
  int is_end = 0;
  while (c->fd >= 0 && sys_errno == 0 && !is_end) {
    sys_errno = cli_secret_buffer_read(&c->output, c->fd, &is_end);
  }
  if (sys_errno == EAGAIN || sys_errno == EWOULDBLOCK) return 0;
  if (sys_errno != 0 || is_end) close_output(c);
  return sys_errno;
}

// Whether the command has ended. Its number stays taken until it is waited for.
static int has_ended(const child *c) {
  siginfo_t info;
  info.si_pid = 0;
  return waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
}

// Sleeps until there is output or time is up.
static void nap(const child *c, int ms) {
  struct pollfd wait = {c->fd, POLLIN, 0};  // a descriptor of -1 is left out
  (void)poll(&wait, 1, ms);
}

// Waits for the command's end and collects its output. |*out_errno| says what is wrong with the
// output.
static pop3_status attend(child *c, int *out_errno, const cli_patience *patience, pop3_error *err) {
  char silent[64];
  (void)snprintf(silent, sizeof(silent), "the %s command did not end", c->what);
  int pause_ms = 1;
  for (;;) {
    int ended = has_ended(c);  // before the output, of which nothing can come any more then
    int sys_errno = drain(c);
    if (*out_errno == 0) *out_errno = sys_errno;
    if (ended) return POP3_OK;
    pop3_status status = cli_patience_check(patience, silent, err);
    if (status != POP3_OK) return status;
    // The end of the output is mostly the end of the command, a moment later.
    nap(c, cli_patience_slice(patience, c->fd >= 0 ? LOOK_MS : pause_ms));
    if (c->fd < 0 && pause_ms < LOOK_MS) pause_ms *= 2;
  }
}

static void send_signal(const child *c, int number) {
  (void)kill(c->has_group ? -c->pid : c->pid, number);
}

// Ends the command: SIGTERM first.
static void end(child *c) {
  int64_t deadline = cli_clock_ms(NULL) + CLI_COMMAND_GRACE_MS;
  send_signal(c, SIGTERM);
  send_signal(c, SIGCONT);  // a stopped process would not see it
  // The output's end says that the command's children have gone, too.
  while ((!has_ended(c) || (c->has_group && c->fd >= 0)) && cli_clock_ms(NULL) < deadline) {
    (void)drain(c);
    nap(c, 10);
  }
  send_signal(c, SIGKILL);
}

static int reap(const child *c) {
  int how = 0;
  while (waitpid(c->pid, &how, 0) < 0 && errno == EINTR) continue;
  return how;
}

// Says how the command ended.
static pop3_status judge(const child *c, int how, pop3_error *err) {
  if (WIFSIGNALED(how)) {
    return pop3_error_set(err, POP3_ERR_NO_CREDENTIALS, LAYER, 0,
                          "the %s command was killed by signal %d", c->what, WTERMSIG(how));
  }
  if (WIFEXITED(how) && WEXITSTATUS(how) != 0) {
    return pop3_error_set(err, POP3_ERR_NO_CREDENTIALS, LAYER, 0,
                          "the %s command failed with exit code %d", c->what, WEXITSTATUS(how));
  }
  return POP3_OK;
}

static pop3_status bad_output(const child *c, int sys_errno, pop3_error *err) {
  if (sys_errno == ENOMEM) {
    return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for the %s", c->what);
  }
  return pop3_error_set(err, POP3_ERR_LOCAL_IO, LAYER, sys_errno,
                        "cannot read the output of the %s command: %s", c->what,
                        strerror(sys_errno));
}

static pop3_status take_first_line(pop3_secret *out, const child *c, pop3_error *err) {
  const cli_secret_buffer *output = &c->output;
  const uint8_t *lf = output->len == 0 ? NULL : memchr(output->data, '\n', output->len);
  size_t len = lf == NULL ? output->len : (size_t)(lf - output->data);
  if (len > 0 && output->data[len - 1] == '\r') len--;
  if (len == 0) {
    return pop3_error_set(err, POP3_ERR_NO_CREDENTIALS, LAYER, 0, "the %s command printed no %s",
                          c->what, c->what);
  }
  if (!pop3_secret_set(out, output->data, len)) return bad_output(c, ENOMEM, err);
  return POP3_OK;
}

pop3_status cli_password_command(pop3_secret *out, const char *what, const char *command,
                                 const cli_patience *patience, pop3_error *err) {
  child c = {what, -1, 0, -1, {NULL, 0, 0}};
  // Who started this program may ignore it; then nobody would learn how the command ended.
  (void)signal(SIGCHLD, SIG_DFL);
  int failed = start(&c, command);
  if (failed != 0) {
    return pop3_error_set(err, POP3_ERR_SYSTEM, LAYER, failed, "cannot start the %s command: %s",
                          what, strerror(failed));
  }
  int sys_errno = 0;
  pop3_status status = attend(&c, &sys_errno, patience, err);
  if (status != POP3_OK) end(&c);
  close_output(&c);
  // How the command ended says more than how its output looks.
  int how = reap(&c);
  if (status == POP3_OK) status = judge(&c, how, err);
  if (status == POP3_OK && sys_errno != 0) status = bad_output(&c, sys_errno, err);
  if (status == POP3_OK) status = take_first_line(out, &c, err);
  cli_secret_buffer_cleanup(&c.output);
  return status;
}
