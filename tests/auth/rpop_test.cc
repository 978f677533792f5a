
#include <gtest/gtest.h>
#include <pop3/plugins/rpop.h>

#include "tests/auth/exchange.h"

namespace pop3_testing {
namespace rpop_test {
namespace {

class Rpop : public ::testing::Test {
 protected:
  Rpop() : exchange_(&host_, pop3_plugin_rpop(POP3_ABI)) {
    exchange_.credentials[POP3_CREDENTIAL_USER] = "mrose";
  }

  TestHost host_;
  Exchange exchange_;
};

TEST_F(Rpop, IsChosenByNameOnly) {
  EXPECT_STREQ(exchange_.ops()->name, "rpop");
  EXPECT_EQ(exchange_.ops()->flags,
            POP3_AUTH_ONLY_IF_ASKED | POP3_AUTH_AUTHZID | POP3_AUTH_NO_CAPABILITIES);
  EXPECT_EQ(pop3_plugin_rpop(POP3_ABI + (UINT32_C(1) << 16)), nullptr);
}

TEST_F(Rpop, NamesTheUserTwice) {
  EXPECT_GT(exchange_.Score(), 0);
  EXPECT_LT(exchange_.Score(), POP3_STRENGTH_READABLE) << "it proves nothing";
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.line(), "USER mrose");
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.line(), "RPOP mrose");
  EXPECT_EQ(exchange_.shown(), "RPOP mrose");
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_DONE);
}

TEST_F(Rpop, TheAuthorizationIdentityIsWhoseMaildropItIs) {
  exchange_.credentials[POP3_CREDENTIAL_AUTHZID] = "marshall";
  for (bool only_when_asked : {false, true}) {
    exchange_.only_when_asked = only_when_asked;
    ASSERT_EQ(exchange_.Begin(), POP3_OK);
    exchange_.Step(POP3_AUTH_START);
    EXPECT_EQ(exchange_.line(), "USER marshall");
    exchange_.Step(POP3_AUTH_POSITIVE);
    EXPECT_EQ(exchange_.line(), "RPOP mrose");
    exchange_.End();
  }
}

TEST_F(Rpop, GivesUpOnAnythingButYes) {
  for (int good = 0; good < 2; good++) {
    for (pop3_auth_event event : {POP3_AUTH_NEGATIVE, POP3_AUTH_CHALLENGE, POP3_AUTH_START}) {
      ASSERT_EQ(exchange_.Begin(), POP3_OK);
      exchange_.Step(POP3_AUTH_START);
      if (good > 0) exchange_.Step(POP3_AUTH_POSITIVE);
      EXPECT_EQ(exchange_.Step(event), POP3_AUTH_FAIL);
      EXPECT_EQ(exchange_.error().status != POP3_OK, event != POP3_AUTH_NEGATIVE);
      if (event != POP3_AUTH_NEGATIVE) {
        const std::string text = exchange_.error().text;
        EXPECT_NE(text.find(good > 0 ? "RPOP" : "USER"), std::string::npos) << text;
      }
      EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_FAIL);
      exchange_.End();
    }
  }
}

TEST_F(Rpop, DoesNotTakeAPrematureAnswerForALogin) {
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_FAIL);
}

TEST_F(Rpop, RefusesBadNames) {
  exchange_.credentials[POP3_CREDENTIAL_AUTHZID] = "root\r\nDELE 1";
  EXPECT_EQ(exchange_.Begin(), POP3_ERR_ARGUMENT);
  EXPECT_NE(std::string(exchange_.error().text).find("name of the maildrop"), std::string::npos);
  exchange_.without_errors = true;
  EXPECT_EQ(exchange_.Begin(), POP3_ERR_ARGUMENT) << "also for a host that does not ask why";
  exchange_.without_errors = false;
  exchange_.credentials.clear();
  EXPECT_EQ(exchange_.Score(), 0);
  EXPECT_EQ(exchange_.Begin(), POP3_ERR_NO_CREDENTIALS);
}

TEST_F(Rpop, ALineThatCouldNotBeMadeWasNotSent) {
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_SEND);
  host_.FailAllocation(0);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_FAIL);
  EXPECT_EQ(exchange_.error().status, POP3_ERR_MEMORY);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_FAIL) << "no RPOP was sent";
  EXPECT_EQ(exchange_.error().status, POP3_ERR_STATE);
}

TEST_F(Rpop, SurvivesEveryFailedAllocation) {
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
}  // namespace rpop_test
}  // namespace pop3_testing
