// A parser of nothing much, to see that both drivers of pop3_fuzz_test run.
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
  // "+OK" is in the corpus, "\r\n" in the dictionary: together they are found soon.
  if (size >= 5 && memcmp(data, "+OK\r\n", 5) == 0) abort();
#endif
#ifdef FUZZ_EXAMPLE_HANGS
  volatile size_t spin = size;
  while (size >= 3 && spin == size) {
  }
#endif
  return 0;
}
