// A parser of nothing much, to see that both ways to run a pop3_fuzz_test work.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  size_t lines = 0;
  for (const uint8_t *at = data; at != data + size; at++) {
    if (*at == '\n') lines++;
  }
  if (lines > size) abort();
#ifdef FUZZ_EXAMPLE_CRASHES
  // The beginning of a file of the corpus, and no file as a whole.
  if (size == 3 && memcmp(data, "+OK", 3) == 0) abort();
#endif
#ifdef FUZZ_EXAMPLE_HANGS
  volatile size_t spin = size;
  while (size >= 3 && spin == size) {
  }
#endif
  return 0;
}
