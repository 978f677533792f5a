// The SPI's functions for lines of RFC 5034.
#include <gtest/gtest.h>
#include <pop3/spi/sasl_line.h>

#include <string>

#include "tests/auth/base64.h"
#include "tests/testing/test_host.h"

namespace pop3_testing {
namespace sasl_line_test {
namespace {

class SaslLine : public ::testing::Test {
 protected:
  ~SaslLine() override { pop3_sasl_line_clear(&line_, host_.get()); }

  std::string Line() const {
    return std::string(reinterpret_cast<const char *>(line_.data), line_.len);
  }

  pop3_status Auth(const char *mechanism, const std::string *response) {
    return pop3_sasl_line_auth(
        &line_, host_.get(), "x", mechanism,
        response == nullptr ? nullptr : reinterpret_cast<const uint8_t *>(response->data()),
        response == nullptr ? 0 : response->size(), &error_);
  }

  pop3_status Challenge(const std::string &text) {
    const pop3_auth_input in = {sizeof(in), POP3_AUTH_CHALLENGE, text.data(), text.size()};
    return pop3_sasl_line_challenge(&line_, host_.get(), "x", &in, &error_);
  }

  TestHost host_;
  pop3_sasl_line line_ = {nullptr, 0, 0};
  pop3_error error_ = POP3_ERROR_INIT;
};

TEST_F(SaslLine, AuthWithAndWithoutAResponse) {
  const std::string some = "some", none;
  ASSERT_EQ(Auth("PLAIN", &some), POP3_OK);
  EXPECT_EQ(Line(), "AUTH PLAIN c29tZQ==");
  EXPECT_EQ(line_.secret_offset, 11U);
  ASSERT_EQ(Auth("EXTERNAL", &none), POP3_OK);
  EXPECT_EQ(Line(), "AUTH EXTERNAL =");
  ASSERT_EQ(Auth("CRAM-MD5", nullptr), POP3_OK);
  EXPECT_EQ(Line(), "AUTH CRAM-MD5");
  EXPECT_EQ(line_.secret_offset, line_.len);
  ASSERT_EQ(Auth("A2345678901234567890", &some), POP3_OK);
  EXPECT_EQ(Auth("A23456789012345678901", &some), POP3_ERR_ARGUMENT);
  EXPECT_EQ(line_.secret_offset, 26U) << "the line before it is still there";
}

TEST_F(SaslLine, KnowsWhatFits) {
  // "AUTH PLAIN " 11, base64 240, CRLF 2: 253. Three octets more are four characters more.
  EXPECT_TRUE(pop3_sasl_line_fits("PLAIN", 0));
  EXPECT_TRUE(pop3_sasl_line_fits("PLAIN", 180));
  EXPECT_FALSE(pop3_sasl_line_fits("PLAIN", 181));
  EXPECT_TRUE(pop3_sasl_line_fits("XLOGIN2", 180)) << "exactly 255";
  EXPECT_FALSE(pop3_sasl_line_fits("XLOGIN23", 180)) << "256";
  EXPECT_FALSE(pop3_sasl_line_fits("PLAIN", SIZE_MAX));
}

TEST_F(SaslLine, RespondsWithAnyLength) {
  for (size_t len = 0; len < 600; len++) {
    const std::string response(len, static_cast<char>(len));
    ASSERT_EQ(pop3_sasl_line_make(&line_, host_.get(), "x", "",
                                  reinterpret_cast<const uint8_t *>(response.data()), len, &error_),
              POP3_OK);
    EXPECT_EQ(Line(), Base64(response));
    EXPECT_EQ(line_.secret_offset, 0U);
    ASSERT_EQ(Challenge(Base64(response)), POP3_OK);
    EXPECT_EQ(Line(), response);
    EXPECT_EQ(line_.data[line_.len], 0);
  }
  EXPECT_EQ(pop3_sasl_line_make(&line_, host_.get(), "x", "", nullptr, SIZE_MAX, &error_),
            POP3_ERR_LIMIT);
}

TEST_F(SaslLine, TakesBase64InItsOneRightForm) {
  for (const std::string &evil : {std::string("A"), std::string("AA"), std::string("AAA"),
                                  std::string("AA=="), std::string("AAA="), std::string("====")}) {
    const std::string decoded = Unbase64(evil);
    EXPECT_EQ(Challenge(evil) == POP3_OK, decoded != "not base64") << evil;
  }
  for (const std::string &evil :
       {std::string("AB=="), std::string("AAB="), std::string("AA==AAAA"), std::string("A=AA"),
        std::string("AA A"), std::string("AAA\n"), std::string("AA-_"), std::string("AAA\0", 4),
        std::string("AAA\xC3"), std::string("AAAA="), std::string("=")}) {
    EXPECT_EQ(Challenge(evil), POP3_ERR_AUTH) << evil;
    EXPECT_EQ(line_.data, nullptr);
  }
  EXPECT_EQ(Challenge(std::string(POP3_SASL_CHALLENGE_MAX, 'A')), POP3_OK);
  EXPECT_EQ(Challenge(std::string(POP3_SASL_CHALLENGE_MAX + 4, 'A')), POP3_ERR_LIMIT);
}

TEST_F(SaslLine, DecodesWhatBoringSslDecodes) {
  // All of the last four characters: where padding and left-over bits are.
  const std::string digits = "AB/=Q+";
  for (char a : digits) {
    for (char b : digits) {
      for (char c : digits) {
        for (char d : digits) {
          const std::string text = {'Z', 'm', '9', 'v', a, b, c, d};
          const std::string decoded = Unbase64(text);
          if (Challenge(text) == POP3_OK) {
            EXPECT_EQ(Line(), decoded) << text;
            EXPECT_EQ(Base64(Line()), text) << "one right form";
          } else {
            EXPECT_TRUE(decoded == "not base64" || Base64(decoded) != text) << text;
          }
        }
      }
    }
  }
}

TEST_F(SaslLine, LeavesNothingBehind) {
  const std::string secret = "a secret response";
  ASSERT_EQ(Auth("PLAIN", &secret), POP3_OK);
  const std::string coded = Base64(secret);
  EXPECT_TRUE(host_.Remembers(coded));
  ASSERT_EQ(Challenge(coded), POP3_OK);
  EXPECT_FALSE(host_.Remembers(coded));
  pop3_sasl_line_clear(&line_, host_.get());
  EXPECT_FALSE(host_.Remembers(secret));
  host_.FailAllocation(0, true);
  EXPECT_EQ(Auth("PLAIN", &secret), POP3_ERR_MEMORY);
  EXPECT_EQ(Challenge(coded), POP3_ERR_MEMORY);
  host_.FailAllocation(-1);
}

}  // namespace
}  // namespace sasl_line_test
}  // namespace pop3_testing
