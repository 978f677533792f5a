#define _POSIX_C_SOURCE 200809L
#include "transports/tls_text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LAYER "tls"

enum { LEAST_CAP = 256, WORDS_MAX = 80, FILE_MAX = 1 << 20, LARGE_FILE_MAX = 1 << 24 };

void p3_tls_text_init(p3_tls_text *text, const pop3_host *host) {
  const p3_tls_text empty = {host, NULL, 0, 0, 0};
  *text = empty;
}

void p3_tls_text_reset(p3_tls_text *text) {
  const pop3_host *host = text->host;
  if (text->data != NULL) host->wipe(host->ctx, text->data, text->cap);
  text->len = 0;
  text->failed = 0;
}

void p3_tls_text_free(p3_tls_text *text) {
  const pop3_host *host = text->host;
  if (text->data != NULL) {
    host->wipe(host->ctx, text->data, text->cap);
    host->release(host->ctx, text->data);
  }
  p3_tls_text_init(text, host);
}

char *p3_tls_text_room(p3_tls_text *text, size_t len) {
  const pop3_host *host = text->host;
  if (text->failed) return NULL;
  if (text->data != NULL && text->cap - text->len > len) return text->data + text->len;
  size_t cap = text->cap < LEAST_CAP ? LEAST_CAP : text->cap;
  while (cap - text->len <= len && cap <= SIZE_MAX / 2) cap *= 2;
  // Not resized: what is moved must be wiped where it was.
  char *data = cap - text->len > len ? host->alloc(host->ctx, cap) : NULL;
  if (data == NULL) {
    text->failed = 1;
    return NULL;
  }
  if (text->data != NULL) {
    memcpy(data, text->data, text->len + 1);
    host->wipe(host->ctx, text->data, text->cap);
    host->release(host->ctx, text->data);
  }
  data[text->len] = '\0';
  text->data = data;
  text->cap = cap;
  return data + text->len;
}

void p3_tls_text_add(p3_tls_text *text, const void *data, size_t len) {
  char *room = p3_tls_text_room(text, len);
  if (room == NULL) return;
  if (len > 0) memcpy(room, data, len);
  room[len] = '\0';
  text->len += len;
}

void p3_tls_text_say(p3_tls_text *text, const char *string) {
  p3_tls_text_add(text, string, strlen(string));
}

void p3_tls_text_clean(p3_tls_text *text, const void *data, size_t len) {
  static const char kDigits[] = "0123456789ABCDEF";
  const uint8_t *octets = data;
  for (size_t i = 0; i < len; i++) {
    if (octets[i] >= 0x20 && octets[i] < 0x7f) {
      p3_tls_text_add(text, octets + i, 1);
    } else {
      const char escaped[4] = {'\\', 'x', kDigits[octets[i] >> 4], kDigits[octets[i] & 15]};
      p3_tls_text_add(text, escaped, sizeof(escaped));
    }
  }
}

static pop3_status file_failed(const pop3_host *host, const char *path, const char *option,
                               int sys_errno, pop3_error *err) {
  char words[WORDS_MAX];
  if (strerror_r(sys_errno, words, sizeof(words)) != 0) words[0] = '\0';
  return host->fail(host->ctx, err, POP3_ERR_LOCAL_IO, LAYER, sys_errno, 0, "%s: %s: %s", option,
                    path, words);
}

static pop3_status read_all(p3_tls_text *text, int fd, const char *path, const char *option,
                            size_t most, pop3_error *err) {
  const pop3_host *host = text->host;
  struct stat about;
  if (fstat(fd, &about) != 0) return file_failed(host, path, option, errno, err);
  if (S_ISDIR(about.st_mode)) return file_failed(host, path, option, EISDIR, err);
  const size_t before = text->len;
  for (;;) {
    // A file that says how long it is is read in one go, others (pipes) in pieces.
    size_t piece = 4096;
    if (about.st_size > 0 && text->len == before && (size_t)about.st_size <= most) {
      piece = (size_t)about.st_size + 1;
    }
    char *room = p3_tls_text_room(text, piece);
    if (room == NULL) return p3_tls_no_memory(host, err);
    const ssize_t got = read(fd, room, piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_failed(host, path, option, errno, err);
    room[got] = '\0';
    text->len += (size_t)got;
    if (text->len - before > most) return file_failed(host, path, option, EFBIG, err);
    if (got == 0) return POP3_OK;
  }
}

pop3_status p3_tls_text_file(p3_tls_text *text, const char *path, const char *option, int large,
                             pop3_error *err) {
  int fd;
  do {
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return file_failed(text->host, path, option, errno, err);
  const pop3_status status =
      read_all(text, fd, path, option, large ? LARGE_FILE_MAX : FILE_MAX, err);
  close(fd);
  return status;
}

pop3_status p3_tls_no_memory(const pop3_host *host, pop3_error *err) {
  return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
}
