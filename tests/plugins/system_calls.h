// What libc tells the loader, as a test wants it: a program that links this has its getauxval,
// secure_getenv, openat and pread pass through here. They do the same until they are told
// otherwise.
#ifndef POP3_TESTS_PLUGINS_SYSTEM_CALLS_H_
#define POP3_TESTS_PLUGINS_SYSTEM_CALLS_H_

#include <cstddef>
#include <functional>

namespace pop3_testing {

// SystemCalls is all static: there is one process.
struct SystemCalls {
  // is_privileged: the program has privileges that whoever started it does not have (AT_SECURE).
  static bool is_privileged;
  // before_reading is called before each openat that opens a file to be read.
  static std::function<void()> before_reading;
  // pread gives at most |piece| octets, and is first interrupted |interruptions| times.
  static size_t piece;
  static int interruptions;

  // Reset forgets everything.
  static void Reset();
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_PLUGINS_SYSTEM_CALLS_H_
