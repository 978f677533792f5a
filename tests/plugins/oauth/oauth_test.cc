
#include <gtest/gtest.h>
#include <openssl/base64.h>
#include <pop3/plugins/oauth.h>

#include "tests/auth/exchange.h"

namespace pop3_testing {
namespace oauth_test {
namespace {

constexpr char kToken[] = "ya29.first-token~of+the/day==";
constexpr char kFresh[] = "ya29.second-token";
constexpr char kJson[] = R"({"status":"invalid_token","scope":"mail"})";

std::string Base64(const std::string &data) {
  std::string out((data.size() + 2) / 3 * 4 + 1, '\0');
  out.resize(EVP_EncodeBlock(reinterpret_cast<uint8_t *>(&out[0]),
                             reinterpret_cast<const uint8_t *>(data.data()), data.size()));
  return out;
}

// One of the two mechanisms. Most of what they do is the same.
class Oauth : public ::testing::TestWithParam<int> {
 protected:
  Oauth() : exchange_(&host_, pop3_plugin_oauth(POP3_ABI), static_cast<size_t>(GetParam())) {
    exchange_.credentials[POP3_CREDENTIAL_USER] = "alice";
    exchange_.credentials[POP3_CREDENTIAL_TOKEN] = kToken;
    exchange_.answers[POP3_QUERY_PEER_NAME] = "[2001:db8::1]:995";
    exchange_.capabilities_known = true;
    exchange_.capabilities["SASL"] = "PLAIN oauthbearer XOAUTH2";
  }

  bool is_bearer() const { return GetParam() == 0; }
  std::string name() const { return is_bearer() ? "OAUTHBEARER" : "XOAUTH2"; }
  std::string dummy() const { return is_bearer() ? "AQ==" : ""; }

  std::string Message(const std::string &token) const {
    return is_bearer() ? "n,a=alice,\x01host=mail.example\x01port=995\x01"
                         "auth=Bearer " +
                             token + "\x01\x01"
                       : "user=alice\x01"
                         "auth=Bearer " +
                             token + "\x01\x01";
  }
  std::string Command(const std::string &token) const {
    return "AUTH " + name() + " " + Base64(Message(token));
  }

  pop3_auth_verdict Start() {
    exchange_.End();
    EXPECT_EQ(exchange_.Begin(), POP3_OK) << exchange_.error().text;
    return exchange_.Step(POP3_AUTH_START);
  }

  std::string ErrorText() const { return exchange_.error().text; }

  TestHost host_;
  Exchange exchange_;
};

INSTANTIATE_TEST_SUITE_P(Both, Oauth, ::testing::Values(0, 1));

TEST_P(Oauth, IsReadableOnTheWire) {
  EXPECT_STREQ(exchange_.ops()->name, is_bearer() ? "oauthbearer" : "xoauth2");
  EXPECT_EQ(exchange_.ops()->flags,
            is_bearer() ? POP3_AUTH_CLEARTEXT | POP3_AUTH_AUTHZID : POP3_AUTH_CLEARTEXT);
  EXPECT_EQ(pop3_plugin_oauth(POP3_ABI + (UINT32_C(1) << 16)), nullptr);
}

TEST_P(Oauth, LogsInWithOneLine) {
  EXPECT_EQ(Start(), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.line(), Command(kToken));
  EXPECT_EQ(exchange_.shown(), "AUTH " + name() + " ");
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_DONE);
}

TEST_P(Oauth, ScoresByWhatThereIs) {
  EXPECT_EQ(exchange_.Score(), is_bearer() ? 330 : 325);
  exchange_.capabilities["SASL"] = "PLAIN OAUTHBEARER2 XXOAUTH2 XOAUTH";
  EXPECT_EQ(exchange_.Score(), 0);
  EXPECT_EQ(exchange_.why(), "the server does not list it");
  exchange_.capabilities.clear();
  EXPECT_EQ(exchange_.Score(), 0);
  const std::string asked = name();
  exchange_.mechanism = asked.c_str();
  EXPECT_GT(exchange_.Score(), 0) << "by name";
  exchange_.credentials.erase(POP3_CREDENTIAL_USER);
  EXPECT_EQ(exchange_.Score() > 0, is_bearer()) << "the token says who it is";
  exchange_.credentials.erase(POP3_CREDENTIAL_TOKEN);
  EXPECT_EQ(exchange_.Score(), 0);
  EXPECT_EQ(exchange_.why(), "no token was given");
}

TEST_P(Oauth, CutsItsReasonToTheRoom) {
  exchange_.credentials.clear();
  char why[] = "########";
  EXPECT_EQ(exchange_.ScoreInto(why, 0), 0);
  EXPECT_STREQ(why, "########");
  EXPECT_EQ(exchange_.ScoreInto(why, 6), 0);
  EXPECT_STREQ(why, "no to");
  EXPECT_EQ(exchange_.ScoreInto(nullptr, 100), 0);
  // As long as the room, but for the NUL.
  std::string room(sizeof("no token was given") - 1, '#');
  EXPECT_EQ(exchange_.ScoreInto(&room[0], room.size()), 0);
  EXPECT_STREQ(room.c_str(), "no token was give");
}

TEST_P(Oauth, WorksWithoutAServersName) {
  exchange_.without_name = true;
  exchange_.answers.clear();
  EXPECT_EQ(Start(), POP3_AUTH_SEND);
  const std::string head = is_bearer() ? "n,a=alice,\x01" : "user=alice\x01";
  EXPECT_EQ(exchange_.line(),
            "AUTH " + name() + " " + Base64(head + "auth=Bearer " + kToken + "\x01\x01"));
}

TEST_P(Oauth, SendsALongTokenInTwoSteps) {
  // The longest that fits in 255 octets, and one more.
  size_t len = 1;
  while (Command(std::string(len + 1, 't')).size() + 2 <= 255) len++;
  for (size_t more : {size_t{0}, size_t{1}, size_t{20000}}) {
    const std::string token(len + more, 't');
    exchange_.credentials[POP3_CREDENTIAL_TOKEN] = token;
    EXPECT_EQ(Start(), POP3_AUTH_SEND);
    if (more == 0) {
      EXPECT_EQ(exchange_.line(), Command(token));
    } else {
      EXPECT_EQ(exchange_.line(), "AUTH " + name());
      EXPECT_EQ(exchange_.shown(), exchange_.line());
      EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, ""), POP3_AUTH_SEND);
      EXPECT_EQ(exchange_.line(), Base64(Message(token)));
      EXPECT_EQ(exchange_.shown(), "");
    }
    EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_DONE);
  }
  exchange_.credentials[POP3_CREDENTIAL_TOKEN] = kToken;
  exchange_.prefers_two_step = true;
  EXPECT_EQ(Start(), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.line(), "AUTH " + name()) << "if that is what the caller wants";
}

// XOAUTH2 tells the server neither its name nor its port.
class OauthBearer : public Oauth {};

INSTANTIATE_TEST_SUITE_P(One, OauthBearer, ::testing::Values(0));

TEST_P(OauthBearer, FindsThePortAtTheEnd) {
  for (const auto &peer : {std::pair<const char *, const char *>{"192.0.2.1:110", "110"},
                           {"/run/pop3.sock", ""},
                           {"[::1]:65535", "65535"},
                           {"[::1]:65536", ""},
                           {"[::1]:65646", ""},  // 110, in 16 bits
                           {"[::1]:123456", ""},
                           {"x:", ""},
                           {"110", ""},
                           {"", ""}}) {
    exchange_.answers[POP3_QUERY_PEER_NAME] = peer.first;
    EXPECT_EQ(Start(), POP3_AUTH_SEND);
    const std::string port =
        *peer.second != '\0' ? std::string("\x01port=") + peer.second : std::string();
    EXPECT_EQ(exchange_.line(),
              "AUTH OAUTHBEARER " + Base64("n,a=alice,\x01host=mail.example" + port +
                                           "\x01"
                                           "auth=Bearer " +
                                           kToken + "\x01\x01"))
        << peer.first;
  }
}

TEST_P(OauthBearer, KnowsThatAPathIsNoHost) {
  exchange_.host_name = "/run/pop3.sock";
  exchange_.answers[POP3_QUERY_PEER_NAME] = "/run/pop3.sock";
  EXPECT_EQ(Start(), POP3_AUTH_SEND);
  const std::string head = "n,a=alice,\x01";
  EXPECT_EQ(exchange_.line(),
            "AUTH OAUTHBEARER " + Base64(head + "auth=Bearer " + kToken + "\x01\x01"));
}

TEST_P(Oauth, ActsAsWhomTheCallerSays) {
  exchange_.credentials[POP3_CREDENTIAL_AUTHZID] = "shared,box";
  for (bool only_when_asked : {false, true}) {
    exchange_.only_when_asked = only_when_asked;
    EXPECT_EQ(Start(), POP3_AUTH_SEND);
    const std::string bearer =
        "n,a=shared=2Cbox,\x01host=mail.example\x01port=995\x01"
        "auth=Bearer ";
    EXPECT_EQ(exchange_.line(), is_bearer()
                                    ? "AUTH OAUTHBEARER " + Base64(bearer + kToken + "\x01\x01")
                                    : Command(kToken));
  }
}

TEST_P(Oauth, AsksForAFreshTokenOnce) {
  exchange_.renewals = {kFresh, "another"};
  EXPECT_EQ(Start(), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, Base64(kJson)), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.line(), dummy());
  EXPECT_EQ(exchange_.detail, kJson);
  EXPECT_EQ(exchange_.renews, 0) << "not before the server has said no";
  EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, "[AUTH] failed"), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.line(), Command(kFresh));
  EXPECT_EQ(exchange_.shown(), "AUTH " + name() + " ");
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_DONE);
  EXPECT_EQ(exchange_.renews, 1);
}

TEST_P(Oauth, GivesUpWhenTheFreshTokenIsRefused) {
  exchange_.renewals = {kFresh, "another"};
  Start();
  exchange_.Step(POP3_AUTH_CHALLENGE, Base64(R"({"status":"expired"})"));
  exchange_.Step(POP3_AUTH_NEGATIVE, "[AUTH] failed");
  exchange_.Step(POP3_AUTH_CHALLENGE, Base64(kJson));
  EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, "[AUTH] really"), POP3_AUTH_FAIL);
  EXPECT_EQ(exchange_.error().status, POP3_REFUSED);
  EXPECT_EQ(ErrorText(), "[AUTH] really (the server says of the token: invalid_token)");
  EXPECT_EQ(exchange_.renews, 1);
}

TEST_P(Oauth, WhatWasSaidOfTheOldTokenIsNotSaidOfTheFreshOne) {
  exchange_.renewals = {kFresh};
  Start();
  exchange_.Step(POP3_AUTH_CHALLENGE, Base64(kJson));
  EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, "[AUTH] failed"), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, "[AUTH] really"), POP3_AUTH_FAIL);
  EXPECT_EQ(exchange_.error().status, POP3_OK) << "the host has the server's words";
}

TEST_P(Oauth, DoesNotSendTheSameTokenTwice) {
  exchange_.renewals = {kToken};
  Start();
  exchange_.Step(POP3_AUTH_CHALLENGE, Base64(kJson));
  EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, "no"), POP3_AUTH_FAIL);
  EXPECT_EQ(exchange_.error().status, POP3_REFUSED);
  EXPECT_EQ(exchange_.renews, 1);
}

TEST_P(Oauth, LeavesAPlainRefusalToTheHost) {
  for (const char *words :
       {"no", "[AUTH] no", "[AUTH]", "[SYS/TEMP] later", "[IN-USE] busy", "[", "[SYS", ""}) {
    exchange_.renews = 0;
    Start();
    EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, words), POP3_AUTH_FAIL);
    EXPECT_EQ(exchange_.error().status, POP3_OK) << "the host has the server's words";
    EXPECT_EQ(exchange_.renews, words[0] != '[' || words[1] == 'A' ? 1 : 0) << words;
  }
  exchange_.renews = 0;
  exchange_.prefers_two_step = true;
  Start();
  EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, "unknown mechanism"), POP3_AUTH_FAIL);
  EXPECT_EQ(exchange_.renews, 0) << "the server has not seen the token";
}

TEST_P(Oauth, FailsOnAFreshTokenThatCannotBeSent) {
  exchange_.renewals = {"a\r\nDELE 1"};
  Start();
  EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, "no"), POP3_AUTH_FAIL);
  EXPECT_EQ(exchange_.error().status, POP3_ERR_ARGUMENT);
}

TEST_P(Oauth, WorksWithAHostThatKnowsLess) {
  exchange_.context_size = offsetof(pop3_auth_context, offer);
  exchange_.renewals = {kFresh};
  EXPECT_GT(exchange_.Score(), 0);
  Start();
  EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, Base64(kJson)), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, "no"), POP3_AUTH_FAIL);
  EXPECT_EQ(exchange_.renews, 0);
  EXPECT_EQ(exchange_.detail, "");
}

TEST_P(Oauth, CallsNothingThatAHostDoesNotHave) {
  exchange_.without_options = true;
  Start();
  EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, Base64(kJson)), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, "no"), POP3_AUTH_FAIL);
  EXPECT_EQ(exchange_.error().status, POP3_REFUSED);
}

TEST_P(Oauth, SurvivesHostileJson) {
  Start();
  EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, "e30"), POP3_AUTH_FAIL);
  EXPECT_NE(ErrorText().find("not base64"), std::string::npos);

  Start();
  EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, std::string(200000, 'A')), POP3_AUTH_FAIL);
  EXPECT_EQ(exchange_.error().status, POP3_ERR_LIMIT);

  const std::string huge = "{\"status\":\"" + std::string(60000, 'x') + "\"}";
  Start();
  EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, Base64(huge)), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.detail, huge.substr(0, 4096));
  EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, std::string(10000, 'y')), POP3_AUTH_FAIL);
  EXPECT_NE(ErrorText().find("token: xxx"), std::string::npos) << ErrorText();

  const std::string binary("\0\x1B[2J\xFF\r\n-ERR", 12);
  Start();
  EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, Base64(binary)), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.line(), dummy());
  EXPECT_EQ(exchange_.detail, std::string("?") + "?[2J" + std::string(3, '?') + "-ERR");

  exchange_.detail = "unset";
  Start();
  EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, ""), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.detail, "unset");
}

TEST_P(Oauth, HoldsTheServerToTheProtocol) {
  Start();
  exchange_.Step(POP3_AUTH_CHALLENGE, Base64(kJson));
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_FAIL) << "yes after no";
  EXPECT_EQ(exchange_.error().status, POP3_ERR_AUTH);

  Start();
  exchange_.Step(POP3_AUTH_CHALLENGE, Base64(kJson));
  EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, Base64(kJson)), POP3_AUTH_FAIL) << "no after no";

  exchange_.prefers_two_step = true;
  Start();
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_FAIL) << "yes before the token";
  Start();
  EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, Base64("hello")), POP3_AUTH_FAIL);
  EXPECT_NE(ErrorText().find("the client must send first"), std::string::npos);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_FAIL) << "it is over";
  EXPECT_EQ(exchange_.error().status, POP3_ERR_STATE);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_FAIL);
}

TEST_P(Oauth, WantsCredentials) {
  exchange_.withhold = POP3_CREDENTIAL_TOKEN;
  EXPECT_EQ(exchange_.Begin(), POP3_ERR_NO_CREDENTIALS);
  exchange_.withhold = POP3_CREDENTIAL_USER;
  EXPECT_EQ(exchange_.Begin(), is_bearer() ? POP3_OK : POP3_ERR_NO_CREDENTIALS);
  EXPECT_EQ(exchange_.error().status, is_bearer() ? POP3_OK : POP3_ERR_NO_CREDENTIALS);
  exchange_.End();
  exchange_.without_errors = true;
  EXPECT_EQ(exchange_.Begin(), is_bearer() ? POP3_OK : POP3_ERR_NO_CREDENTIALS);
  exchange_.without_errors = false;
  exchange_.End();
  exchange_.withhold = 0;
  exchange_.credentials[POP3_CREDENTIAL_TOKEN] = "two words";
  EXPECT_EQ(exchange_.Begin(), POP3_ERR_ARGUMENT);
}

TEST_P(Oauth, AnEmptyUserNameIsNoneInOauthbearerAlone) {
  exchange_.credentials[POP3_CREDENTIAL_USER] = "";
  EXPECT_EQ(exchange_.Begin(), is_bearer() ? POP3_OK : POP3_ERR_ARGUMENT);
  if (!is_bearer()) {
    EXPECT_EQ(ErrorText(), "the user name is empty");
    return;
  }
  EXPECT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.line(),
            "AUTH OAUTHBEARER " + Base64(std::string("n,,\x01host=mail.example\x01port=995\x01"
                                                     "auth=Bearer ") +
                                         kToken + "\x01\x01"));
}

// The whole of the longest exchange.
void PlayAll(Exchange *exchange) {
  pop3_auth_verdict verdict = exchange->Step(POP3_AUTH_START);
  if (verdict == POP3_AUTH_SEND) verdict = exchange->Step(POP3_AUTH_CHALLENGE, "");
  if (verdict == POP3_AUTH_SEND) verdict = exchange->Step(POP3_AUTH_CHALLENGE, Base64(kJson));
  if (verdict == POP3_AUTH_SEND) verdict = exchange->Step(POP3_AUTH_NEGATIVE, "no");
  if (verdict == POP3_AUTH_SEND) verdict = exchange->Step(POP3_AUTH_CHALLENGE, "");
  if (verdict == POP3_AUTH_SEND) exchange->Step(POP3_AUTH_POSITIVE);
}

TEST_P(Oauth, SurvivesEveryFailedAllocation) {
  exchange_.prefers_two_step = true;
  for (int nth = 0;; nth++) {
    exchange_.renews = 0;
    exchange_.renewals = {kFresh};
    exchange_.credentials[POP3_CREDENTIAL_TOKEN] = kToken;
    host_.FailAllocation(nth);
    pop3_status status = exchange_.Begin();
    if (status == POP3_OK) {
      PlayAll(&exchange_);
      status = exchange_.error().status;
    }
    exchange_.End();
    EXPECT_EQ(status, host_.has_failed() ? POP3_ERR_MEMORY : POP3_OK) << nth;
    EXPECT_EQ(host_.live(), 0);
    if (!host_.has_failed()) break;
    ASSERT_LT(nth, 30);
  }
}

TEST_P(Oauth, LeavesNoTokenBehind) {
  exchange_.renewals = {kFresh};
  Start();
  EXPECT_TRUE(host_.Remembers(kToken));
  exchange_.Step(POP3_AUTH_NEGATIVE, "no");
  EXPECT_FALSE(host_.Remembers(kToken));
  EXPECT_TRUE(host_.Remembers(kFresh));
  exchange_.Step(POP3_AUTH_NEGATIVE, "no");
  EXPECT_FALSE(host_.Remembers(kFresh)) << "not even until the end";
  EXPECT_FALSE(host_.Remembers(Base64(Message(kFresh)).substr(12, 40))) << "nor the line";
  exchange_.End();
  EXPECT_FALSE(host_.Remembers(Base64(Message(kToken)).substr(12, 40)));
}

}  // namespace
}  // namespace oauth_test
}  // namespace pop3_testing
