#include "plugins/loader/refusal.h"

#include <errno.h>
#include <gtest/gtest.h>

#include <string>

namespace pop3_testing {
namespace refusal_test {
namespace {

TEST(Refusal, NamesFileAndRule) {
  pop3_error err = POP3_ERROR_INIT;
  EXPECT_EQ(p3_refuse(&err, POP3_ERR_POLICY, 0, "/a/b.so", "has %d faults", 2), POP3_ERR_POLICY);
  EXPECT_STREQ(err.text, "/a/b.so has 2 faults");
  EXPECT_STREQ(err.layer, "loader");
  EXPECT_EQ(err.status, POP3_ERR_POLICY);
}

TEST(Refusal, ShowsTheEndOfALongPath) {
  const std::string file = "/" + std::string(4000, 'x') + "/pop3_x.so";
  pop3_error err = POP3_ERROR_INIT;
  p3_refuse(&err, POP3_ERR_ARGUMENT, 0, file.c_str(), "%s", std::string(150, 'r').c_str());
  const std::string text = err.text;
  EXPECT_EQ(text.substr(0, 4), "...x");
  EXPECT_EQ(text.find('/'), text.find("/pop3_x.so")) << "the beginning is not shown";
  EXPECT_NE(text.find("/pop3_x.so " + std::string(150, 'r')), std::string::npos) << text;
}

TEST(Refusal, SaysWhatTheSystemSays) {
  pop3_error err = POP3_ERROR_INIT;
  p3_refuse_errno(&err, POP3_ERR_LOCAL_IO, EACCES, "/a", "opened");
  EXPECT_STREQ(err.text, "/a cannot be opened: Permission denied");
  EXPECT_EQ(err.sys_errno, EACCES);
}

TEST(Refusal, ControlCharactersDoNotReachATerminal) {
  pop3_error err = POP3_ERROR_INIT;
  p3_refuse(&err, POP3_ERR_POLICY, 0, "/a\x1b[2J\n", "is bad");
  EXPECT_STREQ(err.text, "/a\\x1B[2J\\x0A is bad");
}

TEST(Refusal, TakesNoError) {
  EXPECT_EQ(p3_refuse(nullptr, POP3_ERR_POLICY, 0, "/a", "is bad"), POP3_ERR_POLICY);
}

}  // namespace
}  // namespace refusal_test
}  // namespace pop3_testing
