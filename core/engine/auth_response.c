#include "core/engine/auth_response.h"

#include <string.h>

#include "core/base/memory.h"

int p3_auth_response_set(p3_auth_response *response, const pop3_allocator *allocator,
                         const uint8_t *line, size_t line_len) {
  uint8_t *copy = p3_mem_alloc(allocator, line_len + 2);
  if (copy == NULL) return 0;
  if (line_len > 0) memcpy(copy, line, line_len);
  memcpy(copy + line_len, "\r\n", 2);
  p3_auth_response_drop(response, allocator);
  response->octets = copy;
  response->len = line_len + 2;
  response->sent = 0;
  return 1;
}

int p3_auth_response_is_due(const p3_auth_response *response) {
  return response->octets != NULL && response->sent < response->len;
}

size_t p3_auth_response_move(p3_auth_response *response, uint8_t *out, size_t room) {
  size_t n = response->len - response->sent;
  if (n > room) n = room;
  memcpy(out, response->octets + response->sent, n);
  response->sent += n;
  return n;
}

void p3_auth_response_drop(p3_auth_response *response, const pop3_allocator *allocator) {
  if (response->octets == NULL) return;
  pop3_wipe(response->octets, response->len);
  p3_mem_free(allocator, response->octets);
  response->octets = NULL;
}
