#include "tools/mailboxd/kept.h"

#include <stdlib.h>
#include <string.h>

static void set_heap(struct kept *kept, uint8_t *heap, size_t cap) {
  if (kept->all != NULL) {
    *kept->all = *kept->all - kept->cap + cap;
  }
  kept->heap = heap;
  kept->cap = cap;
}

const uint8_t *kept_data(const struct kept *kept) {
  static const uint8_t kNothing[1];
  return kept->heap == NULL ? kNothing : kept->heap + kept->at;
}

uint8_t *kept_make_room(struct kept *kept, size_t len) {
  if (kept->at > 0) {
    memmove(kept->heap, kept->heap + kept->at, kept->len);
    kept->at = 0;
  }
  if (kept->cap - kept->len < len) {
    uint8_t *heap = realloc(kept->heap, kept->len + len);
    if (heap == NULL) {
      return NULL;
    }
    set_heap(kept, heap, kept->len + len);
  }
  return kept->heap;
}

int kept_set(struct kept *kept, const uint8_t *data, size_t len) {
  if (len == 0) {
    kept_clear(kept);
    return 1;
  }
  int is_inside = (uintptr_t)data - (uintptr_t)kept->heap < kept->cap;
  if (is_inside && kept->cap / 4 <= len) {
    kept->at = (size_t)(data - kept->heap);
    kept->len = len;
    return 1;
  }
  // Elsewhere, or a little in a large piece of memory.
  uint8_t *heap = malloc(len);
  if (heap == NULL) {
    return 0;
  }
  memcpy(heap, data, len);
  free(kept->heap);
  set_heap(kept, heap, len);
  kept->at = 0;
  kept->len = len;
  return 1;
}

void kept_clear(struct kept *kept) {
  free(kept->heap);
  set_heap(kept, NULL, 0);
  kept->at = 0;
  kept->len = 0;
}
