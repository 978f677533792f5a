// The PluginHost of a GoogleTest: what a plugin does wrong with it is a failure, memory that it
// does not release included.
#ifndef POP3_TESTS_TESTING_TEST_HOST_H_
#define POP3_TESTS_TESTING_TEST_HOST_H_

#include <gtest/gtest.h>

#include <string>

#include "tests/testing/count_fds.h"
#include "tests/testing/plugin_host.h"

namespace pop3_testing {

class TestHost : public PluginHost {
 public:
  TestHost()
      : PluginHost([](const char *, const std::string &words) {
          ADD_FAILURE() << "the plugin " << words;
        }) {}
  ~TestHost() { EXPECT_EQ(live(), 0) << "the plugin leaks memory"; }
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_TEST_HOST_H_
