#include "plugins/oauth/oauth_error.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pop3_testing {
namespace oauth_error_test {
namespace {

std::string Status(const std::string &json) {
  char out[P3_OAUTH_STATUS_MAX] = "unset";
  // A block of just that length, for AddressSanitizer.
  const std::vector<char> octets(json.begin(), json.end());
  const int found = p3_oauth_status(octets.data(), octets.size(), out);
  EXPECT_EQ(found == 1, out[0] != '\0') << json;
  return out;
}

TEST(OauthError, FindsTheStatus) {
  EXPECT_EQ(Status(R"({"status":"invalid_token","scope":"mail"})"), "invalid_token");
  EXPECT_EQ(Status(R"({ "schemes" : "bearer", "status" : "401" , "scope":"x"})"), "401");
  EXPECT_EQ(Status("{\"a\":1,\r\n\t\"status\"\n:\n400}"), "400");
  EXPECT_EQ(Status(R"({"status":400 ,"a":1})"), "400");
  EXPECT_EQ(Status(R"({"status":"token has expired"})"), "token has expired");
  EXPECT_EQ(Status("{\"status\" \t\r\n:\n\r\t \"a-b.c_9Z\"}"), "a-b.c_9Z");
  EXPECT_EQ(Status("}{\"status\":\"after a brace too many\"}"), "after a brace too many");
}

TEST(OauthError, IsNotFooled) {
  EXPECT_EQ(Status(""), "");
  EXPECT_EQ(Status("{}"), "");
  EXPECT_EQ(Status(R"({"scope":"\"status\":\"faked\""})"), "");
  EXPECT_EQ(Status(R"({"scope":"status","x":1})"), "");
  EXPECT_EQ(Status(R"({"scope":"\"","status":"real"})"), "real");
  EXPECT_EQ(Status(R"({"inner":{"status":"faked"},"status":"real"})"), "real");
  EXPECT_EQ(Status(R"(["status","x"])"), "");
  EXPECT_EQ(Status(R"({"status":{"a":1}})"), "");
  EXPECT_EQ(Status(R"({"status":"a\u000d\u000aDELE"})"), "a");
}

TEST(OauthError, SurvivesWhatIsCutOff) {
  const std::string json = R"({"a\"b":[1,{}],"status" : "invalid_token"})";
  for (size_t len = 0; len <= json.size(); len++) {
    const std::string cut(json, 0, len);
    const std::string status = Status(cut);
    EXPECT_EQ(std::string("invalid_token").compare(0, status.size(), status), 0) << cut;
  }
  EXPECT_EQ(Status("{\"status\":\"" + std::string(100000, 'x')).size(), P3_OAUTH_STATUS_MAX - 1U);
  EXPECT_EQ(Status("{\"status"), "");
  EXPECT_EQ(Status("{\"status\\"), "");
  EXPECT_EQ(Status("{\"status\""), "");
  EXPECT_EQ(Status(std::string(100000, '[')), "");
  EXPECT_EQ(Status(std::string(100000, '}') + "\"\\"), "");
}

TEST(OauthError, CleansAndCuts) {
  std::string text("a\r\n\0\x01\x7F\x80\xFFz\x1B[m ~", 14);
  EXPECT_EQ(p3_oauth_clean(&text[0], text.size()), 14U);
  EXPECT_EQ(text, "a???????z?[m ~");
  std::string huge(100000, '\x02');
  ASSERT_EQ(p3_oauth_clean(&huge[0], huge.size()), size_t{P3_OAUTH_DETAIL_MAX});
  EXPECT_EQ(huge.substr(0, P3_OAUTH_DETAIL_MAX), std::string(P3_OAUTH_DETAIL_MAX, '?'));
}

}  // namespace
}  // namespace oauth_error_test
}  // namespace pop3_testing
