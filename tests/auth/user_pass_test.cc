
#include <gtest/gtest.h>
#include <pop3/plugins/user_pass.h>

#include "tests/auth/exchange.h"

namespace pop3_testing {
namespace user_pass_test {
namespace {

constexpr char kPassword[] = "correct horse battery";

class UserPass : public ::testing::Test {
 protected:
  UserPass() : exchange_(&host_, pop3_plugin_user_pass(POP3_ABI)) {
    exchange_.credentials[POP3_CREDENTIAL_USER] = "mrose";
    exchange_.credentials[POP3_CREDENTIAL_PASSWORD] = kPassword;
  }

  TestHost host_;
  Exchange exchange_;
};

TEST_F(UserPass, IsReadableOnTheWire) {
  EXPECT_STREQ(exchange_.ops()->name, "user");
  EXPECT_EQ(exchange_.ops()->flags, POP3_AUTH_CLEARTEXT | POP3_AUTH_NO_CAPABILITIES);
}

TEST_F(UserPass, RefusesAnotherMajor) {
  EXPECT_EQ(pop3_plugin_user_pass(POP3_ABI + (UINT32_C(1) << 16)), nullptr);
  EXPECT_NE(pop3_plugin_user_pass(POP3_ABI + 1), nullptr);
}

TEST_F(UserPass, SendsBothAndMarksTheSecret) {
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.line(), "USER mrose");
  EXPECT_EQ(exchange_.shown(), "USER mrose");
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE, "send PASS"), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.line(), "PASS correct horse battery");
  EXPECT_EQ(exchange_.shown(), "PASS ");
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_DONE);
}

TEST_F(UserPass, SendsAnEmptyPassword) {
  exchange_.credentials[POP3_CREDENTIAL_PASSWORD] = "";
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  exchange_.Step(POP3_AUTH_START);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.line(), "PASS ");
}

TEST_F(UserPass, ScoresByWhatThereIs) {
  EXPECT_EQ(exchange_.Score(), 100);
  exchange_.credentials.erase(POP3_CREDENTIAL_PASSWORD);
  EXPECT_EQ(exchange_.Score(), 0);
  EXPECT_EQ(exchange_.why(), "no password was given");
  exchange_.credentials.erase(POP3_CREDENTIAL_USER);
  EXPECT_EQ(exchange_.Score(), 0);
  EXPECT_EQ(exchange_.why(), "no user name was given");
}

TEST_F(UserPass, WantsUserAmongTheCapabilities) {
  exchange_.capabilities_known = true;
  EXPECT_EQ(exchange_.Score(), 0);
  EXPECT_NE(exchange_.why().find("do not have USER"), std::string::npos) << exchange_.why();
  exchange_.mechanism = "USER";
  EXPECT_EQ(exchange_.Score(), 100);
  exchange_.mechanism = nullptr;
  exchange_.capabilities["USER"] = "";
  EXPECT_EQ(exchange_.Score(), 100);
}

// A host that cannot say whether the list of capabilities is whole.
TEST_F(UserPass, InAContextWithoutThatMemberUserMayBeThere) {
  exchange_.context_size = offsetof(pop3_auth_context, knows_capabilities);
  EXPECT_EQ(exchange_.Score(), 100);
}

TEST_F(UserPass, CutsItsReasonToTheRoom) {
  exchange_.credentials.clear();
  pop3_auth_context context = {};
  context.size = sizeof(context);
  context.session = &exchange_;
  context.capability = [](void *, const char *) -> const char * { return nullptr; };
  context.has_credential = [](void *, pop3_credential) { return 0; };
  char why[] = "########";
  EXPECT_EQ(exchange_.ops()->score(host_.get(), &context, why, 6), 0);
  EXPECT_STREQ(why, "no us");
  EXPECT_EQ(why[6], '#');
  EXPECT_EQ(exchange_.ops()->score(host_.get(), &context, nullptr, 0), 0);
}

TEST_F(UserPass, GivesUpOnRefusal) {
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  exchange_.Step(POP3_AUTH_START);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, "no such user"), POP3_AUTH_FAIL);
  exchange_.End();

  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  exchange_.Step(POP3_AUTH_START);
  exchange_.Step(POP3_AUTH_POSITIVE);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, "[AUTH] wrong"), POP3_AUTH_FAIL);
  // Whatever else the server may say: the exchange is over.
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_FAIL);
  EXPECT_EQ(exchange_.error().status, POP3_ERR_STATE);
}

TEST_F(UserPass, RefusesChallenges) {
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  exchange_.Step(POP3_AUTH_START);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, "Zm9v"), POP3_AUTH_FAIL);
  EXPECT_EQ(exchange_.error().status, POP3_ERR_AUTH);
  EXPECT_NE(std::string(exchange_.error().text).find("USER"), std::string::npos);
  exchange_.End();

  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  exchange_.Step(POP3_AUTH_START);
  exchange_.Step(POP3_AUTH_POSITIVE);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE), POP3_AUTH_FAIL);
  EXPECT_NE(std::string(exchange_.error().text).find("PASS"), std::string::npos);
}

TEST_F(UserPass, DoesNotTakeAPrematureAnswerForALogin) {
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_FAIL);
  EXPECT_EQ(exchange_.error().status, POP3_ERR_STATE);
}

TEST_F(UserPass, SaysWhichCredentialIsMissing) {
  exchange_.withhold = POP3_CREDENTIAL_PASSWORD;
  EXPECT_EQ(exchange_.Begin(), POP3_ERR_NO_CREDENTIALS);
  exchange_.withhold = POP3_CREDENTIAL_USER;
  EXPECT_EQ(exchange_.Begin(), POP3_ERR_NO_CREDENTIALS);
}

TEST_F(UserPass, RefusesLineEndsInCredentials) {
  for (const std::string &evil : {std::string("a\r\nDELE 1"), std::string("a\n"), std::string("\r"),
                                  std::string("a\0b", 3), std::string("")}) {
    exchange_.credentials[POP3_CREDENTIAL_USER] = evil;
    EXPECT_EQ(exchange_.Begin(), POP3_ERR_ARGUMENT);
  }
  exchange_.credentials[POP3_CREDENTIAL_USER] = "mrose";
  exchange_.credentials[POP3_CREDENTIAL_PASSWORD] = "x\r\nQUIT";
  EXPECT_EQ(exchange_.Begin(), POP3_ERR_ARGUMENT);
  EXPECT_NE(std::string(exchange_.error().text).find("password"), std::string::npos);
  EXPECT_EQ(std::string(exchange_.error().text).find("QUIT"), std::string::npos);
}

TEST_F(UserPass, LeavesNoPasswordBehind) {
  for (int steps = 0; steps <= 3; steps++) {
    ASSERT_EQ(exchange_.Begin(), POP3_OK);
    if (steps >= 1) exchange_.Step(POP3_AUTH_START);
    if (steps >= 2) exchange_.Step(POP3_AUTH_POSITIVE);
    EXPECT_EQ(host_.Remembers(kPassword), steps >= 2);
    if (steps >= 3) {
      exchange_.Step(POP3_AUTH_NEGATIVE);
      EXPECT_FALSE(host_.Remembers(kPassword)) << "not even until the end";
    }
    exchange_.End();
    EXPECT_FALSE(host_.Remembers(kPassword)) << "after " << steps << " steps";
  }
}

TEST_F(UserPass, ALineThatCouldNotBeMadeWasNotSent) {
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_SEND);
  host_.FailAllocation(0);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_FAIL);
  EXPECT_EQ(exchange_.error().status, POP3_ERR_MEMORY);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_FAIL) << "no password was sent";
  EXPECT_EQ(exchange_.error().status, POP3_ERR_STATE);
}

TEST_F(UserPass, SurvivesEveryFailedAllocation) {
  for (int nth = 0;; nth++) {
    host_.FailAllocation(nth);
    pop3_status status = exchange_.Begin();
    if (status == POP3_OK) {
      pop3_auth_verdict verdict = exchange_.Step(POP3_AUTH_START);
      if (verdict == POP3_AUTH_SEND) verdict = exchange_.Step(POP3_AUTH_POSITIVE);
      if (verdict == POP3_AUTH_FAIL) status = exchange_.error().status;
    }
    exchange_.End();
    EXPECT_EQ(status, host_.has_failed() ? POP3_ERR_MEMORY : POP3_OK);
    EXPECT_EQ(host_.live(), 0);
    if (!host_.has_failed()) break;
    ASSERT_LT(nth, 10);
  }
}

}  // namespace
}  // namespace user_pass_test
}  // namespace pop3_testing
