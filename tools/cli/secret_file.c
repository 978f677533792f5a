#define _POSIX_C_SOURCE 200809L
#include "tools/cli/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// octets is a buffer that leaves no copy of its contents behind.
typedef struct octets {
  uint8_t *data;
  size_t len;
  size_t cap;
} octets;

static int make_room(octets *buffer) {
  if (buffer->len < buffer->cap) return 1;
  size_t cap = buffer->cap == 0 ? 4096 : buffer->cap * 2;
  uint8_t *data = malloc(cap);
  if (data == NULL) return 0;
  if (buffer->len != 0) memcpy(data, buffer->data, buffer->len);
  pop3_wipe(buffer->data, buffer->len);
  free(buffer->data);
  buffer->data = data;
  buffer->cap = cap;
  return 1;
}

// Reads until the end. Returns 0 or an errno.
static int read_all(octets *buffer, int fd) {
  for (;;) {
    if (!make_room(buffer)) return ENOMEM;
    ssize_t n = read(fd, buffer->data + buffer->len, buffer->cap - buffer->len);
    if (n == 0) return 0;
    if (n < 0 && errno != EINTR) return errno;
    if (n > 0) buffer->len += (size_t)n;
    if (buffer->len > CLI_SECRET_FILE_MAX) return EFBIG;
  }
}

pop3_status cli_secret_read_fd(pop3_secret *out, int fd, const char *what, pop3_error *err) {
  octets buffer = {NULL, 0, 0};
  int sys_errno = read_all(&buffer, fd);
  if (sys_errno == 0 && !pop3_secret_set(out, buffer.data, buffer.len)) sys_errno = ENOMEM;
  pop3_wipe(buffer.data, buffer.len);
  free(buffer.data);
  if (sys_errno == 0) return POP3_OK;
  if (sys_errno == ENOMEM) {
    return pop3_error_set(err, POP3_ERR_MEMORY, "cli", 0, "no memory for %s", what);
  }
  return pop3_error_set(err, POP3_ERR_LOCAL_IO, "cli", sys_errno, "cannot read %s: %s", what,
                        strerror(sys_errno));
}

// Who else can get at a file, as the end of a sentence; "" for nobody.
static const char *exposure(const struct stat *info) {
  if (info->st_uid != geteuid() && info->st_uid != 0) return "belongs to somebody else";
  if ((info->st_mode & (S_IRGRP | S_IROTH)) != 0) return "can be read by others";
  if ((info->st_mode & (S_IWGRP | S_IWOTH)) != 0) return "can be written by others";
  return "";
}

pop3_status cli_secret_file_read(pop3_secret *out, const char **out_exposed, const char *path,
                                 pop3_error *err) {
  if (out_exposed != NULL) *out_exposed = "";
  if (strcmp(path, "-") == 0) {
    return cli_secret_read_fd(out, STDIN_FILENO, "standard input", err);
  }
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  struct stat info;
  if (fd < 0 || fstat(fd, &info) != 0) {
    int sys_errno = errno;
    if (fd >= 0) (void)close(fd);
    return pop3_error_set(err, sys_errno == ENOENT ? POP3_ERR_NOT_FOUND : POP3_ERR_LOCAL_IO, "cli",
                          sys_errno, "cannot read %s: %s", path, strerror(sys_errno));
  }
  const char *exposed = exposure(&info);
  pop3_status status;
  if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode)) {
    status = pop3_error_set(err, POP3_ERR_LOCAL_IO, "cli", 0,
                            "cannot read %s: neither a regular file nor a pipe", path);
  } else if (exposed[0] != '\0' && out_exposed == NULL) {
    status = pop3_error_set(err, POP3_ERR_POLICY, "cli", 0,
                            "%s %s (chmod 600 it, and change the password)", path, exposed);
  } else {
    status = cli_secret_read_fd(out, fd, path, err);
  }
  if (out_exposed != NULL) *out_exposed = exposed;
  (void)close(fd);
  return status;
}

pop3_status cli_password_file(pop3_secret *out, const char *path, pop3_error *err) {
  pop3_secret whole;
  pop3_secret_init(&whole, NULL);
  pop3_status status = cli_secret_file_read(&whole, NULL, path, err);
  if (status == POP3_ERR_NOT_FOUND) {
    status = POP3_ERR_LOCAL_IO;
    if (err != NULL) err->status = status;
  }
  if (status == POP3_OK) {
    size_t len = whole.len;
    if (len > 0 && whole.data[len - 1] == '\n') len--;
    if (len > 0 && whole.data[len - 1] == '\r') len--;
    if (len > 0 && memchr(whole.data, '\n', len) != NULL) {
      status = pop3_error_set(err, POP3_ERR_ARGUMENT, "cli", 0, "%s has more than one line", path);
    } else if (len == 0) {
      status = pop3_error_set(err, POP3_ERR_NO_CREDENTIALS, "cli", 0, "%s is empty", path);
    } else if (!pop3_secret_set(out, whole.data, len)) {
      status = pop3_error_set(err, POP3_ERR_MEMORY, "cli", 0, "no memory for the password");
    }
  }
  pop3_secret_cleanup(&whole);
  return status;
}
