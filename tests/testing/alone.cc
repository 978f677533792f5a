#include "tests/testing/alone.h"

#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace pop3_testing {
namespace {

constexpr char kAlone[] = "POP3_TEST_ALONE";

// The environment of the second process: it has no part in what Bazel asks of the first.
std::vector<std::string> Environment() {
  std::vector<std::string> environment;
  for (char **at = environ; *at != nullptr; at++) {
    const std::string variable = *at;
    if (variable.rfind("XML_OUTPUT_FILE=", 0) == 0 || variable.rfind("TEST_", 0) == 0 ||
        variable.rfind("TESTBRIDGE_", 0) == 0 || variable.rfind("GTEST_", 0) == 0) {
      continue;
    }
    environment.push_back(variable);
  }
  environment.push_back(std::string(kAlone) + "=1");
  return environment;
}

std::vector<char *> Pointers(std::vector<std::string> *texts) {
  std::vector<char *> pointers;
  for (std::string &text : *texts) pointers.push_back(&text[0]);
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

void Alone(const std::function<void()> &body) {
  if (std::getenv(kAlone) != nullptr) return body();
  const ::testing::TestInfo *test = ::testing::UnitTest::GetInstance()->current_test_info();
  std::vector<std::string> arguments = {
      "/proc/self/exe", "--gtest_brief=1",
      std::string("--gtest_filter=") + test->test_suite_name() + "." + test->name()};
  std::vector<std::string> environment = Environment();
  pid_t child = -1;
  ASSERT_EQ(posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, Pointers(&arguments).data(),
                        Pointers(&environment).data()),
            0);
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace pop3_testing
