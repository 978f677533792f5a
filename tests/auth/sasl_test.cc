
#include <gtest/gtest.h>
#include <pop3/plugins/sasl.h>

#include "tests/auth/base64.h"
#include "tests/auth/exchange.h"
#include "tests/auth/scram_server.h"

namespace pop3_testing {
namespace sasl_test {
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
  EXPECT_EQ(exchange_.ops()->flags, POP3_AUTH_FAMILY | POP3_AUTH_AUTHZID);
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
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_FAIL) << "it is over";
  EXPECT_EQ(exchange_.error().status, POP3_ERR_STATE);
}

// --- A server that cheats

// What mutual authentication is for: to say yes is easy.
TEST_F(Sasl, DoesNotBelieveAYesWithoutTheServersProof) {
  for (int steps = 0; steps < 2; steps++) {
    ScramServer server(EVP_sha256(), kPassword);
    ASSERT_EQ(Start("SCRAM-SHA-256"), POP3_AUTH_SEND);
    if (steps == 1) {
      ASSERT_EQ(Challenge(server.First(Unbase64(exchange_.line().substr(19)))), POP3_AUTH_SEND);
    }
    EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE, "welcome"), POP3_AUTH_FAIL);
    EXPECT_EQ(exchange_.error().status, POP3_ERR_AUTH);
    EXPECT_NE(ErrorText().find("has not proved that it knows the password"), std::string::npos)
        << ErrorText();
  }
  for (const char *mechanism : {"CRAM-MD5", "DIGEST-MD5", "LOGIN"}) {
    ASSERT_EQ(Start(mechanism), POP3_AUTH_SEND);
    EXPECT_EQ(exchange_.line(), std::string("AUTH ") + mechanism);
    EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_FAIL) << mechanism;
  }
  exchange_.prefers_two_step = true;
  ASSERT_EQ(Start("PLAIN"), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_FAIL);
}

TEST_F(Sasl, RefusesAWrongProof) {
  ScramServer impostor(EVP_sha256(), "a guess");
  ScramServer server(EVP_sha256(), kPassword);
  ASSERT_EQ(Start("SCRAM-SHA-256"), POP3_AUTH_SEND);
  ASSERT_EQ(Challenge(server.First(Unbase64(exchange_.line().substr(19)))), POP3_AUTH_SEND);
  EXPECT_EQ(impostor.Final(Response()), "");
  std::string server_final = server.Final(Response());
  server_final[10] = server_final[10] == 'A' ? 'B' : 'A';
  EXPECT_EQ(Challenge(server_final), POP3_AUTH_FAIL);
  EXPECT_EQ(exchange_.error().status, POP3_ERR_AUTH);
  EXPECT_NE(ErrorText().find("SCRAM-SHA-256: SASL("), std::string::npos) << ErrorText();
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_FAIL) << "it is over";
}

TEST_F(Sasl, RefusesChallengesThatAreNone) {
  for (const std::string &evil :
       {std::string("AAA"), std::string("A==="), std::string("AA=A"), std::string("AAAA AAAA"),
        std::string("AB=="), std::string("=A=="), std::string("QUJ\0", 4),
        std::string(200 << 10, 'A')}) {
    for (const char *mechanism : {"CRAM-MD5", "SCRAM-SHA-256", "DIGEST-MD5", "LOGIN"}) {
      ASSERT_EQ(Start(mechanism), POP3_AUTH_SEND);
      EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, evil), POP3_AUTH_FAIL) << mechanism;
      const bool too_long = evil.size() > 1000;
      EXPECT_EQ(exchange_.error().status, too_long ? POP3_ERR_LIMIT : POP3_ERR_AUTH);
      EXPECT_NE(ErrorText().find(too_long ? "too long" : "not base64"), std::string::npos);
    }
  }
}

TEST_F(Sasl, SurvivesNonsense) {
  for (const char *mechanism : {"SCRAM-SHA-1", "SCRAM-SHA-512", "DIGEST-MD5"}) {
    for (const std::string &evil :
         {std::string(), std::string("\0\0\0", 3), std::string("r=,s=,i="), std::string("r=x"),
          std::string("r=x,s=AAAA,i=99999999999999999999"), std::string("nonce="),
          std::string("nonce=\"a\",qop=\"none\""), std::string(60000, ','), std::string("v=AAAA"),
          std::string("e="), std::string("e=1"),
          std::string("realm=\"") + std::string(50000, 'x') + "\""}) {
      ASSERT_EQ(Start(mechanism), POP3_AUTH_SEND);
      EXPECT_EQ(Challenge(evil), POP3_AUTH_FAIL) << mechanism << " " << evil.substr(0, 40);
      EXPECT_EQ(exchange_.error().status, POP3_ERR_AUTH);
      EXPECT_EQ(ErrorText().find(kPassword), std::string::npos);
    }
  }
}

TEST_F(Sasl, RefusesChallengesThatNeverEnd) {
  ASSERT_EQ(Start("PLAIN"), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, ""), POP3_AUTH_FAIL);
  EXPECT_NE(ErrorText().find("after the last one"), std::string::npos) << ErrorText();
  ASSERT_EQ(Start("CRAM-MD5"), POP3_AUTH_SEND);
  EXPECT_EQ(Challenge("<1.2@mail.example>"), POP3_AUTH_SEND);
  EXPECT_EQ(Challenge("<1.3@mail.example>"), POP3_AUTH_FAIL);
}

TEST_F(Sasl, WantsToBeginWhereItIsItsTurn) {
  exchange_.prefers_two_step = true;
  ASSERT_EQ(Start("PLAIN"), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.line(), "AUTH PLAIN");
  EXPECT_EQ(exchange_.shown(), "AUTH PLAIN");
  EXPECT_EQ(Challenge("tell me"), POP3_AUTH_FAIL);
  EXPECT_NE(ErrorText().find("the client must send first"), std::string::npos) << ErrorText();
}

TEST_F(Sasl, LeavesARefusalToTheHost) {
  for (const char *mechanism : {"PLAIN", "SCRAM-SHA-256", "CRAM-MD5"}) {
    ASSERT_EQ(Start(mechanism), POP3_AUTH_SEND);
    EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, "[AUTH] no"), POP3_AUTH_FAIL);
    EXPECT_EQ(exchange_.error().status, POP3_OK);
    for (pop3_auth_event event : {POP3_AUTH_START, POP3_AUTH_POSITIVE, POP3_AUTH_NEGATIVE}) {
      EXPECT_EQ(exchange_.Step(event), POP3_AUTH_FAIL);
      EXPECT_EQ(exchange_.error().status, POP3_ERR_STATE);
    }
  }
}

TEST_F(Sasl, KeepsPasswordsOffAnOpenChannel) {
  exchange_.channel = 0;
  for (const char *mechanism : {"PLAIN", "LOGIN"}) {
    exchange_.mechanism = mechanism;
    EXPECT_EQ(exchange_.Score(), 0);
    EXPECT_EQ(exchange_.Begin(), POP3_ERR_NO_MECHANISM) << "even if a host does not ask";
    EXPECT_NE(ErrorText().find("readable"), std::string::npos);
  }
  EXPECT_EQ(Start("CRAM-MD5"), POP3_AUTH_SEND);
}

TEST_F(Sasl, WantsCredentials) {
  exchange_.mechanism = "SCRAM-SHA-256";
  for (pop3_credential what : {POP3_CREDENTIAL_USER, POP3_CREDENTIAL_PASSWORD}) {
    exchange_.withhold = what;
    EXPECT_EQ(exchange_.Begin(), POP3_ERR_NO_CREDENTIALS);
  }
}

// --- Memory

// Plays the exchange, at most |steps| lines of it.
pop3_auth_verdict Play(Exchange *exchange, int steps) {
  ScramServer server(EVP_sha256(), kPassword);
  pop3_auth_verdict verdict = exchange->Step(POP3_AUTH_START);
  if (verdict != POP3_AUTH_SEND || steps == 1) return verdict;
  verdict = exchange->Step(POP3_AUTH_CHALLENGE, "");
  if (verdict != POP3_AUTH_SEND || steps == 2) return verdict;
  verdict = exchange->Step(POP3_AUTH_CHALLENGE, Base64(server.First(Unbase64(exchange->line()))));
  if (verdict != POP3_AUTH_SEND || steps == 3) return verdict;
  verdict = exchange->Step(POP3_AUTH_CHALLENGE, Base64(server.Final(Unbase64(exchange->line()))));
  if (verdict != POP3_AUTH_SEND || steps == 4) return verdict;
  return exchange->Step(POP3_AUTH_POSITIVE);
}

TEST_F(Sasl, SurvivesEveryFailedAllocation) {
  exchange_.mechanism = "SCRAM-SHA-256";
  exchange_.prefers_two_step = true;
  for (bool persistently : {false, true}) {
    for (int nth = 0;; nth++) {
      host_.FailAllocation(nth, persistently);
      pop3_status status = exchange_.Begin();
      if (status == POP3_OK) {
        const bool is_done = Play(&exchange_, 5) == POP3_AUTH_DONE;
        EXPECT_EQ(is_done, !host_.has_failed());
        status = exchange_.error().status;
      }
      exchange_.End();
      EXPECT_EQ(status, host_.has_failed() ? POP3_ERR_MEMORY : POP3_OK) << nth;
      EXPECT_EQ(host_.live(), 0);
      EXPECT_FALSE(host_.Remembers(kPassword));
      if (!host_.has_failed()) break;
      ASSERT_LT(nth, 30);
    }
  }
}

TEST_F(Sasl, LeavesNoPasswordBehindWhereverItEnds) {
  exchange_.mechanism = "SCRAM-SHA-256";
  exchange_.prefers_two_step = true;
  for (int steps = 1; steps <= 5; steps++) {
    ASSERT_EQ(exchange_.Begin(), POP3_OK);
    EXPECT_TRUE(host_.Remembers(kPassword));
    Play(&exchange_, steps);
    exchange_.End();
    EXPECT_FALSE(host_.Remembers(kPassword)) << "after " << steps;
  }
}

TEST_F(Sasl, LeavesNoReadableResponseBehind) {
  const std::string plain = Base64(std::string("\0alice\0", 7) + kPassword);
  for (bool two_step : {false, true}) {
    exchange_.prefers_two_step = two_step;
    ASSERT_EQ(Start("PLAIN"), POP3_AUTH_SEND);
    if (two_step) exchange_.Step(POP3_AUTH_CHALLENGE, "");
    EXPECT_TRUE(host_.Remembers(plain));
    EXPECT_TRUE(host_.Remembers(kPassword));
    exchange_.Step(POP3_AUTH_NEGATIVE, "no");
    EXPECT_FALSE(host_.Remembers(plain)) << "not even until the end";
    EXPECT_FALSE(host_.Remembers(kPassword));
  }
}

}  // namespace
}  // namespace sasl_test
}  // namespace pop3_testing
