#include "auth/sasl.h"

#include <gtest/gtest.h>

#include "tests/auth/base64.h"
#include "tests/auth/exchange.h"
#include "tests/auth/scram_server.h"

namespace pop3_testing {
namespace {

constexpr char kPassword[] = "correct horse battery";

class Sasl : public ::testing::Test {
 protected:
  Sasl() : exchange_(&host_, pop3_plugin_sasl(POP3_ABI)) {
    exchange_.credentials[POP3_CREDENTIAL_USER] = "alice";
    exchange_.credentials[POP3_CREDENTIAL_PASSWORD] = kPassword;
  }

  pop3_auth_verdict Start(const char *mechanism) {
    exchange_.End();
    exchange_.mechanism = mechanism;
    EXPECT_GT(exchange_.Score(), 0) << exchange_.why();
    EXPECT_EQ(exchange_.Begin(), POP3_OK) << exchange_.error().text;
    return exchange_.Step(POP3_AUTH_START);
  }

  pop3_auth_verdict Challenge(const std::string &message) {
    return exchange_.Step(POP3_AUTH_CHALLENGE, Base64(message));
  }

  // The response of the last step.
  std::string Response() { return Unbase64(exchange_.line()); }

  std::string ErrorText() { return exchange_.error().text; }

  TestHost host_;
  Exchange exchange_;
};

TEST_F(Sasl, IsAFamily) {
  EXPECT_STREQ(exchange_.ops()->name, "sasl");
  EXPECT_EQ(exchange_.ops()->flags, POP3_AUTH_FAMILY);
  EXPECT_EQ(pop3_plugin_sasl(POP3_ABI + (UINT32_C(1) << 16)), nullptr);
}

TEST_F(Sasl, PlainInOneLine) {
  ASSERT_EQ(Start("PLAIN"), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.line(), "AUTH PLAIN " + Base64(std::string("\0alice\0", 7) + kPassword));
  EXPECT_EQ(exchange_.shown(), "AUTH PLAIN ");
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE, "hello"), POP3_AUTH_DONE);
  EXPECT_EQ(exchange_.output().layer, nullptr);
}

TEST_F(Sasl, ScramWithTheServersProof) {
  ScramServer server(EVP_sha256(), kPassword);
  ASSERT_EQ(Start("SCRAM-SHA-256"), POP3_AUTH_SEND);
  const std::string head = "AUTH SCRAM-SHA-256 ";
  ASSERT_EQ(exchange_.line().compare(0, head.size(), head), 0) << exchange_.line();
  EXPECT_EQ(exchange_.shown(), head);
  ASSERT_EQ(Challenge(server.First(Unbase64(exchange_.line().substr(head.size())))), POP3_AUTH_SEND)
      << ErrorText();
  EXPECT_EQ(exchange_.shown(), "");
  EXPECT_EQ(server.gs2_header(), "n,,");
  const std::string server_final = server.Final(Response());
  ASSERT_NE(server_final, "") << "the client knows the password";
  ASSERT_EQ(Challenge(server_final), POP3_AUTH_SEND) << ErrorText();
  EXPECT_EQ(exchange_.line(), "");
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_DONE);
}

}  // namespace
}  // namespace pop3_testing
