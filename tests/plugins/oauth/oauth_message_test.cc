#include "plugins/oauth/oauth_message.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/testing/test_host.h"

namespace pop3_testing {
namespace oauth_message_test {
namespace {

p3_oauth_text Text(const std::string &text) {
  return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}

class OauthMessage : public ::testing::Test {
 protected:
  ~OauthMessage() override { p3_oauth_message_clear(&message_, host_.get()); }

  pop3_status Bearer(const std::string &user, const std::string &server, uint32_t port,
                     const std::string &token) {
    return p3_oauth_bearer(&message_, host_.get(), Text(user), server.c_str(), port, Text(token),
                           &error_);
  }

  pop3_status Xoauth2(const std::string &user, const std::string &token) {
    return p3_oauth_xoauth2(&message_, host_.get(), Text(user), Text(token), &error_);
  }

  std::string Message() const {
    return std::string(reinterpret_cast<const char *>(message_.data), message_.len);
  }

  TestHost host_;
  p3_oauth_message message_ = {nullptr, 0};
  pop3_error error_ = POP3_ERROR_INIT;
};

TEST_F(OauthMessage, IsThatOfTheRfc) {
  // RFC 7628 section 4.1.
  ASSERT_EQ(Bearer("user@example.com", "server.example.com", 143,
                   "vF9dft4qmTc2Nvb3RlckBhbHRhdmlz"
                   "dGEuY29tCg=="),
            POP3_OK);
  EXPECT_EQ(Message(),
            "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01"
            "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01");
}

TEST_F(OauthMessage, LeavesOutWhatIsNotKnown) {
  ASSERT_EQ(Bearer("", "", 0, "t"), POP3_OK);
  EXPECT_EQ(Message(),
            "n,,\x01"
            "auth=Bearer t\x01\x01");
}

TEST_F(OauthMessage, EscapesNames) {
  const std::string awkward(200, ',');
  ASSERT_EQ(Bearer("a,b=c" + awkward, "h", 4294967295U, "t"), POP3_OK);
  std::string escaped;
  for (size_t i = 0; i < awkward.size(); i++) escaped += "=2C";
  EXPECT_EQ(Message(), "n,a=a=2Cb=3Dc" + escaped +
                           ",\x01host=h\x01port=4294967295\x01"
                           "auth=Bearer t\x01\x01");
}

TEST_F(OauthMessage, HasRoomForTheLongest) {
  // Nothing that could be longer is shorter here.
  for (const std::string &user : {std::string(), std::string(","), std::string(300, '=')}) {
    ASSERT_EQ(Bearer(user, "h", 4294967295U, "t"), POP3_OK);
    EXPECT_NE(Message().find("\x01port=4294967295\x01"
                             "auth=Bearer t\x01\x01"),
              std::string::npos);
  }
  ASSERT_EQ(Bearer("two words", "h", 1, "t"), POP3_OK);
  EXPECT_EQ(Message().find("n,a=two words,"), 0U);
}

TEST_F(OauthMessage, IsThatOfGoogle) {
  ASSERT_EQ(Xoauth2("someuser@example.com", "ya29.vF9dft4qmTc2"), POP3_OK);
  EXPECT_EQ(Message(),
            "user=someuser@example.com\x01"
            "auth=Bearer ya29.vF9dft4qmTc2\x01\x01");
}

TEST_F(OauthMessage, RefusesWhatWouldSayMore) {
  for (const std::string &evil : {std::string("a\x01"
                                              "b"),
                                  std::string("a\r\nDELE 1"), std::string("a\0b", 3),
                                  std::string("\x7F"), std::string(600000, 'a')}) {
    EXPECT_EQ(Bearer(evil, "h", 1, "t"), POP3_ERR_ARGUMENT);
    EXPECT_EQ(Xoauth2(evil, "t"), POP3_ERR_ARGUMENT);
    EXPECT_EQ(Bearer("u", "h", 1, evil), POP3_ERR_ARGUMENT);
    EXPECT_EQ(Xoauth2("u", evil), POP3_ERR_ARGUMENT);
    EXPECT_EQ(std::string(error_.text).find("DELE"), std::string::npos);
  }
  for (const char *token : {"", "two words", "t\xC3\xA4"}) {
    EXPECT_EQ(Bearer("u", "h", 1, token), POP3_ERR_ARGUMENT);
  }
  EXPECT_EQ(Bearer("u", "h\x01", 1, "t"), POP3_ERR_ARGUMENT);
}

TEST_F(OauthMessage, LeavesNoTokenBehind) {
  ASSERT_EQ(Bearer("u", "h", 1, "SECRETTOKEN"), POP3_OK);
  ASSERT_EQ(Xoauth2("u", "SECRETTOKEN"), POP3_OK);
  p3_oauth_message_clear(&message_, host_.get());
  EXPECT_FALSE(host_.Remembers("SECRETTOKEN"));
  EXPECT_FALSE(host_.Remembers("TOKEN")) << "the end of it";
  EXPECT_FALSE(host_.Remembers("\x01\x01"));
  host_.FailAllocation(0);
  EXPECT_EQ(Bearer("u", "h", 1, "SECRETTOKEN"), POP3_ERR_MEMORY);
}

}  // namespace
}  // namespace oauth_message_test
}  // namespace pop3_testing
