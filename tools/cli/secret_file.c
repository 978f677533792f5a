#define _POSIX_C_SOURCE 200809L
#include "tools/cli/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/cli/secret_buffer.h"

#define LAYER "cli"

// Reads to the end, waiting no longer than |patience| has.
static pop3_status read_all(cli_secret_buffer *buffer, int fd, const char *what,
                            const cli_patience *patience, pop3_error *err) {
  char silent[POP3_ERROR_TEXT_MAX];
  (void)snprintf(silent, sizeof(silent), "%s did not end", what);
  int is_end = 0;
  while (!is_end) {
    pop3_status status = cli_patience_wait(patience, fd, silent, err);
    if (status != POP3_OK) return status;
    int sys_errno = cli_secret_buffer_read(buffer, fd, &is_end);
    if (sys_errno == EAGAIN || sys_errno == EWOULDBLOCK) continue;
    if (sys_errno == ENOMEM) {
      return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for %s", what);
    }
    if (sys_errno != 0) {
      return pop3_error_set(err, POP3_ERR_LOCAL_IO, LAYER, sys_errno, "cannot read %s: %s", what,
                            strerror(sys_errno));
    }
  }
  return POP3_OK;
}

static pop3_status read_fd(pop3_secret *out, int fd, const char *what, const cli_patience *patience,
                           pop3_error *err) {
  cli_secret_buffer buffer = {NULL, 0, 0};
  pop3_status status = read_all(&buffer, fd, what, patience, err);
  if (status == POP3_OK && !pop3_secret_set(out, buffer.data, buffer.len)) {
    status = pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for %s", what);
  }
  cli_secret_buffer_cleanup(&buffer);
  return status;
}

// Who else can get at a file, as the end of a sentence; "" for nobody.
static const char *exposure(const struct stat *info) {
  if (info->st_uid != geteuid() && info->st_uid != 0) return "belongs to somebody else";
  if ((info->st_mode & (S_IRGRP | S_IROTH)) != 0) return "can be read by others";
  if ((info->st_mode & (S_IWGRP | S_IWOTH)) != 0) return "can be written by others";
  return "";
}

pop3_status cli_secret_file_read(pop3_secret *out, const char **out_exposed, const char *path,
                                 const cli_patience *patience, pop3_error *err) {
  if (out_exposed != NULL) *out_exposed = "";
  if (strcmp(path, "-") == 0) {
    return read_fd(out, STDIN_FILENO, "standard input", patience, err);
  }
  // Without O_NONBLOCK, opening a pipe that nobody writes to waits for ever. With it, poll waits
  // for the first writer.
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  struct stat info;
  if (fd < 0 || fstat(fd, &info) != 0) {
    int sys_errno = errno;
    if (fd >= 0) (void)close(fd);
    return pop3_error_set(err, sys_errno == ENOENT ? POP3_ERR_NOT_FOUND : POP3_ERR_LOCAL_IO, LAYER,
                          sys_errno, "cannot read %s: %s", path, strerror(sys_errno));
  }
  const char *exposed = exposure(&info);
  pop3_status status;
  if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode)) {
    status = pop3_error_set(err, POP3_ERR_LOCAL_IO, LAYER, 0,
                            "cannot read %s: neither a regular file nor a pipe", path);
  } else if (exposed[0] != '\0' && out_exposed == NULL) {
    status = pop3_error_set(err, POP3_ERR_POLICY, LAYER, 0,
                            "%s %s (chmod 600 it, and change the password)", path, exposed);
  } else {
    status = read_fd(out, fd, path, patience, err);
  }
  if (out_exposed != NULL) *out_exposed = exposed;
  (void)close(fd);
  return status;
}

pop3_status cli_password_file(pop3_secret *out, const char *path, const cli_patience *patience,
                              pop3_error *err) {
  pop3_secret whole;
  pop3_secret_init(&whole, NULL);
  pop3_status status = cli_secret_file_read(&whole, NULL, path, patience, err);
  if (status == POP3_ERR_NOT_FOUND) {
    status = POP3_ERR_LOCAL_IO;
    if (err != NULL) err->status = status;
  }
  if (status == POP3_OK) {
    size_t len = whole.len;
    if (len > 0 && whole.data[len - 1] == '\n') len--;
    if (len > 0 && whole.data[len - 1] == '\r') len--;
    if (len > 0 && memchr(whole.data, '\n', len) != NULL) {
      status = pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0, "%s has more than one line", path);
    } else if (len == 0) {
      status = pop3_error_set(err, POP3_ERR_NO_CREDENTIALS, LAYER, 0, "%s is empty", path);
    } else if (!pop3_secret_set(out, whole.data, len)) {
      status = pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for the password");
    }
  }
  pop3_secret_cleanup(&whole);
  return status;
}
