// The exchange against libsasl2's own server.
#include "auth/sasl_exchange.h"

#include <gtest/gtest.h>
#include <pop3/plugins/sasl.h>

#include "tests/auth/base64.h"
#include "tests/auth/cyrus_server.h"
#include "tests/auth/exchange.h"
#include "tests/auth/sasl_memory.h"

namespace pop3_testing {
namespace sasl_exchange_test {
namespace {

class SaslExchange : public ::testing::Test {
 protected:
  SaslExchange() : exchange_(&host_, pop3_plugin_sasl(POP3_ABI)) {
    exchange_.credentials[POP3_CREDENTIAL_USER] = "alice";
    exchange_.credentials[POP3_CREDENTIAL_PASSWORD] = kCyrusPassword;
  }

  // Login plays |mechanism| against |server| to its end and returns the last verdict.
  pop3_auth_verdict Login(const char *mechanism, CyrusServer *server) {
    exchange_.End();
    exchange_.mechanism = mechanism;
    lines_ = 0;
    if (exchange_.Begin() != POP3_OK) {
      ADD_FAILURE() << exchange_.error().text;
      return POP3_AUTH_FAIL;
    }
    pop3_auth_verdict verdict = exchange_.Step(POP3_AUTH_START);
    while (verdict == POP3_AUTH_SEND && lines_++ < 20) {
      reply_ = server->Take(exchange_.line());
      verdict = exchange_.Step(reply_.event, reply_.text);
    }
    return verdict;
  }

  std::string Why() { return std::string(exchange_.error().text) + " / " + reply_.text; }

  TestHost host_;
  Exchange exchange_;
  CyrusServer::Reply reply_ = {POP3_AUTH_START, ""};
  int lines_ = 0;
};

struct Case {
  const char *mechanism;
  int lines;           // of the client
  int lines_two_step;  // likewise, with prefers_two_step
};

TEST_F(SaslExchange, PlaysWhatCyrusPlays) {
  for (const Case &c :
       {Case{"PLAIN", 1, 2}, Case{"LOGIN", 3, 3}, Case{"CRAM-MD5", 2, 2}, Case{"SCRAM-SHA-1", 3, 4},
        Case{"SCRAM-SHA-224", 3, 4}, Case{"SCRAM-SHA-256", 3, 4}, Case{"SCRAM-SHA-384", 3, 4},
        Case{"SCRAM-SHA-512", 3, 4}, Case{"DIGEST-MD5", 3, 3}}) {
    for (bool two_step : {false, true}) {
      SCOPED_TRACE(std::string(c.mechanism) + (two_step ? " in two steps" : ""));
      CyrusServer server;
      exchange_.prefers_two_step = two_step;
      EXPECT_EQ(Login(c.mechanism, &server), POP3_AUTH_DONE) << Why();
      EXPECT_EQ(server.user(), "alice");
      EXPECT_EQ(lines_, two_step ? c.lines_two_step : c.lines);
      EXPECT_EQ(exchange_.output().layer, nullptr);
      exchange_.End();
      EXPECT_FALSE(host_.Remembers(kCyrusPassword));
    }
  }
}

TEST_F(SaslExchange, IsRefusedWithAWrongPassword) {
  for (const char *mechanism : {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "DIGEST-MD5"}) {
    for (const char *password : {"wonder", "", "wonderland, by night "}) {
      SCOPED_TRACE(mechanism);
      CyrusServer server;
      exchange_.credentials[POP3_CREDENTIAL_PASSWORD] = password;
      EXPECT_EQ(Login(mechanism, &server), POP3_AUTH_FAIL);
      if (reply_.event == POP3_AUTH_NEGATIVE) {
        EXPECT_EQ(exchange_.error().status, POP3_OK) << "the host has the server's words";
      }
    }
  }
}

TEST_F(SaslExchange, ActsAsWhomTheCallerSays) {
  for (bool only_when_asked : {false, true}) {
    exchange_.only_when_asked = only_when_asked;
    for (const char *mechanism : {"PLAIN", "SCRAM-SHA-256", "DIGEST-MD5"}) {
      CyrusServer server;
      exchange_.credentials[POP3_CREDENTIAL_AUTHZID] = "bob";
      EXPECT_EQ(Login(mechanism, &server), POP3_AUTH_DONE) << mechanism << Why();
      EXPECT_EQ(server.user(), "bob") << mechanism;
    }
  }
}

TEST_F(SaslExchange, TakesTheRealmThatTheCallerSays) {
  const std::string challenge =
      R"(realm="one",realm="two",nonce="0123456789abcdef",qop="auth",charset=utf-8,algorithm=md5-sess)";
  for (const std::string &realm : {std::string("two"), std::string("one"), std::string()}) {
    exchange_.End();
    exchange_.credentials[POP3_CREDENTIAL_REALM] = realm;
    exchange_.mechanism = "DIGEST-MD5";
    ASSERT_EQ(exchange_.Begin(), POP3_OK);
    EXPECT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_SEND);
    EXPECT_EQ(exchange_.line(), "AUTH DIGEST-MD5");
    EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, Base64(challenge)), POP3_AUTH_SEND) << Why();
    const std::string wanted = "realm=\"" + (realm.empty() ? "one" : realm) + "\"";
    EXPECT_NE(Unbase64(exchange_.line()).find(wanted), std::string::npos);
    EXPECT_NE(Unbase64(exchange_.line()).find("digest-uri=\"pop/mail.example\""),
              std::string::npos);
  }
}

TEST_F(SaslExchange, SendsLongNamesAndPasswordsInTwoSteps) {
  // PLAIN of 180 octets is 240 in base64, and 253 with AUTH PLAIN and CRLF.
  for (size_t password_len : {size_t{173}, size_t{174}, size_t{175}, size_t{5000}}) {
    const size_t message_len = 1 + 5 + 1 + password_len;
    const bool fits = 11 + (message_len + 2) / 3 * 4 + 2 <= 255;
    exchange_.credentials[POP3_CREDENTIAL_PASSWORD] = std::string(password_len, 'p');
    exchange_.mechanism = "PLAIN";
    ASSERT_EQ(exchange_.Begin(), POP3_OK);
    ASSERT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_SEND);
    EXPECT_LE(exchange_.line().size() + 2, 255U);
    EXPECT_EQ(exchange_.line() == "AUTH PLAIN", !fits) << password_len;
    if (!fits) {
      EXPECT_EQ(exchange_.shown(), "AUTH PLAIN");
      EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, ""), POP3_AUTH_SEND);
      EXPECT_EQ(exchange_.line().size(), (message_len + 2) / 3 * 4);
      EXPECT_EQ(exchange_.shown(), "");
    }
    EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_DONE);
    exchange_.End();
  }
}

TEST_F(SaslExchange, ExternalSendsWhomToActAs) {
  exchange_.credentials.clear();
  for (const char *name : {"", "bob"}) {
    CyrusServer::Options options;
    options.external = "alice";
    CyrusServer server(options);
    if (name[0] != '\0') exchange_.credentials[POP3_CREDENTIAL_AUTHZID] = name;
    EXPECT_EQ(Login("EXTERNAL", &server), POP3_AUTH_DONE) << Why();
    EXPECT_EQ(server.user(), name[0] != '\0' ? "bob" : "alice");
  }
}

// Whose maildrop it is, of what the caller has given: RFC 4422 appendix A.
TEST_F(SaslExchange, ExternalSendsTheUserNameIfThatWasGiven) {
  const auto line = [this] {
    exchange_.mechanism = "EXTERNAL";
    EXPECT_EQ(exchange_.Begin(), POP3_OK) << exchange_.error().text;
    exchange_.Step(POP3_AUTH_START);
    const std::string sent = exchange_.line();
    exchange_.End();
    return sent;
  };
  exchange_.credentials[POP3_CREDENTIAL_USER] = "alice";
  EXPECT_EQ(line(), "AUTH EXTERNAL YWxpY2U=");
  exchange_.credentials[POP3_CREDENTIAL_AUTHZID] = "bob";
  EXPECT_EQ(line(), "AUTH EXTERNAL Ym9i") << "whom to act as goes first";
  exchange_.credentials.erase(POP3_CREDENTIAL_AUTHZID);
  exchange_.nothing_given = true;
  EXPECT_EQ(line(), "AUTH EXTERNAL =") << "nobody is asked for it";
  exchange_.nothing_given = false;
  exchange_.without_given = true;
  EXPECT_EQ(line(), "AUTH EXTERNAL =");
  exchange_.without_given = false;
  exchange_.context_size = offsetof(pop3_auth_context, is_given);
  EXPECT_EQ(line(), "AUTH EXTERNAL =") << "a host of before";
  exchange_.context_size = 0;
  exchange_.credentials[POP3_CREDENTIAL_USER] = std::string("al\0ice", 6);
  EXPECT_EQ(exchange_.Begin(), POP3_ERR_ARGUMENT);
}

TEST_F(SaslExchange, ExternalSaysNothingTwiceIfAsked) {
  exchange_.credentials.clear();
  exchange_.mechanism = "EXTERNAL";
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  exchange_.Step(POP3_AUTH_START);
  EXPECT_EQ(exchange_.line(), "AUTH EXTERNAL =");
  // Courier asks once more.
  EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, ""), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.line(), "");
  EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, ""), POP3_AUTH_FAIL) << "once";
}

TEST_F(SaslExchange, AnonymousByName) {
  exchange_.credentials.clear();
  CyrusServer server;
  EXPECT_EQ(Login("ANONYMOUS", &server), POP3_AUTH_DONE) << Why();
  EXPECT_EQ(server.user(), "anonymous");
}

// Digests of the same login, one after the other: libsasl2 remembers the first.
TEST_F(SaslExchange, DigestBeginsAnewEachTime) {
  for (int login = 0; login < 2; login++) {
    CyrusServer server;
    EXPECT_EQ(Login("DIGEST-MD5", &server), POP3_AUTH_DONE) << Why();
    EXPECT_EQ(lines_, 3) << "no subsequent authentication";
  }
}

// The octets of PLAIN's response are libsasl2's, which gives them back as they are.
TEST_F(SaslExchange, WipesTheReadableResponseThatIsLibsasl2s) {
  const std::string password = "wonderland\xF7";
  exchange_.mechanism = "PLAIN";
  exchange_.credentials[POP3_CREDENTIAL_PASSWORD] = password;
  // None of it, and not the last octet behind what was wiped.
  for (const std::string &left : {std::string("wonder"), std::string(8, '\0') + password.back()}) {
    for (int steps = 0; steps <= 7; steps++) {
      const bool two_step = steps > 3;
      SCOPED_TRACE(std::to_string(steps % 4) + (two_step ? " in two steps" : ""));
      exchange_.prefers_two_step = two_step;
      SaslMemory::Forbid(left);
      ASSERT_EQ(exchange_.Begin(), POP3_OK);
      if (steps % 4 >= 1) {
        exchange_.Step(POP3_AUTH_START);
        EXPECT_EQ(SaslMemory::Holds("wonderland"), two_step);
      }
      if (steps % 4 >= 2 && two_step) {
        EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE), POP3_AUTH_SEND);
        EXPECT_FALSE(SaslMemory::Holds("wonderland")) << "it is sent";
      }
      if (steps % 4 >= 3) exchange_.Step(POP3_AUTH_NEGATIVE, "no");
      exchange_.End();
      EXPECT_EQ(SaslMemory::unwiped(), 0);
    }
  }
  SaslMemory::Forbid("");
}

// A refusal in the place of the challenge that the response waits for.
TEST_F(SaslExchange, WipesTheReadableResponseThatWasNotSent) {
  exchange_.mechanism = "PLAIN";
  exchange_.prefers_two_step = true;
  SaslMemory::Forbid(kCyrusPassword);
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, "no"), POP3_AUTH_FAIL);
  EXPECT_FALSE(SaslMemory::Holds(kCyrusPassword)) << "not even until the end";
  exchange_.End();
  EXPECT_EQ(SaslMemory::unwiped(), 0);
  SaslMemory::Forbid("");
}

// What the host sees while a challenge is answered: the response alone.
TEST_F(SaslExchange, KeepsNoChallengeWithItsResponse) {
  exchange_.mechanism = "CRAM-MD5";
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, Base64("<1896.697170952@challenge>")),
            POP3_AUTH_SEND);
  EXPECT_FALSE(host_.Remembers("697170952@challenge")) << "a password can be guessed from both";
}

// --- Channel binding

class SaslBound : public SaslExchange {
 protected:
  SaslBound() {
    exchange_.capabilities_known = true;
    exchange_.answers[POP3_QUERY_TLS_VERSION] = "TLSv1.3";
    exchange_.answers[POP3_QUERY_CB_TLS_EXPORTER] = kExporter;
    exchange_.numbers[POP3_QUERY_IS_ENCRYPTED] = 1;
    options_.binding_name = "tls-exporter";
    options_.binding = kExporter;
  }

  const std::string kExporter = std::string("\0the exporter's 32 octets as such", 32);
  CyrusServer::Options options_;
};

TEST_F(SaslBound, PlusBinds) {
  for (const char *mechanism : {"SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512-PLUS"}) {
    exchange_.capabilities["SASL"] = mechanism;
    CyrusServer server(options_);
    EXPECT_EQ(Login(mechanism, &server), POP3_AUTH_DONE) << Why();
    EXPECT_EQ(server.user(), "alice");
  }
}

TEST_F(SaslBound, LeavesNoBindingBehind) {
  exchange_.capabilities["SASL"] = "SCRAM-SHA-256-PLUS";
  CyrusServer server(options_);
  EXPECT_EQ(Login("SCRAM-SHA-256-PLUS", &server), POP3_AUTH_DONE) << Why();
  exchange_.End();
  EXPECT_FALSE(host_.Remembers(kExporter));
}

TEST_F(SaslBound, EachScramSaysThatItCouldHave) {
  for (const char *hash : {"1", "224", "256", "384", "512"}) {
    const std::string name = std::string("SCRAM-SHA-") + hash;
    exchange_.capabilities["SASL"] = name;
    CyrusServer server(options_);
    EXPECT_EQ(Login(name.c_str(), &server), POP3_AUTH_FAIL) << "the server offers -PLUS too";
    EXPECT_EQ(reply_.event, POP3_AUTH_NEGATIVE) << name;
  }
}

TEST_F(SaslBound, PlusFailsInTheMiddle) {
  options_.binding[5] ^= 1;
  CyrusServer server(options_);
  EXPECT_EQ(Login("SCRAM-SHA-256-PLUS", &server), POP3_AUTH_FAIL) << "somebody is in between";
  EXPECT_EQ(reply_.event, POP3_AUTH_NEGATIVE);
}

TEST_F(SaslBound, AServerThatDoesNotKnowTheBindingIsExplained) {
  exchange_.capabilities["SASL"] = "SCRAM-SHA-256-PLUS";
  exchange_.mechanism = "SCRAM-SHA-256-PLUS";
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  ASSERT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, "bad protocol"), POP3_AUTH_FAIL);
  EXPECT_EQ(exchange_.error().status, POP3_REFUSED);
  EXPECT_STREQ(exchange_.error().text,
               "bad protocol (SCRAM-SHA-256-PLUS; if the password is right, the server may not "
               "support the channel binding tls-exporter: option mechanism SCRAM-SHA-256 logs "
               "in without it)");
}

TEST_F(SaslBound, WhoInsistsOnABindingIsToldOfThatSwitch) {
  exchange_.capabilities["SASL"] = exchange_.mechanism = "SCRAM-SHA-256-PLUS";
  exchange_.channel_binding = POP3_CHANNEL_BINDING_REQUIRE;
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  ASSERT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, "bad protocol"), POP3_AUTH_FAIL);
  const std::string text = exchange_.error().text;
  EXPECT_NE(text.find("tls-exporter: option channel_binding prefer logs in without"),
            std::string::npos)
      << text;
}

// RFC 5802 section 7: the server's last message says why it will refuse.
TEST_F(SaslBound, AServerThatSaysWhyItRefuses) {
  for (const char *mechanism : {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-1", "DIGEST-MD5"}) {
    exchange_.capabilities["SASL"] = mechanism;
    exchange_.mechanism = mechanism;
    exchange_.End();
    ASSERT_EQ(exchange_.Begin(), POP3_OK);
    ASSERT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_SEND);
    const pop3_auth_verdict verdict =
        exchange_.Step(POP3_AUTH_CHALLENGE, Base64("e=unsupported-channel-binding-type,x=1"));
    if (std::string(mechanism) == "DIGEST-MD5") {
      EXPECT_EQ(verdict, POP3_AUTH_FAIL) << "that is SCRAM's";
      continue;
    }
    ASSERT_EQ(verdict, POP3_AUTH_SEND);
    EXPECT_EQ(exchange_.line(), "") << "an empty response";
    EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, "no"), POP3_AUTH_FAIL);
    EXPECT_EQ(exchange_.error().status, POP3_REFUSED);
    const std::string text = exchange_.error().text;
    EXPECT_NE(text.find("the server says unsupported-channel-binding-type"), std::string::npos)
        << text;
  }
}

TEST_F(SaslBound, TheServersWordsLeaveRoomForOurs) {
  exchange_.capabilities["SASL"] = exchange_.mechanism = "SCRAM-SHA-256-PLUS";
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  ASSERT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_SEND);
  // Its word is cut off, too.
  ASSERT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, Base64("e=" + std::string(1000, 'x'))),
            POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, std::string(10000, 'y')), POP3_AUTH_FAIL);
  const std::string text = exchange_.error().text;
  EXPECT_EQ(text.find(std::string(100, 'y') + " (SCRAM-SHA-256-PLUS: the server says " +
                      std::string(39, 'x') + "; if the password is right"),
            0U)
      << text;
}

TEST_F(SaslBound, AServersWordIsAWord) {
  exchange_.capabilities["SASL"] = exchange_.mechanism = "SCRAM-SHA-256";
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  ASSERT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_SEND);
  ASSERT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, Base64("e=other-error \x1B[2J")), POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, "no"), POP3_AUTH_FAIL);
  EXPECT_STREQ(exchange_.error().text, "no (SCRAM-SHA-256: the server says other-error)");
}

// Then no login without binding may follow: POP3_REFUSED would allow it.
TEST_F(SaslBound, AnotherChannelIsNoRefusal) {
  exchange_.capabilities["SASL"] = exchange_.mechanism = "SCRAM-SHA-256-PLUS";
  ASSERT_EQ(exchange_.Begin(), POP3_OK);
  ASSERT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_SEND);
  ASSERT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, Base64("e=channel-bindings-dont-match")),
            POP3_AUTH_SEND);
  EXPECT_EQ(exchange_.Step(POP3_AUTH_NEGATIVE, "no"), POP3_AUTH_FAIL);
  EXPECT_EQ(exchange_.error().status, POP3_ERR_AUTH);
  EXPECT_NE(std::string(exchange_.error().text).find("an attacker may be between"),
            std::string::npos);
}

TEST_F(SaslBound, AServerThatGoesOnAfterItHasRefused) {
  exchange_.capabilities["SASL"] = exchange_.mechanism = "SCRAM-SHA-256";
  for (const bool is_positive : {false, true}) {
    exchange_.End();
    ASSERT_EQ(exchange_.Begin(), POP3_OK);
    ASSERT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_SEND);
    ASSERT_EQ(exchange_.Step(POP3_AUTH_CHALLENGE, Base64("e=other-error")), POP3_AUTH_SEND);
    EXPECT_EQ(is_positive ? exchange_.Step(POP3_AUTH_POSITIVE, "")
                          : exchange_.Step(POP3_AUTH_CHALLENGE, Base64("v=AAAA")),
              POP3_AUTH_FAIL);
    EXPECT_EQ(exchange_.error().status, POP3_ERR_AUTH);
    if (is_positive) continue;
    EXPECT_NE(std::string(exchange_.error().text).find("the server goes on after it has refused"),
              std::string::npos)
        << exchange_.error().text;
  }
}

// Who switches the binding off does not tell the server that it could have been.
TEST_F(SaslBound, NeverSaysThatItCouldHave) {
  exchange_.capabilities["SASL"] = "PLAIN SCRAM-SHA-256";
  exchange_.channel_binding = POP3_CHANNEL_BINDING_NEVER;
  CyrusServer server(options_);
  EXPECT_EQ(Login("SCRAM-SHA-256", &server), POP3_AUTH_DONE) << Why();
}

TEST_F(SaslBound, WithoutPlusSaysThatItCouldHave) {
  // The server offers -PLUS, but somebody took it off the list.
  exchange_.capabilities["SASL"] = "PLAIN SCRAM-SHA-256";
  CyrusServer server(options_);
  EXPECT_EQ(Login("SCRAM-SHA-256", &server), POP3_AUTH_FAIL);
  EXPECT_EQ(reply_.event, POP3_AUTH_NEGATIVE);
  CyrusServer honest;
  EXPECT_EQ(Login("SCRAM-SHA-256", &honest), POP3_AUTH_DONE) << Why();
}

// Whether the server has -PLUS is not known: it would take the offer for a tampered list.
TEST_F(SaslBound, WithoutAListIsNoComplaint) {
  exchange_.capabilities.clear();
  CyrusServer server(options_);
  EXPECT_EQ(Login("SCRAM-SHA-256", &server), POP3_AUTH_DONE) << Why();
}

TEST_F(SaslBound, WithoutPlusByNameIsNoComplaint) {
  exchange_.capabilities["SASL"] = "PLAIN SCRAM-SHA-256-PLUS SCRAM-SHA-256";
  CyrusServer server(options_);
  EXPECT_EQ(Login("SCRAM-SHA-256", &server), POP3_AUTH_DONE) << Why();
}

TEST_F(SaslBound, PlusNeedsSomethingToBindTo) {
  exchange_.answers.clear();
  exchange_.mechanism = "SCRAM-SHA-256-PLUS";
  EXPECT_EQ(exchange_.Begin(), POP3_ERR_NO_MECHANISM);
  EXPECT_NE(std::string(exchange_.error().text).find("nothing to bind to"), std::string::npos);
}

// --- Security layers

TEST_F(SaslExchange, DigestBringsALayerOnAnOpenChannelOnly) {
  for (unsigned strength : {1U, 128U}) {
    CyrusServer::Options options;
    options.max_ssf = strength;
    options.min_ssf = 1;
    CyrusServer server(options);
    exchange_.numbers[POP3_QUERY_IS_ENCRYPTED] = 0;
    EXPECT_EQ(Login("DIGEST-MD5", &server), POP3_AUTH_DONE) << Why();
    EXPECT_GE(server.ssf(), 1U);
    EXPECT_LE(server.ssf(), strength);
    ASSERT_NE(exchange_.output().layer, nullptr);
    EXPECT_EQ(exchange_.output().num_layer_options, 1U);
    exchange_.End();  // nobody takes it: nothing leaks

    CyrusServer third(options);
    exchange_.output_size = offsetof(pop3_auth_output, release_layer);
    EXPECT_EQ(Login("DIGEST-MD5", &third), POP3_AUTH_FAIL) << "a host that cannot give it back";
    EXPECT_EQ(exchange_.error().status, POP3_ERR_UNSUPPORTED);
    EXPECT_EQ(exchange_.output().layer, nullptr);
    exchange_.output_size = 0;

    options.min_ssf = 0;
    CyrusServer other(options);
    exchange_.numbers[POP3_QUERY_IS_ENCRYPTED] = 1;
    EXPECT_EQ(Login("DIGEST-MD5", &other), POP3_AUTH_DONE) << Why();
    EXPECT_EQ(other.ssf(), 0U);
    EXPECT_EQ(exchange_.output().layer, nullptr);
  }
}

}  // namespace
}  // namespace sasl_exchange_test
}  // namespace pop3_testing
