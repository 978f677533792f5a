// Input of a connection that cannot be handled yet.
#ifndef TOOLS_MAILBOXD_KEPT_H_
#define TOOLS_MAILBOXD_KEPT_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// kept is a run of octets on the heap; {0} is none, and holds no memory.
struct kept {
  uint8_t *heap;
  size_t at, len, cap;  // the octets are len ones from heap + at
  uint64_t *all;        // the sum of all caps, or NULL
};

// kept_data returns where the octets begin: never NULL.
const uint8_t *kept_data(const struct kept *kept);

// kept_make_room makes room for |len| octets more, and returns where the octets that are there
// begin: those behind them are the new ones. NULL if memory ran out.
uint8_t *kept_make_room(struct kept *kept, size_t len);

// kept_set keeps only the |len| octets at |data|, which may lie in |kept| itself or elsewhere;
// 0 if memory ran out.
int kept_set(struct kept *kept, const uint8_t *data, size_t len);

// kept_clear keeps nothing.
void kept_clear(struct kept *kept);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_KEPT_H_
