
#include <gtest/gtest.h>
#include <openssl/md5.h>
#include <pop3/plugins/apop.h>

#include <algorithm>
#include <string>

#include "tests/auth/exchange.h"

namespace pop3_testing {
namespace apop_test {
namespace {

// The example of RFC 1939 section 7.
constexpr char kTimestamp[] = "<1896.697170952@dbc.mtview.ca.us>";
constexpr char kDigest[] = "c4c9334bac560ecc979e58001b3e22fb";

class Apop : public ::testing::Test {
 protected:
  Apop() : exchange_(&host_, pop3_plugin_apop(POP3_ABI)) {
    exchange_.timestamp = kTimestamp;
    exchange_.credentials[POP3_CREDENTIAL_USER] = "mrose";
    exchange_.credentials[POP3_CREDENTIAL_PASSWORD] = "tanstaaf";
  }

  TestHost host_;
  Exchange exchange_;
};

TEST_F(Apop, IsChosenByNameOnly) {
  EXPECT_STREQ(exchange_.ops()->name, "apop");
  EXPECT_EQ(exchange_.ops()->flags, POP3_AUTH_ONLY_IF_ASKED | POP3_AUTH_NO_CAPABILITIES);
  EXPECT_EQ(pop3_plugin_apop(POP3_ABI + (UINT32_C(1) << 16)), nullptr);
}

TEST_F(Apop, SendsTheDigestOfTheRfc) {
  EXPECT_EQ(exchange_.Score(), 200);
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.line(), std::string("APOP mrose ") + kDigest);
  EXPECT_EQ(exchange_.shown(), "APOP mrose ");
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE, "maildrop has 1 message"), POP3_AUTH_DONE);
}

TEST_F(Apop, WantsATimestamp) {
  exchange_.timestamp = "";
  EXPECT_EQ(exchange_.Score(), 0);
  EXPECT_NE(exchange_.why().find("timestamp"), std::string::npos);
  EXPECT_EQ(exchange_.Begin(), POP3_ERR_UNSUPPORTED);
  // A host that knows more is quoted; what an older one has behind its struct is left alone.
  exchange_.timestamp_problem = "the greeting's timestamp is odd";
  EXPECT_EQ(exchange_.Score(), 0);
  EXPECT_EQ(exchange_.why(), "the greeting's timestamp is odd");
  EXPECT_EQ(exchange_.Begin(), POP3_ERR_UNSUPPORTED);
  EXPECT_STREQ(exchange_.error().text, "the greeting's timestamp is odd");
  exchange_.context_size = offsetof(pop3_auth_context, timestamp_problem);
  EXPECT_EQ(exchange_.Score(), 0);
  EXPECT_EQ(exchange_.why(), "the server's greeting has no timestamp for APOP");
}

TEST_F(Apop, WantsCredentials) {
  exchange_.withhold = POP3_CREDENTIAL_PASSWORD;
  EXPECT_EQ(exchange_.Begin(), POP3_ERR_NO_CREDENTIALS);
  exchange_.withhold = POP3_CREDENTIAL_USER;
  EXPECT_EQ(exchange_.Begin(), POP3_ERR_NO_CREDENTIALS);
  exchange_.credentials.erase(POP3_CREDENTIAL_PASSWORD);
  EXPECT_EQ(exchange_.Score(), 0);
  exchange_.credentials.erase(POP3_CREDENTIAL_USER);
  EXPECT_EQ(exchange_.Score(), 0);
}

TEST_F(Apop, RefusesNamesThatItCannotSend) {
  for (const char *name : {"m rose", "", "a\r\nDELE 1"}) {
    exchange_.credentials[POP3_CREDENTIAL_USER] = name;
    EXPECT_EQ(exchange_.Begin(), POP3_ERR_ARGUMENT) << name;
  }
}

TEST_F(Apop, GivesUpOnAnythingButYes) {
  for (pop3_auth_event event : {POP3_AUTH_NEGATIVE, POP3_AUTH_CHALLENGE, POP3_AUTH_START}) {
    ASSERT_EQ(exchange_.Begin(), POP3_OK);
    exchange_.Step(POP3_AUTH_START);
    EXPECT_EQ(exchange_.Step(event), POP3_AUTH_FAIL);
    EXPECT_EQ(exchange_.error().status != POP3_OK, event != POP3_AUTH_NEGATIVE);
    EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_FAIL) << "it is over";
    EXPECT_EQ(exchange_.error().status, POP3_ERR_STATE);
    exchange_.End();
  }
}

TEST_F(Apop, DoesNotTakeAPrematureAnswerForALogin) {
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_FAIL);
}

TEST_F(Apop, LeavesNoDigestBehind) {
  for (int steps = 0; steps <= 2; steps++) {
    ASSERT_EQ(exchange_.Begin(), POP3_OK);
    EXPECT_TRUE(host_.Remembers(kDigest));
    EXPECT_FALSE(host_.Remembers("tanstaaf"));
    if (steps >= 1) exchange_.Step(POP3_AUTH_START);
    if (steps >= 2) {
      exchange_.Step(POP3_AUTH_NEGATIVE);
      EXPECT_FALSE(host_.Remembers(kDigest)) << "not even until the end";
    }
    exchange_.End();
    EXPECT_FALSE(host_.Remembers(kDigest)) << "after " << steps << " steps";
  }
}

// Nor does the stack: the digest in octets and in letters, and the state of the hash, whose end it
// is.
TEST_F(Apop, WipesWhatItHashedWith) {
  std::string digest;
  for (size_t at = 0; at < sizeof(kDigest) - 1; at += 2) {
    digest += static_cast<char>(std::stoi(std::string(kDigest + at, 2), nullptr, 16));
  }
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  const auto wiped = [this](const std::string &text, size_t len) {
    return std::count_if(host_.wipings().begin(), host_.wipings().end(), [&](const Wiping &wiping) {
      return wiping.len == len && wiping.is_zero && wiping.before.find(text) != std::string::npos;
    });
  };
  EXPECT_EQ(wiped(digest, digest.size()), 1);
  EXPECT_EQ(wiped(digest, sizeof(MD5_CTX)), 1);
  EXPECT_EQ(wiped(kDigest, sizeof(kDigest) - 1), 1);
  exchange_.End();
}

TEST_F(Apop, SurvivesEveryFailedAllocation) {
  for (int nth = 0;; nth++) {
    host_.FailAllocation(nth);
    const pop3_status status = exchange_.Begin();
    exchange_.End();
    EXPECT_EQ(status, host_.has_failed() ? POP3_ERR_MEMORY : POP3_OK);
    EXPECT_EQ(host_.live(), 0);
    if (!host_.has_failed()) break;
    ASSERT_LT(nth, 10);
  }
}

}  // namespace
}  // namespace apop_test
}  // namespace pop3_testing
