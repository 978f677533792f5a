#include "tests/transports/boringssl_memory.h"

#include <malloc.h>

#include <cstddef>
#include <cstdlib>

namespace pop3_testing {

thread_local int64_t BoringsslMemory::count = 0;
thread_local int64_t BoringsslMemory::fail_at = -1;
thread_local bool BoringsslMemory::is_ours = false;

void BoringsslMemory::Reset() {
  count = 0;
  fail_at = -1;
  is_ours = false;
}

}  // namespace pop3_testing

// BoringSSL calls these if the program has them (<openssl/mem.h>). They must not be hidden.
extern "C" {

void *OPENSSL_memory_alloc(size_t size);
void OPENSSL_memory_free(void *memory);
size_t OPENSSL_memory_get_size(void *memory);

void *OPENSSL_memory_alloc(size_t size) {
  using pop3_testing::BoringsslMemory;
  if (BoringsslMemory::is_ours && BoringsslMemory::count++ == BoringsslMemory::fail_at) {
    return nullptr;
  }
  return malloc(size);
}

void OPENSSL_memory_free(void *memory) { free(memory); }

size_t OPENSSL_memory_get_size(void *memory) { return malloc_usable_size(memory); }

}  // extern "C"
