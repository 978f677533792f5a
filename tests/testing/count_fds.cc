#include "tests/testing/count_fds.h"

#include <filesystem>
#include <system_error>

namespace pop3_testing {

int CountFds() {
  std::error_code error;
  int count = 0;
  for (std::filesystem::directory_iterator it("/proc/self/fd", error), end; !error && it != end;
       it.increment(error)) {
    count++;
  }
  return count;
}

}  // namespace pop3_testing
