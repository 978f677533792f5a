// Delivery into an mbox (RFC 4155's format with the quoting called mboxrd).
//
// The mbox is locked from the first message until a flush that comes later than HOLD_MS, so that
// thousands of small messages do not lock thousands of times and other programs still get their
// turn. A message that was not completed is cut off again.
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tools/cli/clock.h"
#include "tools/cli/deliver.h"
#include "tools/cli/dot_lock.h"
#include "tools/cli/fd_writer.h"
#include "tools/cli/mbox_lock.h"
#include "tools/cli/mbox_quote.h"

#define LAYER "mbox"
#define LOCK_WAIT_MS 10000
#define HOLD_MS 1000

typedef struct mbox {
  cli_deliver base;
  char *path;
  const char *eol;           // of the lines that are added
  const cli_report *report;  // or NULL
  cli_mbox_lock lock;
  int64_t locked_ms;  // when
  int must_seek;      // 1: go to the end before the next message
  off_t safe_length;  // up to the last message that was ended
  uint64_t ended;     // messages behind the last flush
  cli_mbox_quote quote;
  cli_fd_writer writer;
} mbox;

static pop3_status check_io(const mbox *self, int sys_errno, pop3_error *err) {
  if (sys_errno == 0) return POP3_OK;
  return pop3_error_set(err, POP3_ERR_LOCAL_IO, LAYER, sys_errno, "cannot write to %s: %s",
                        self->path, strerror(sys_errno));
}

static int put(void *arg, const uint8_t *data, size_t data_len) {
  return cli_fd_writer_put(&((mbox *)arg)->writer, data, data_len);
}

static int put_text(mbox *self, const char *text) {
  return put(self, (const uint8_t *)text, strlen(text));
}

// Goes to the end of the mbox. What stands there must end in an empty line before the next "From "
// line: other programs do not always leave one. Returns 0 or an errno.
static int seek_end(mbox *self) {
  self->safe_length = lseek(self->lock.fd, 0, SEEK_END);
  if (self->safe_length < 0) return errno;
  cli_fd_writer_start(&self->writer, self->lock.fd);
  char tail[4] = "";
  off_t tail_at = self->safe_length > 3 ? self->safe_length - 3 : 0;
  ssize_t n = pread(self->lock.fd, tail, 3, tail_at);
  if (n < 0) return errno;
  if (n == 0) return 0;
  tail[n] = '\0';
  if (n >= 2 && strcmp(tail + n - 2, "\n\n") == 0) return 0;
  if (strcmp(tail, "\n\r\n") == 0) return 0;
  int failed = tail[n - 1] == '\n' ? 0 : put_text(self, self->eol);
  return failed != 0 ? failed : put_text(self, self->eol);
}

// Gets ready to append.
static pop3_status make_ready(mbox *self, pop3_error *err) {
  if (self->lock.fd < 0) {
    pop3_status status = cli_mbox_lock_take(&self->lock, self->path, LOCK_WAIT_MS, err);
    if (status != POP3_OK) return status;
    if (self->lock.taken_over && self->report != NULL) {
      cli_report_note(self->report, "took over %s.lock, which a program that is gone had left",
                      self->path);
    }
    self->locked_ms = cli_clock_ms(NULL);
    self->must_seek = 1;
  }
  int sys_errno = self->must_seek ? seek_end(self) : 0;
  self->must_seek = 0;
  return check_io(self, sys_errno, err);
}

static pop3_status mbox_begin(cli_deliver *deliver, const cli_message_id *id, pop3_error *err) {
  mbox *self = (mbox *)deliver;
  (void)id;
  pop3_status status = make_ready(self, err);
  if (status != POP3_OK) return status;
  // The format wants asctime's form in UTC, whatever the locale.
  static const char *const kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static const char *const kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  time_t now = time(NULL);
  struct tm date;
  memset(&date, 0, sizeof(date));
  (void)gmtime_r(&now, &date);
  char line[128];
  (void)snprintf(line, sizeof(line), "From MAILER-DAEMON %s %s %2d %02d:%02d:%02d %d%s",
                 kDays[date.tm_wday], kMonths[date.tm_mon], date.tm_mday, date.tm_hour, date.tm_min,
                 date.tm_sec, date.tm_year + 1900, self->eol);
  cli_mbox_quote_start(&self->quote);
  return check_io(self, put_text(self, line), err);
}

static pop3_status mbox_write(cli_deliver *deliver, const uint8_t *data, size_t data_len,
                              pop3_error *err) {
  mbox *self = (mbox *)deliver;
  return check_io(self, cli_mbox_quote_put(&self->quote, data, data_len, put, self), err);
}

static pop3_status mbox_end(cli_deliver *deliver, pop3_error *err) {
  mbox *self = (mbox *)deliver;
  int open_line = 0;
  int sys_errno = cli_mbox_quote_finish(&self->quote, &open_line, put, self);
  if (sys_errno == 0 && open_line) sys_errno = put_text(self, self->eol);
  if (sys_errno == 0) sys_errno = put_text(self, self->eol);
  if (sys_errno == 0) sys_errno = cli_fd_writer_flush(&self->writer);
  if (sys_errno != 0) return check_io(self, sys_errno, err);
  off_t end = lseek(self->lock.fd, 0, SEEK_CUR);
  if (end < 0) return check_io(self, errno, err);
  self->safe_length = end;
  self->ended++;
  return POP3_OK;
}

// Cuts off what was not completed.
static void mbox_abort(cli_deliver *deliver) {
  mbox *self = (mbox *)deliver;
  if (self->lock.fd < 0) return;
  (void)!ftruncate(self->lock.fd, self->safe_length);
  self->must_seek = 1;
}

static pop3_status mbox_flush(cli_deliver *deliver, pop3_error *err) {
  mbox *self = (mbox *)deliver;
  if (self->lock.fd < 0) return POP3_OK;
  int sys_errno = fsync(self->lock.fd) == 0 ? 0 : errno;
  if (cli_clock_ms(NULL) - self->locked_ms >= HOLD_MS) {
    int close_errno = cli_mbox_lock_release(&self->lock);
    if (sys_errno == 0) sys_errno = close_errno;
  }
  // After a failure the kernel may forget what it could not write, so that a later fsync succeeds
  // without it: these messages never count as stored.
  if (sys_errno == 0) deliver->stored += self->ended;
  self->ended = 0;
  return check_io(self, sys_errno, err);
}

static void mbox_rest(cli_deliver *deliver) {
  mbox *self = (mbox *)deliver;
  if (self->ended == 0) (void)cli_mbox_lock_release(&self->lock);
}

static void mbox_close(cli_deliver *deliver) {
  mbox *self = (mbox *)deliver;
  mbox_abort(deliver);
  (void)cli_mbox_lock_release(&self->lock);
  free(self->path);
  free(self);
}

static const cli_deliver_ops kMboxOps = {mbox_begin, mbox_write, mbox_end,  mbox_abort,
                                         mbox_flush, mbox_rest,  mbox_close};

// Says whether |path|, or the directory where it will be made, can be written to. Returns 0 or an
// errno.
static int check_path(const char *path) {
  struct stat info;
  if (stat(path, &info) == 0) {
    if (!S_ISREG(info.st_mode)) return S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
    return faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) == 0 ? 0 : errno;
  }
  if (errno != ENOENT) return errno;
  char *directory = strdup(path);
  if (directory == NULL) return ENOMEM;
  char *slash = strrchr(directory, '/');
  if (slash != NULL) slash[slash == directory ? 1 : 0] = '\0';
  const char *parent = slash == NULL ? "." : directory;
  int failed = faccessat(AT_FDCWD, parent, W_OK | X_OK, AT_EACCESS) == 0 ? 0 : errno;
  free(directory);
  return failed;
}

pop3_status cli_deliver_mbox_open(cli_deliver **out, const char *path, int crlf,
                                  const cli_report *report, pop3_error *err) {
  *out = NULL;
  int sys_errno = check_path(path);
  if (sys_errno != 0) {
    return pop3_error_set(err, POP3_ERR_LOCAL_IO, LAYER, sys_errno, "cannot use %s as an mbox: %s",
                          path, sys_errno == EINVAL ? "not a regular file" : strerror(sys_errno));
  }
  mbox *self = calloc(1, sizeof(*self));
  char *copy = strdup(path);
  if (self == NULL || copy == NULL) {
    free(self);
    free(copy);
    return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for the mbox");
  }
  self->base.ops = &kMboxOps;
  self->path = copy;
  self->eol = crlf ? "\r\n" : "\n";
  self->report = report;
  self->lock.fd = -1;
  cli_dot_lock_sweep(path);
  *out = &self->base;
  return POP3_OK;
}
