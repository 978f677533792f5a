#include "tools/mailboxd/uid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/mailboxd/hash.h"

static int is_valid(const char *text, size_t len) {
  if (len == 0 || len >= UID_SIZE) {
    return 0;
  }
  for (size_t i = 0; i < len; i++) {
    if (text[i] < 0x21 || text[i] > 0x7E) {
      return 0;
    }
  }
  return 1;
}

void uid_of_file(char out[UID_SIZE], const char *name) {
  size_t len = strcspn(name, ":");
  if (is_valid(name, len)) {
    memcpy(out, name, len);
    out[len] = '\0';
    return;
  }
  // Two hashes of different beginnings: 128 bits together.
  uint64_t first = hash_add(HASH_START, name, len);
  uint64_t second = hash_add(hash_add(HASH_START, "2", 1), name, len);
  snprintf(out, UID_SIZE, "h%016llx%016llx", (unsigned long long)first, (unsigned long long)second);
}

void uid_of_hash(char out[UID_SIZE], uint64_t hash, uint32_t nth) {
  snprintf(out, UID_SIZE, "%016llx.%u", (unsigned long long)hash, nth);
}

int uid_counter_init(struct uid_counter *counter, size_t max) {
  size_t num_slots = 16;
  while (num_slots < 2 * max) {
    num_slots *= 2;
  }
  *counter = (struct uid_counter){.slots = calloc(num_slots, sizeof(*counter->slots)),
                                  .num_slots = num_slots};
  return counter->slots != NULL;
}

uint32_t uid_counter_add(struct uid_counter *counter, uint64_t hash) {
  size_t at = (size_t)(hash ^ hash >> 32) & (counter->num_slots - 1);
  while (counter->slots[at].count > 0 && counter->slots[at].hash != hash) {
    at = (at + 1) & (counter->num_slots - 1);
  }
  counter->slots[at].hash = hash;
  return ++counter->slots[at].count;
}

void uid_counter_cleanup(struct uid_counter *counter) {
  free(counter->slots);
  *counter = (struct uid_counter){.slots = NULL};
}
