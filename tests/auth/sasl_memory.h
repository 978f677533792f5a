// The memory of libsasl2 and its mechanisms: searched for secrets, and made to fail. A program that
// links this has it from its beginning on.
#ifndef POP3_TESTS_AUTH_SASL_MEMORY_H_
#define POP3_TESTS_AUTH_SASL_MEMORY_H_

#include <string>

namespace pop3_testing {

// SaslMemory is all static: libsasl2 takes one allocator, once.
struct SaslMemory {
  // Holds says whether |text| is in memory that libsasl2 has at present.
  static bool Holds(const std::string &text);
  // Forbid makes a block that is given back with |text| in it count as unwiped, from 0 on.
  static void Forbid(const std::string &text);
  static int unwiped();

  // FailAllocation makes the |nth| allocation from now on fail (0: the next one; -1: none), and all
  // that follow it if |persistently|.
  static void FailAllocation(int nth, bool persistently = false);
  // has_failed says whether the failure that was asked for has happened.
  static bool has_failed();
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_AUTH_SASL_MEMORY_H_
