#include "auth/sasl_offer.h"

#include <gtest/gtest.h>
#include <pop3/plugins/sasl.h>

#include "tests/auth/exchange.h"
#include "tests/auth/sasl_memory.h"

namespace pop3_testing {
namespace sasl_offer_test {
namespace {

constexpr char kAll[] =
    "PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-256-PLUS EXTERNAL "
    "ANONYMOUS GS9-KRB5 NTLM XOAUTH2";

class SaslOffer : public ::testing::Test {
 protected:
  SaslOffer() : exchange_(&host_, pop3_plugin_sasl(POP3_ABI)) {
    exchange_.credentials[POP3_CREDENTIAL_USER] = "alice";
    exchange_.credentials[POP3_CREDENTIAL_PASSWORD] = "wonderland";
    exchange_.capabilities_known = true;
    exchange_.capabilities["SASL"] = kAll;
  }

  int Strength(const char *mechanism) { return exchange_.offers[mechanism].strength; }
  std::string Why(const char *mechanism) { return exchange_.offers[mechanism].why; }

  // The score of a mechanism asked for by name.
  int Asked(const char *mechanism) {
    exchange_.mechanism = mechanism;
    const int strength = exchange_.Score();
    EXPECT_TRUE(exchange_.offers.empty());
    exchange_.mechanism = nullptr;
    return strength;
  }

  TestHost host_;
  Exchange exchange_;
};

TEST_F(SaslOffer, OffersEachOfTheServersList) {
  EXPECT_EQ(exchange_.Score(), 310);
  EXPECT_EQ(exchange_.offers.size(), 12U);
  EXPECT_EQ(Strength("LOGIN"), 105);
  EXPECT_EQ(Strength("PLAIN"), 110);
  EXPECT_EQ(Strength("CRAM-MD5"), 200);
  EXPECT_EQ(Strength("DIGEST-MD5"), 210);
  EXPECT_EQ(Strength("SCRAM-SHA-1"), 300);
  EXPECT_EQ(Strength("SCRAM-SHA-256"), 310);
  EXPECT_EQ(Why("SCRAM-SHA-256-PLUS"), "the connection has nothing to bind to");
  EXPECT_EQ(Why("EXTERNAL"), "the server has taken no client certificate");
  EXPECT_EQ(Why("ANONYMOUS"), "only if asked for by name");
  EXPECT_EQ(Why("NTLM"), "only if asked for by name");
  EXPECT_EQ(Why("GS9-KRB5"), "not installed here");
  EXPECT_EQ(Why("XOAUTH2"), "not installed here");
}

TEST_F(SaslOffer, ForSomebodyElseOnlyWhatCanCarryTheName) {
  exchange_.credentials[POP3_CREDENTIAL_AUTHZID] = "bob";
  exchange_.numbers[POP3_QUERY_TLS_CLIENT_CERT] = 1;
  EXPECT_EQ(exchange_.Score(), 380);
  for (const char *can : {"PLAIN", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "EXTERNAL"}) {
    EXPECT_GT(Strength(can), 0) << can;
  }
  for (const char *cannot : {"LOGIN", "CRAM-MD5"}) {
    EXPECT_EQ(Why(cannot), "cannot act for somebody else") << cannot;
  }
  for (const char *cannot : {"LOGIN", "CRAM-MD5", "ANONYMOUS"}) {
    EXPECT_EQ(Asked(cannot), 0) << cannot;
    EXPECT_EQ(exchange_.why(), "cannot act for somebody else") << cannot;
  }
}

TEST_F(SaslOffer, HidesThePasswordOnAnOpenChannel) {
  exchange_.channel = 0;
  EXPECT_EQ(exchange_.Score(), 310);
  EXPECT_EQ(Why("PLAIN"), "would send a readable password");
  EXPECT_EQ(Why("LOGIN"), "would send a readable password");
  EXPECT_EQ(Strength("CRAM-MD5"), 200);
  exchange_.capabilities["SASL"] = "LOGIN PLAIN";
  EXPECT_EQ(exchange_.Score(), 0);
  EXPECT_EQ(exchange_.why(), "would send a readable password");
  EXPECT_EQ(Asked("PLAIN"), 0) << "not even by name";
  exchange_.channel = POP3_CHANNEL_CLEARTEXT_ALLOWED;
  EXPECT_EQ(exchange_.Score(), 110);
  EXPECT_EQ(Asked("LOGIN"), 105);
}

TEST_F(SaslOffer, PrefersWhatIsBound) {
  exchange_.answers[POP3_QUERY_TLS_VERSION] = "TLSv1.2";
  exchange_.answers[POP3_QUERY_CB_TLS_UNIQUE] = "0123456789ab";
  EXPECT_EQ(exchange_.Score(), 410);
  EXPECT_EQ(Strength("SCRAM-SHA-256"), 310);
  exchange_.capabilities["SASL"] = "SCRAM-SHA-256";
  EXPECT_EQ(exchange_.Score(), 310) << "the server has not offered -PLUS";
  EXPECT_EQ(exchange_.offers.size(), 1U);
}

TEST_F(SaslOffer, LeavesNoBindingBehind) {
  exchange_.answers[POP3_QUERY_TLS_VERSION] = "TLSv1.2";
  exchange_.answers[POP3_QUERY_CB_TLS_UNIQUE] = "0123456789ab";
  EXPECT_EQ(exchange_.Score(), 410);
  EXPECT_EQ(host_.Wipings("0123456789ab"), 1);
}

TEST_F(SaslOffer, TakesTheCertificateThatTheServerTook) {
  exchange_.numbers[POP3_QUERY_TLS_CLIENT_CERT] = 1;
  exchange_.credentials.clear();
  EXPECT_EQ(exchange_.Score(), 380);
  EXPECT_EQ(Why("PLAIN"), "no user name was given");
  exchange_.credentials[POP3_CREDENTIAL_USER] = "alice";
  exchange_.Score();
  EXPECT_EQ(Why("SCRAM-SHA-1"), "no password was given");
  exchange_.numbers[POP3_QUERY_TLS_CLIENT_CERT] = 0;
  EXPECT_EQ(exchange_.Score(), 0);
  EXPECT_EQ(Asked("EXTERNAL"), 380) << "who asks by name knows better: a Unix socket, say";
}

TEST_F(SaslOffer, TakesByNameWhatTheServerForgotToList) {
  exchange_.capabilities.clear();
  EXPECT_EQ(exchange_.Score(), 0);
  EXPECT_EQ(exchange_.why(), "the server lists no SASL mechanism");
  EXPECT_EQ(Asked("PLAIN"), 110);
  EXPECT_EQ(Asked("ANONYMOUS"), 10);
  EXPECT_EQ(Asked("NTLM"), 150);
  EXPECT_EQ(Asked("USER"), 0);
  EXPECT_EQ(exchange_.why(), "not installed here");
  EXPECT_EQ(Asked("NO\"NAME"), 0);
  EXPECT_EQ(exchange_.why(), "not the name of a SASL mechanism");
  EXPECT_EQ(Asked("A-NAME-THAT-IS-TOO-LONG"), 0);
  exchange_.capabilities_known = false;
  EXPECT_EQ(exchange_.Score(), 0);
  EXPECT_EQ(exchange_.why(), "the server has not said what it can");
}

TEST_F(SaslOffer, SurvivesAHostileList) {
  std::string list = "\"; \x01 PLAIN ";
  for (int i = 0; i < 10000; i++) list += "X" + std::to_string(i) + " \"; \x01 ";
  exchange_.capabilities["SASL"] = list + "SCRAM-SHA-1";
  EXPECT_EQ(exchange_.Score(), 110);
  EXPECT_EQ(exchange_.offers.size(), 64U) << "a bound";
}

TEST_F(SaslOffer, PicksTheBestForAHostThatKnowsNoOffer) {
  exchange_.context_size = offsetof(pop3_auth_context, offer);
  EXPECT_EQ(exchange_.Score(), 310);
  EXPECT_TRUE(exchange_.offers.empty());
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.shown(), "AUTH SCRAM-SHA-256 ");
  exchange_.End();
  exchange_.capabilities["SASL"] = "XOAUTH2";
  EXPECT_EQ(exchange_.Begin(), POP3_ERR_NO_MECHANISM);
  EXPECT_NE(std::string(exchange_.error().text).find("not installed here"), std::string::npos);
}

TEST_F(SaslOffer, CallsNothingThatAHostDoesNotHave) {
  exchange_.without_options = true;
  EXPECT_EQ(exchange_.Score(), 310);
  EXPECT_TRUE(exchange_.offers.empty());
}

TEST_F(SaslOffer, BeginsWithNoNameOfItsOwn) {
  exchange_.mechanism = "NO\"NAME";
  EXPECT_EQ(exchange_.Begin(), POP3_ERR_NO_MECHANISM);
  EXPECT_STREQ(exchange_.error().text, "not the name of a SASL mechanism");
}

TEST_F(SaslOffer, CutsItsReasonToTheRoom) {
  exchange_.mechanism = "NO\"NAME";
  char why[] = "########";
  EXPECT_EQ(exchange_.ScoreInto(why, 0), 0);
  EXPECT_STREQ(why, "########");
  EXPECT_EQ(exchange_.ScoreInto(why, 6), 0);
  EXPECT_STREQ(why, "not t");
  EXPECT_EQ(why[6], '#') << "the NUL is one of the six";
  EXPECT_EQ(exchange_.ScoreInto(nullptr, 100), 0);
  // As long as the room, but for the NUL.
  std::string room(sizeof("not the name of a SASL mechanism") - 1, '#');
  EXPECT_EQ(exchange_.ScoreInto(&room[0], room.size()), 0);
  EXPECT_STREQ(room.c_str(), "not the name of a SASL mechanis");
}

TEST_F(SaslOffer, SaysThatLibsasl2HasNoMemory) {
  EXPECT_EQ(exchange_.Score(), 310) << "sets libsasl2 up";
  SaslMemory::FailAllocation(0);
  EXPECT_EQ(exchange_.Score(), 0);
  EXPECT_NE(exchange_.why(), "");
  SaslMemory::FailAllocation(0);
  EXPECT_EQ(exchange_.Begin(), POP3_ERR_MEMORY);
  SaslMemory::FailAllocation(-1);
  EXPECT_EQ(host_.live(), 0);
}

TEST_F(SaslOffer, OffersAMechanismOnceHoweverOftenItIsListed) {
  exchange_.capabilities["SASL"] = "PLAIN plain Plain";
  EXPECT_EQ(exchange_.Score(), 110);
  EXPECT_EQ(exchange_.offers.size(), 1U);
}

// Else the host would choose something weaker when memory runs short.
TEST_F(SaslOffer, TakesNoMemory) {
  host_.FailAllocation(0, true);
  EXPECT_EQ(exchange_.Score(), 310);
  EXPECT_EQ(Asked("PLAIN"), 110);
  EXPECT_FALSE(host_.has_failed());
  host_.FailAllocation(-1);
}

}  // namespace
}  // namespace sasl_offer_test
}  // namespace pop3_testing
