#include "auth/line.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/testing/test_host.h"

namespace pop3_testing {
namespace line_test {
namespace {

p3_auth_bytes Bytes(const std::string &text) {
  return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}

std::string Whole(const p3_auth_line &line) {
  return std::string(reinterpret_cast<const char *>(line.data), line.len);
}

TEST(Line, LeavesOutWhatIsNotGiven) {
  TestHost host;
  p3_auth_line line = {};
  const std::string name = "mrose", digest = "abc";
  const p3_auth_bytes shown = Bytes(name), secret = Bytes(digest);
  ASSERT_EQ(p3_auth_line_set(&line, host.get(), "x", "NOOP", nullptr, nullptr, nullptr), POP3_OK);
  EXPECT_EQ(Whole(line), "NOOP");
  EXPECT_EQ(line.secret_offset, 4u);
  ASSERT_EQ(p3_auth_line_set(&line, host.get(), "x", "USER", &shown, nullptr, nullptr), POP3_OK);
  EXPECT_EQ(Whole(line), "USER mrose");
  EXPECT_EQ(line.secret_offset, line.len);
  ASSERT_EQ(p3_auth_line_set(&line, host.get(), "x", "PASS", nullptr, &secret, nullptr), POP3_OK);
  EXPECT_EQ(Whole(line), "PASS abc");
  EXPECT_EQ(line.secret_offset, 5u);
  ASSERT_EQ(p3_auth_line_set(&line, host.get(), "x", "APOP", &shown, &secret, nullptr), POP3_OK);
  EXPECT_EQ(Whole(line), "APOP mrose abc");
  EXPECT_EQ(line.secret_offset, 11u);
  p3_auth_line_clear(&line, host.get());
  EXPECT_EQ(line.data, nullptr);
  EXPECT_FALSE(host.Remembers("abc"));
}

TEST(Line, RefusesLengthsThatWouldWrapAround) {
  TestHost host;
  p3_auth_line line = {};
  const p3_auth_bytes huge = {nullptr, SIZE_MAX - 3};
  pop3_error err = POP3_ERROR_INIT;
  EXPECT_EQ(p3_auth_line_set(&line, host.get(), "x", "PASS", nullptr, &huge, &err),
            POP3_ERR_MEMORY);
  EXPECT_EQ(p3_auth_line_set(&line, host.get(), "x", "PASS", &huge, nullptr, &err),
            POP3_ERR_MEMORY);
  p3_auth_line_clear(&line, host.get());
}

TEST(Line, WipesAllOfALine) {
  TestHost host;
  p3_auth_line line = {};
  // One octet that nothing else here has.
  const std::string password = "\xC3";
  const p3_auth_bytes secret = Bytes(password);
  ASSERT_EQ(p3_auth_line_set(&line, host.get(), "x", "PASS", nullptr, &secret, nullptr), POP3_OK);
  EXPECT_TRUE(host.Remembers(password));
  p3_auth_line_clear(&line, host.get());
  EXPECT_FALSE(host.Remembers(password));
}

TEST(Line, CutsAReasonToTheRoom) {
  char why[] = "########";
  EXPECT_EQ(p3_auth_unusable(why, 0, "reason"), 0);
  EXPECT_STREQ(why, "########");
  EXPECT_EQ(p3_auth_unusable(why, 6, "reason"), 0);
  EXPECT_STREQ(why, "reaso");
  EXPECT_EQ(why[6], '#') << "the NUL is one of the six";
  EXPECT_EQ(p3_auth_unusable(why, 7, "reason"), 0);
  EXPECT_STREQ(why, "reason");
  EXPECT_EQ(p3_auth_unusable(nullptr, 7, "reason"), 0);
}

}  // namespace
}  // namespace line_test
}  // namespace pop3_testing
