// BoringSSL's memory as a test wants it: a program that links this gives BoringSSL what it
// allocates, as malloc does, until it is told otherwise.
#ifndef POP3_TESTS_TRANSPORTS_BORINGSSL_MEMORY_H_
#define POP3_TESTS_TRANSPORTS_BORINGSSL_MEMORY_H_

#include <cstdint>

namespace pop3_testing {

// BoringsslMemory is all static: there is one BoringSSL. Only the thread that tells it is
// concerned.
struct BoringsslMemory {
  // count is how many allocations there were while |is_ours|, since it was last set.
  static thread_local int64_t count;
  // fail_at is the one of them that fails, from 0; -1: none.
  static thread_local int64_t fail_at;
  // is_ours: it is what is tested that allocates, not the other side.
  static thread_local bool is_ours;
  // Reset forgets everything.
  static void Reset();
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_TRANSPORTS_BORINGSSL_MEMORY_H_
