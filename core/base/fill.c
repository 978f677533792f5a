#include "core/base/fill.h"

#include <stdint.h>
#include <string.h>

static size_t lesser(size_t a, size_t b) { return a < b ? a : b; }

static void set_size(void *out, size_t size) {
  const uint32_t value = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
  memcpy(out, &value, sizeof(value));
}

int p3_fill(void *out, const void *full, size_t full_size) {
  uint32_t size;
  memcpy(&size, out, sizeof(size));
  if (size < sizeof(size)) return 0;
  const size_t len = lesser(size, full_size);
  memcpy(out, full, len);
  set_size(out, len);
  return 1;
}

void p3_fill_preset(void *out, size_t size, const void *preset, size_t preset_size) {
  if (size < sizeof(uint32_t)) return;
  const size_t len = lesser(size, preset_size);
  memcpy(out, preset, len);
  memset((char *)out + len, 0, size - len);
  set_size(out, size);
}
