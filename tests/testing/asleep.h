// Waiting until somebody waits.
#ifndef POP3_TESTS_TESTING_ASLEEP_H_
#define POP3_TESTS_TESTING_ASLEEP_H_

#include <sys/types.h>

#include <fstream>
#include <iterator>
#include <string>
#include <thread>

namespace pop3_testing {

// IsAsleep says whether a thread or process, by gettid() or its pid, waits for something in the
// kernel.
inline bool IsAsleep(pid_t id) {
  std::ifstream file("/proc/" + std::to_string(id) + "/stat");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const size_t name_end = text.rfind(')');
  return name_end != std::string::npos && text.compare(name_end, 3, ") S") == 0;
}

// AwaitSleep returns once that is so.
inline void AwaitSleep(pid_t id) {
  while (!IsAsleep(id)) std::this_thread::yield();
}

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_ASLEEP_H_
