#include <gtest/gtest.h>
#include <pop3/version.h>

#include <cstdio>

namespace version_test {
namespace {

TEST(Version, IsThatOfTheHeaders) {
  EXPECT_STREQ(pop3_version(), POP3_VERSION);
  unsigned major = 0;
  unsigned minor = 0;
  unsigned patch = 0;
  char behind = 0;
  ASSERT_EQ(std::sscanf(POP3_VERSION, "%u.%u.%u%c", &major, &minor, &patch, &behind), 3);
  EXPECT_EQ(POP3_VERSION_NUMBER, major << 16 | minor << 8 | patch);
}

}  // namespace
}  // namespace version_test
