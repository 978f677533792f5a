#ifndef TOOLS_BAZEL_FUZZ_MUTATE_H_
#define TOOLS_BAZEL_FUZZ_MUTATE_H_

#include <stddef.h>
#include <stdint.h>

// fuzz_bytes is some bytes on the heap, in a block of just that size, so that a read behind them is
// seen by AddressSanitizer.
typedef struct fuzz_bytes {
  uint8_t *data;
  size_t len;
} fuzz_bytes;

// fuzz_list is a growing array of inputs, or of words of a dictionary.
typedef struct fuzz_list {
  fuzz_bytes *items;
  size_t count;
} fuzz_list;

// fuzz_list_add appends a copy of |data|. It exits where there is no memory, as all of this does.
void fuzz_list_add(fuzz_list *list, const uint8_t *data, size_t data_len);

// fuzz_list_add_dictionary appends the words of |text|, which is a dictionary as libFuzzer reads
// it: lines like `name="+OK\x0d\x0a"`, comments with `#`. It returns 0 at a line that is neither.
int fuzz_list_add_dictionary(fuzz_list *list, const char *text, size_t text_len);

// fuzz_list_free frees all of it.
void fuzz_list_free(fuzz_list *list);

// fuzz_random returns the next number of the sequence that |*state| is in. It is the same sequence
// on every machine.
uint64_t fuzz_random(uint64_t *state);

// fuzz_mutate returns an input of at most |max_len| bytes that is derived from |inputs|, of which
// there is at least one, by a few changes. The caller frees its |data|.
fuzz_bytes fuzz_mutate(const fuzz_list *inputs, const fuzz_list *words, size_t max_len,
                       uint64_t *state);

#endif  // TOOLS_BAZEL_FUZZ_MUTATE_H_
