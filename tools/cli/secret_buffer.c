#define _POSIX_C_SOURCE 200809L
#include "tools/cli/secret_buffer.h"

#include <errno.h>
#include <pop3/allocator.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int make_room(cli_secret_buffer *buffer) {
  if (buffer->len < buffer->cap) return 1;
  size_t cap = buffer->cap == 0 ? 4096 : buffer->cap * 2;
  uint8_t *data = malloc(cap);  // realloc would leave a copy
  if (data == NULL) return 0;
  if (buffer->len != 0) memcpy(data, buffer->data, buffer->len);
  pop3_wipe(buffer->data, buffer->len);
  free(buffer->data);
  buffer->data = data;
  buffer->cap = cap;
  return 1;
}

int cli_secret_buffer_read(cli_secret_buffer *buffer, int fd, int *out_end) {
  if (!make_room(buffer)) return ENOMEM;
  ssize_t n = read(fd, buffer->data + buffer->len, buffer->cap - buffer->len);
  // Interrupted: whoever waits for more looks at signals first.
  if (n < 0) return errno == EINTR ? EAGAIN : errno;
  *out_end = n == 0;
  buffer->len += (size_t)n;
  return buffer->len > CLI_SECRET_MAX ? EFBIG : 0;
}

void cli_secret_buffer_cleanup(cli_secret_buffer *buffer) {
  pop3_wipe(buffer->data, buffer->len);
  free(buffer->data);
  memset(buffer, 0, sizeof(*buffer));
}
