#define _GNU_SOURCE 1  // pipe2, environ
#include "tools/cli/password_command.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/cli/secret_file.h"

// Starts the command with its standard output in a pipe, whose other end is |*out_fd|. Returns 0 or
// an errno.
static int start(pid_t *out_pid, int *out_fd, const char *command) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return errno;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  // The signals that this program ignores must not be ignored by the command.
  sigset_t defaults;
  (void)sigemptyset(&defaults);
  (void)sigaddset(&defaults, SIGPIPE);
  (void)sigaddset(&defaults, SIGXFSZ);
  int failed = posix_spawn_file_actions_init(&actions);
  if (failed == 0) {
    failed = posix_spawnattr_init(&attributes);
    if (failed == 0) {
      char *argv[] = {(char *)"sh", (char *)"-c", (char *)command, NULL};
      failed = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
      if (failed == 0) failed = posix_spawnattr_setsigdefault(&attributes, &defaults);
      if (failed == 0) failed = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
      if (failed == 0)
        failed = posix_spawn(out_pid, "/bin/sh", &actions, &attributes, argv, environ);
      (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
  }
  (void)close(ends[1]);
  *out_fd = ends[0];
  if (failed != 0) (void)close(ends[0]);
  return failed;
}

// Waits for the command and says how it ended.
static pop3_status check_end(pid_t pid, pop3_error *err) {
  int how = 0;
  while (waitpid(pid, &how, 0) < 0) {
    if (errno == EINTR) continue;
    return pop3_error_set(err, POP3_ERR_SYSTEM, "cli", errno, "cannot wait for the command: %s",
                          strerror(errno));
  }
  if (WIFSIGNALED(how)) {
    return pop3_error_set(err, POP3_ERR_NO_CREDENTIALS, "cli", 0,
                          "the password command was killed by signal %d", WTERMSIG(how));
  }
  if (WIFEXITED(how) && WEXITSTATUS(how) != 0) {
    return pop3_error_set(err, POP3_ERR_NO_CREDENTIALS, "cli", 0,
                          "the password command failed with exit code %d", WEXITSTATUS(how));
  }
  return POP3_OK;
}

static pop3_status take_first_line(pop3_secret *out, const pop3_secret *output, pop3_error *err) {
  const uint8_t *lf = output->len == 0 ? NULL : memchr(output->data, '\n', output->len);
  size_t len = lf == NULL ? output->len : (size_t)(lf - output->data);
  if (len > 0 && output->data[len - 1] == '\r') len--;
  if (len == 0) {
    return pop3_error_set(err, POP3_ERR_NO_CREDENTIALS, "cli", 0,
                          "the password command printed no password");
  }
  if (!pop3_secret_set(out, output->data, len)) {
    return pop3_error_set(err, POP3_ERR_MEMORY, "cli", 0, "no memory for the password");
  }
  return POP3_OK;
}

pop3_status cli_password_command(pop3_secret *out, const char *command, pop3_error *err) {
  pid_t pid = -1;
  int fd = -1;
  int failed = start(&pid, &fd, command);
  if (failed != 0) {
    return pop3_error_set(err, POP3_ERR_SYSTEM, "cli", failed,
                          "cannot start the password command: %s", strerror(failed));
  }
  pop3_secret output;
  pop3_secret_init(&output, NULL);
  pop3_status status = cli_secret_read_fd(&output, fd, "the password command's output", err);
  (void)close(fd);
  // How the command ended says more than how its output looks.
  pop3_status ended = check_end(pid, err);
  if (ended != POP3_OK) status = ended;
  if (status == POP3_OK) status = take_first_line(out, &output, err);
  pop3_secret_cleanup(&output);
  return status;
}
