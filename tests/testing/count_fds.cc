#include "tests/testing/count_fds.h"

#include <unistd.h>

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

int SettledFds(int wanted) {
  int count = CountFds();
  for (int i = 0; i < 2000 && count != wanted; i++) {
    usleep(10000);
    count = CountFds();
  }
  return count;
}

}  // namespace pop3_testing
