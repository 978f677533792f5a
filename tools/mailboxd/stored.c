#define _GNU_SOURCE 1
#include "tools/mailboxd/stored.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tools/mailboxd/hash.h"
#include "tools/mailboxd/wire.h"

#define PIECE (128u << 10)
// A message of wire form up to this size is cheaper copied once than mapped each time.
#define MAP_FROM (256u << 10)

int64_t stored_modified_ns(const struct stat *file) {
  return (int64_t)file->st_mtim.tv_sec * 1000000000 + file->st_mtim.tv_nsec;
}

int stored_pread(int fd, void *out, size_t len, uint64_t offset, size_t *out_len) {
  size_t done = 0;
  while (done < len) {
    ssize_t got = pread(fd, (uint8_t *)out + done, len - done, (off_t)(offset + done));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return 0;
    }
    if (got == 0) {
      break;
    }
    done += (size_t)got;
  }
  *out_len = done;
  return 1;
}

enum drop_status stored_scan(int fd, int unquote, struct stored_message *message, uint64_t *hash) {
  uint8_t *piece = malloc(PIECE);
  if (piece == NULL) {
    return DROP_TEMP;
  }
  struct wire wire;
  wire_init(&wire, unquote);
  uint64_t at = 0;
  while (at < message->len) {
    uint64_t left = message->len - at;
    size_t want = left < PIECE ? (size_t)left : PIECE;
    size_t got;
    if (!stored_pread(fd, piece, want, message->offset + at, &got) || got != want) {
      free(piece);
      return DROP_TEMP;
    }
    size_t used = wire_step(&wire, piece, got, got == left, NULL, NULL);
    if (hash != NULL) {
      *hash = hash_add(*hash, piece, used);
    }
    at += used;
  }
  free(piece);
  message->is_wire = wire.changes == 0;
  message->lacks_end = wire_finish(&wire, NULL) > 0;
  message->octets = wire.octets;
  message->dots = wire.dots;
  return DROP_OK;
}

// Reads and converts the whole message; |*out| receives a blob of exactly the expected length.
static enum drop_status convert(int fd, int unquote, const struct stored_message *message,
                                struct blob **out) {
  size_t len = (size_t)message->len;
  size_t wire_len = (size_t)(message->octets + message->dots);
  uint8_t *raw = malloc(len + 1);
  struct blob *blob = blob_new(wire_len);
  size_t got;
  enum drop_status status = DROP_TEMP;
  if (raw != NULL && blob != NULL && stored_pread(fd, raw, len, message->offset, &got) &&
      got == len) {
    // Counted before it is written: a file that was changed in place must not overrun the blob.
    struct wire wire;
    wire_init(&wire, unquote);
    (void)wire_step(&wire, raw, len, 1, NULL, NULL);
    (void)wire_finish(&wire, NULL);
    if (wire.octets == message->octets && wire.dots == message->dots) {
      wire_init(&wire, unquote);
      (void)wire_step(&wire, raw, len, 1, blob->data, &blob->len);
      blob->len += wire_finish(&wire, blob->data + blob->len);
      status = DROP_OK;
    }
  }
  free(raw);
  if (status == DROP_OK) {
    *out = blob;
  } else {
    blob_unref(blob);
  }
  return status;
}

static enum drop_status open_cached(int fd, const struct stat *file, int unquote,
                                    const struct stored_message *message, uint64_t lines,
                                    struct cache *cache, struct body *out) {
  struct cache_key key = {.device = file->st_dev,
                          .inode = file->st_ino,
                          .modified_ns = stored_modified_ns(file),
                          .offset = message->offset,
                          .len = message->len};
  struct blob *blob = cache_get(cache, &key);
  if (blob == NULL) {
    enum drop_status status = convert(fd, unquote, message, &blob);
    if (status != DROP_OK) {
      return status;
    }
    cache_put(cache, &key, blob);
  }
  size_t len = blob->len;
  if (lines != MAILDROP_ALL) {
    struct wire_top top;
    wire_top_init(&top, lines);
    (void)wire_top_step(&top, blob->data, blob->len, &len);
  }
  body_add_part(out, blob, blob->data, len, 1);
  blob_unref(blob);
  return DROP_OK;
}

// Finds where |lines| body lines end, in stored octets.
static enum drop_status find_top(int fd, const struct stored_message *message, uint64_t lines,
                                 uint64_t *out_len) {
  *out_len = message->len;
  if (lines >= message->len) {  // also MAILDROP_ALL: there cannot be so many lines
    return DROP_OK;
  }
  uint8_t *piece = malloc(PIECE);
  if (piece == NULL) {
    return DROP_TEMP;
  }
  struct wire_top top;
  wire_top_init(&top, lines);
  for (uint64_t at = 0; at < message->len;) {
    uint64_t left = message->len - at;
    size_t want = left < PIECE ? (size_t)left : PIECE;
    size_t got, used;
    if (!stored_pread(fd, piece, want, message->offset + at, &got) || got != want) {
      free(piece);
      return DROP_TEMP;
    }
    int found = wire_top_step(&top, piece, got, &used);
    at += used;
    if (found) {
      *out_len = at;
      break;
    }
  }
  free(piece);
  return DROP_OK;
}

enum drop_status stored_open(int fd, const struct stat *file, int unquote,
                             const struct stored_message *message, uint64_t lines,
                             struct cache *cache, struct body *out) {
  int small = !message->is_wire || message->len <= MAP_FROM;
  if (small && cache_takes(cache, message->octets + message->dots)) {
    return open_cached(fd, file, unquote, message, lines, cache, out);
  }
  uint64_t len;
  enum drop_status status = find_top(fd, message, lines, &len);
  if (status != DROP_OK) {
    return status;
  }
  if (message->is_wire && !out->no_map) {
    struct blob *blob = blob_map(fd, message->offset, (size_t)len);
    if (blob != NULL) {
      body_add_part(out, blob, blob->data, blob->len, 1);
      if (len == message->len && message->lacks_end) {
        body_add_part(out, NULL, (const uint8_t *)"\r\n", 2, 1);
      }
      blob_unref(blob);
      return DROP_OK;
    }
  }
  out->stream_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (out->stream_fd < 0) {
    return DROP_TEMP;
  }
  out->streaming = 1;
  out->stream_at = message->offset;
  out->stream_end = message->offset + len;
  wire_init(&out->stream_wire, unquote);
  return DROP_OK;
}
