// Delivery into a Maildir (https://cr.yp.to/proto/maildir.html): written in tmp/, made durable,
// then moved to new/ under a name that nobody else makes.
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tools/cli/deliver.h"
#include "tools/cli/make_dir.h"
#include "tools/cli/staged_files.h"

#define LAYER "maildir"

// Sets our files in tmp/ apart from those of other programs, which may still be written.
#define TEMP_PREFIX "pop3-"

typedef struct maildir {
  cli_deliver base;
  int tmp_dir;
  int new_dir;
  unsigned count;  // deliveries of this process
  char *path;
  char host[HOST_NAME_MAX * 4 + 1];
  cli_staged_files files;
} maildir;

// The host's name as it may stand in a file name: the specification wants / and : as \057 and \072.
static void escape_host(char *out, size_t out_cap, const char *host) {
  size_t len = 0;
  for (; *host != '\0' && len + 5 <= out_cap; ++host) {
    if (*host == '/' || *host == ':') {
      len += (size_t)snprintf(out + len, out_cap - len, "\\%03o", (unsigned)(unsigned char)*host);
    } else if (*host > ' ' && *host < 0x7F) {
      out[len++] = *host;
    }
  }
  out[len] = '\0';
}

static pop3_status maildir_begin(cli_deliver *deliver, const cli_message_id *id, pop3_error *err) {
  maildir *self = (maildir *)deliver;
  (void)id;
  struct timespec now = {0, 0};
  (void)clock_gettime(CLOCK_REALTIME, &now);
  char stem[128];
  char suffix[80];
  // Time, then what sets this delivery apart from all others on this host at that time: the
  // microsecond, the process, its count of deliveries. Should there be one of that name still, a
  // further count is added.
  (void)snprintf(stem, sizeof(stem), "%lld.M%06ldP%ldQ%u", (long long)now.tv_sec,
                 now.tv_nsec / 1000, (long)getpid(), ++self->count);
  (void)snprintf(suffix, sizeof(suffix), ".%.*s", 64, self->host);
  return cli_staged_files_begin(&self->files, stem, suffix, CLI_STAGED_KEEP_BOTH, err);
}

static pop3_status maildir_write(cli_deliver *deliver, const uint8_t *data, size_t data_len,
                                 pop3_error *err) {
  return cli_staged_files_write(&((maildir *)deliver)->files, data, data_len, err);
}

static pop3_status maildir_flush(cli_deliver *deliver, pop3_error *err) {
  return cli_staged_files_publish(&((maildir *)deliver)->files, &deliver->stored, err);
}

static pop3_status maildir_end(cli_deliver *deliver, pop3_error *err) {
  maildir *self = (maildir *)deliver;
  pop3_status status = cli_staged_files_end(&self->files, err);
  if (status != POP3_OK) return status;
  return self->files.num_waiting == CLI_STAGED_MAX ? maildir_flush(deliver, err) : POP3_OK;
}

static void maildir_abort(cli_deliver *deliver) {
  cli_staged_files_abort(&((maildir *)deliver)->files);
}

static void maildir_close(cli_deliver *deliver) {
  maildir *self = (maildir *)deliver;
  cli_staged_files_cleanup(&self->files);
  if (self->tmp_dir >= 0) (void)close(self->tmp_dir);
  if (self->new_dir >= 0) (void)close(self->new_dir);
  free(self->path);
  free(self);
}

static const cli_deliver_ops kMaildirOps = {
    maildir_begin, maildir_write, maildir_end, maildir_abort, maildir_flush, NULL, maildir_close};

// Makes what is missing of the Maildir. Returns 0 or an errno.
static int open_directories(maildir *self) {
  int root = cli_make_dir(AT_FDCWD, self->path);
  if (root < 0) return errno;
  int cur = cli_make_dir(root, "cur");
  self->new_dir = cli_make_dir(root, "new");
  self->tmp_dir = cli_make_dir(root, "tmp");
  int failed = cur < 0 || self->new_dir < 0 || self->tmp_dir < 0 ? errno : 0;
  if (failed == 0 && faccessat(root, "tmp", W_OK | X_OK, AT_EACCESS) != 0) failed = errno;
  if (failed == 0 && faccessat(root, "new", W_OK | X_OK, AT_EACCESS) != 0) failed = errno;
  if (cur >= 0) (void)close(cur);
  (void)close(root);
  return failed;
}

pop3_status cli_deliver_maildir_open(cli_deliver **out, const char *path, pop3_error *err) {
  *out = NULL;
  maildir *self = calloc(1, sizeof(*self));
  char *copy = strdup(path);
  if (self == NULL || copy == NULL) {
    free(self);
    free(copy);
    return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for the Maildir");
  }
  self->base.ops = &kMaildirOps;
  self->path = copy;
  self->tmp_dir = self->new_dir = -1;
  int sys_errno = open_directories(self);
  cli_staged_files_init(&self->files, "maildir", copy, TEMP_PREFIX, self->tmp_dir, self->new_dir);
  if (sys_errno != 0) {
    maildir_close(&self->base);
    return pop3_error_set(err, POP3_ERR_LOCAL_IO, LAYER, sys_errno,
                          "cannot use %s as a Maildir: %s", path, strerror(sys_errno));
  }
  char host[HOST_NAME_MAX + 1] = "";
  (void)gethostname(host, sizeof(host) - 1);
  escape_host(self->host, sizeof(self->host), host[0] == '\0' ? "localhost" : host);
  cli_temp_file_sweep(self->tmp_dir, TEMP_PREFIX);
  *out = &self->base;
  return POP3_OK;
}
