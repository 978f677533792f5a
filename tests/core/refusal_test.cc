// What follows a refusal: the same mechanism without channel binding, or words that help.
#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <cstdio>
#include <map>
#include <string>

#include "core/login/refusal.h"
#include "tests/core/fake_auth.h"
#include "tests/core/login_fixture.h"

namespace refusal_test {
namespace {

using pop3_core_test::FakeAuth;
using pop3_core_test::Lines;
using pop3_core_test::LoginFixture;

class SessionRefusal : public LoginFixture {
 protected:
  void SetUp() override {
    LoginFixture::SetUp();
    d_.transports = {"fake", "tls"};
    weak_.strength = strong_.strength = 0;
    family_.on_score = [this](const pop3_auth_context *context) {
      if (context->mechanism != nullptr) return offers_[context->mechanism];
      for (const auto &offer : offers_) {
        context->offer(context->session, offer.first.c_str(), offer.second, "not installed here");
      }
      return 1;
    };
    family_.on_begin = [this](const pop3_auth_context *context, pop3_error *) {
      name_ = context->mechanism;
      begun_.push_back(name_ + " " + std::to_string(context->channel_binding));
      return POP3_OK;
    };
    family_.on_step = [this](const std::string &words) {
      if (words == "start") return FakeAuth::Command("AUTH " + name_);
      return words.compare(0, 2, "ok") == 0 ? FakeAuth::Done() : FakeAuth::Fail(POP3_OK);
    };
    d_.plugins.push_back(family_.plugin());
  }
  void TearDown() override {
    LoginFixture::TearDown();
    EXPECT_EQ(family_.begins, family_.ends);
    EXPECT_EQ(family_.complaints, Lines());
  }
  void Refuse(const std::string &mechanism, const std::string &reply = "-ERR [AUTH] no") {
    d_.wire.replies["AUTH " + mechanism] = reply + "\r\n";
  }
  pop3_security Report() {
    pop3_security report = POP3_SECURITY_INIT;
    pop3_session_security(d_.session(), &report);
    return report;
  }

  std::map<std::string, int> offers_ = {{"PLAIN", 110},
                                        {"SCRAM-SHA-1", 300},
                                        {"SCRAM-SHA-1-PLUS", 400},
                                        {"SCRAM-SHA-256", 310},
                                        {"SCRAM-SHA-256-PLUS", 410}};
  FakeAuth family_{"family", POP3_AUTH_FAMILY, 0};
  std::string name_;
  Lines begun_;
};

TEST_F(SessionRefusal, ABoundLoginSaysSo) {
  d_.options.debug_level = 1;
  Ready();
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_EQ(begun_, Lines{"SCRAM-SHA-256-PLUS 0"});
  EXPECT_EQ(Report().is_bound, 1U);
  EXPECT_EQ(Report().not_bound_why, nullptr);
  EXPECT_NE(d_.Seen().find("logged in with SCRAM-SHA-256-PLUS, bound to the TLS channel"),
            std::string::npos);
}

TEST_F(SessionRefusal, TheSameMechanismFollowsOnceWithoutBinding) {
  d_.options.debug_level = 1;
  Refuse("SCRAM-SHA-256-PLUS");
  Ready();
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_EQ(begun_, (Lines{"SCRAM-SHA-256-PLUS 0",
                           "SCRAM-SHA-256 " + std::to_string(POP3_CHANNEL_BINDING_NEVER)}));
  EXPECT_STREQ(pop3_session_mechanism(d_.session()), "SCRAM-SHA-256");
  EXPECT_EQ(Report().is_bound, 0U);
  EXPECT_STREQ(Report().not_bound_why, "the server refused SCRAM-SHA-256-PLUS: [AUTH] no");
  const std::string seen = d_.Seen();
  EXPECT_NE(seen.find("SCRAM-SHA-256-PLUS was refused; next SCRAM-SHA-256, without channel "
                      "binding, as the server's certificate was verified"),
            std::string::npos)
      << seen;
  EXPECT_NE(seen.find("logged in with SCRAM-SHA-256, not bound to the TLS channel: the server "
                      "refused SCRAM-SHA-256-PLUS\n"),
            std::string::npos)
      << seen;
  EXPECT_EQ(Candidates()[4], "family/SCRAM-SHA-256-PLUS 410 refused [AUTH] no");
}

TEST_F(SessionRefusal, NothingWeakerFollowsThen) {
  Refuse("SCRAM-SHA-256-PLUS");
  Refuse("SCRAM-SHA-256", "-ERR [AUTH] still no");
  Ready();
  EXPECT_EQ(Login(), POP3_REFUSED);
  EXPECT_EQ(begun_.size(), 2U);
  EXPECT_EQ(d_.err.code, POP3_CODE_AUTH);
  EXPECT_STREQ(d_.err.text,
               "[AUTH] still no (mechanism SCRAM-SHA-256; if the password is right, try PLAIN: "
               "option mechanism PLAIN)");
  EXPECT_EQ(pop3_stat(d_.session(), nullptr, nullptr, nullptr), POP3_OK) << "the session lives on";
}

TEST_F(SessionRefusal, TheNextLoginBeginsAnew) {
  Refuse("SCRAM-SHA-256-PLUS");
  Refuse("SCRAM-SHA-256");
  Ready();
  EXPECT_EQ(Login(), POP3_REFUSED);
  d_.wire.replies.erase("AUTH SCRAM-SHA-256-PLUS");
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_EQ(begun_[2], "SCRAM-SHA-256-PLUS 0");
  EXPECT_EQ(Report().not_bound_why, nullptr) << "what was before counts no more";
}

TEST_F(SessionRefusal, WhyItWasNotBoundIsForgottenToo) {
  Refuse("SCRAM-SHA-256-PLUS");
  Refuse("SCRAM-SHA-256");
  Ready();
  EXPECT_EQ(Login(), POP3_REFUSED);
  offers_ = {{"PLAIN", 110}};
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_STREQ(Report().not_bound_why, "the server offers no mechanism with channel binding");
}

TEST_F(SessionRefusal, ACodeThatNobodyKnowsMayBeAboutTheLogin) {
  Refuse("SCRAM-SHA-256-PLUS", "-ERR [XYZ] no");
  Ready();
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_STREQ(pop3_session_mechanism(d_.session()), "SCRAM-SHA-256");
}

TEST_F(SessionRefusal, TheMechanismOfAnotherPluginDoesNotFollow) {
  FakeAuth other("other", POP3_AUTH_FAMILY, 0);
  other.on_score = [](const pop3_auth_context *context) {
    context->offer(context->session, "SCRAM-SHA-256", 310, "");
    return 1;
  };
  d_.plugins.push_back(other.plugin());
  offers_.erase("SCRAM-SHA-256");
  Refuse("SCRAM-SHA-256-PLUS");
  Ready();
  EXPECT_EQ(Login(), POP3_REFUSED);
  EXPECT_EQ(other.begins, 0);
  d_.Free();
}

TEST_F(SessionRefusal, AMechanismThatJustBindsIsBound) {
  offers_ = {{"SCRAM-SHA-1-PLUS", POP3_STRENGTH_BOUND}};
  Ready();
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_EQ(Report().is_bound, 1U);
}

// The callback may ask a person again behind each refusal: it hears how many there were.
TEST_F(SessionRefusal, EachOfSeveralMechanismsIsAnAttempt) {
  std::string asked;
  d_.options.credential_arg = &asked;
  d_.options.credential = [](void *arg, pop3_credential, uint32_t attempt, pop3_secret *,
                             pop3_error *) {
    *static_cast<std::string *>(arg) += std::to_string(attempt) + ";";
    return POP3_ERR_NO_CREDENTIALS;
  };
  family_.on_begin = [this](const pop3_auth_context *context, pop3_error *) {
    name_ = context->mechanism;
    const uint8_t *data = nullptr;
    size_t len = 0;
    EXPECT_EQ(context->credential(context->session, POP3_CREDENTIAL_PASSWORD, &data, &len, nullptr),
              POP3_ERR_NO_CREDENTIALS);
    return POP3_OK;
  };
  Refuse("SCRAM-SHA-256");
  Ready();
  EXPECT_EQ(Login("scram-sha-256,plain"), POP3_OK) << d_.err.text;
  EXPECT_EQ(asked, "0;1;");
}

TEST_F(SessionRefusal, AnUnverifiedServerGetsNoUnboundLogin) {
  d_.wire.verified = false;
  Refuse("SCRAM-SHA-256-PLUS");
  Ready();
  EXPECT_EQ(Login(), POP3_REFUSED);
  EXPECT_EQ(begun_.size(), 1U);
}

TEST_F(SessionRefusal, RequireAndNamesGetNoUnboundLogin) {
  d_.options.channel_binding = POP3_CHANNEL_BINDING_REQUIRE;
  Refuse("SCRAM-SHA-256-PLUS");
  Ready();
  EXPECT_EQ(Login(), POP3_REFUSED);
  EXPECT_EQ(Login("SCRAM-SHA-256-PLUS"), POP3_REFUSED);
  EXPECT_EQ(begun_.size(), 2U);
  EXPECT_EQ(Login("SCRAM-SHA-256"), POP3_ERR_NO_MECHANISM);
  EXPECT_NE(std::string(d_.err.text).find("does not bind the channel (option channel_binding)"),
            std::string::npos);
}

TEST_F(SessionRefusal, ANamedMechanismGetsNoUnboundLogin) {
  Refuse("SCRAM-SHA-256-PLUS");
  Ready();
  EXPECT_EQ(Login("SCRAM-SHA-256-PLUS"), POP3_REFUSED);
  EXPECT_EQ(begun_.size(), 1U);
  EXPECT_STREQ(d_.err.text,
               "[AUTH] no (mechanism SCRAM-SHA-256-PLUS, asked for by name; if the password is "
               "right, try another mechanism)");
}

TEST_F(SessionRefusal, WhoNamesBothGetsTheSecondAsItIs) {
  Refuse("SCRAM-SHA-256-PLUS");
  Ready();
  EXPECT_EQ(Login("SCRAM-SHA-256-PLUS,SCRAM-SHA-256"), POP3_OK) << d_.err.text;
  EXPECT_EQ(begun_, (Lines{"SCRAM-SHA-256-PLUS 0", "SCRAM-SHA-256 0"}))
      << "by name, and not for want of another";
}

// It is not the binding that these are about.
TEST_F(SessionRefusal, AMaildropInUseIsNotTriedTwice) {
  for (const char *code : {"IN-USE", "LOGIN-DELAY", "SYS/TEMP", "SYS/PERM"}) {
    begun_.clear();
    Refuse("SCRAM-SHA-256-PLUS", std::string("-ERR [") + code + "] later");
    if (d_.session() == nullptr) Ready();
    EXPECT_EQ(Login(), POP3_REFUSED);
    EXPECT_EQ(begun_.size(), 1U) << code;
    EXPECT_EQ(d_.err.text, "[" + std::string(code) + "] later") << "the mechanism does not matter";
  }
}

TEST_F(SessionRefusal, AFailureOfTheMechanismIsNoRefusal) {
  family_.on_step = [this](const std::string &words) {
    return words == "start" ? FakeAuth::Command("AUTH " + name_) : FakeAuth::Fail(POP3_ERR_AUTH);
  };
  Refuse("SCRAM-SHA-256-PLUS");
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_AUTH);
  EXPECT_EQ(begun_.size(), 1U) << "the server sees another channel, say";
}

TEST_F(SessionRefusal, WithoutTheSameMechanismUnboundNothingFollows) {
  offers_["SCRAM-SHA-256"] = 0;
  Refuse("SCRAM-SHA-256-PLUS");
  Ready();
  EXPECT_EQ(Login(), POP3_REFUSED);
  EXPECT_EQ(begun_.size(), 1U);
}

TEST_F(SessionRefusal, AnUnboundMechanismBelowTheFloorDoesNotFollow) {
  d_.options.auth_floor = 400;
  Refuse("SCRAM-SHA-256-PLUS");
  Ready();
  EXPECT_EQ(Login(), POP3_REFUSED);
  EXPECT_EQ(begun_.size(), 1U);
}

TEST_F(SessionRefusal, WordsOfAPluginAreNotAddedTo) {
  // "fake failure" is what the plugin says.
  family_.on_step = [this](const std::string &words) {
    return words == "start" ? FakeAuth::Command("AUTH " + name_) : FakeAuth::Fail(POP3_REFUSED);
  };
  Refuse("PLAIN");
  offers_ = {{"PLAIN", 110}, {"LOGIN", 105}};
  Ready();
  EXPECT_EQ(Login(), POP3_REFUSED);
  EXPECT_STREQ(d_.err.text, "fake failure");
  EXPECT_EQ(Candidates()[1], "family/PLAIN 110 refused [AUTH] no") << "the server's own words";
}

TEST_F(SessionRefusal, LongWordsLeaveRoomForTheHint) {
  d_.wire.verified = false;
  offers_ = {{"LOGIN", 105}, {"PLAIN", 110}, {"CRAM-MD5", 200}};
  Refuse("CRAM-MD5", "-ERR " + std::string(400, 'x'));
  Ready();
  EXPECT_EQ(Login(), POP3_REFUSED);
  const std::string text = d_.err.text;
  EXPECT_NE(text.find("xxx (mechanism CRAM-MD5; if the password is right, try PLAIN: option "
                      "mechanism PLAIN)"),
            std::string::npos)
      << text;
}

// With a readable password every server can tell whether it is right: nothing else would help.
TEST_F(SessionRefusal, AReadablePasswordThatIsRefusedIsWrong) {
  offers_ = {{"LOGIN", 105}, {"PLAIN", 110}, {"CRAM-MD5", 200}};
  Refuse("PLAIN");
  Ready();
  EXPECT_EQ(Login(), POP3_REFUSED);
  EXPECT_STREQ(d_.err.text, "[AUTH] no (mechanism PLAIN)");
}

// Why a login is not bound, in each case.
TEST_F(SessionRefusal, TheReportSaysWhyALoginIsNotBound) {
  Ready();
  EXPECT_EQ(Login("SCRAM-SHA-256"), POP3_OK);
  EXPECT_STREQ(Report().not_bound_why, "a mechanism without it was asked for by name");
}

TEST_F(SessionRefusal, TheReportSaysThatTheServerOffersNoBinding) {
  offers_ = {{"PLAIN", 110}, {"SCRAM-SHA-1", 300}};
  Ready();
  EXPECT_EQ(pop3_survey(d_.session(), &d_.err), POP3_OK);
  EXPECT_EQ(Report().is_bound, 0U);
  EXPECT_STREQ(Report().not_bound_why, "the server offers no mechanism with channel binding");
}

TEST_F(SessionRefusal, TheReportSaysWhyABindingIsOfNoUse) {
  offers_ = {{"SCRAM-SHA-1-PLUS", 0}, {"SCRAM-SHA-1", 300}};
  Ready();
  EXPECT_EQ(pop3_survey(d_.session(), &d_.err), POP3_OK);
  EXPECT_STREQ(Report().not_bound_why, "not installed here");
}

TEST_F(SessionRefusal, TheReportOfAChannelThatCannotBeBound) {
  d_.transports = {"fake"};
  Ready();
  EXPECT_EQ(Report().not_bound_why, nullptr) << "nothing was chosen yet";
  EXPECT_EQ(pop3_survey(d_.session(), &d_.err), POP3_OK);
  EXPECT_STREQ(Report().mechanism, "SCRAM-SHA-256-PLUS") << "this plugin says that it can";
  offers_.erase("SCRAM-SHA-256-PLUS");
  offers_.erase("SCRAM-SHA-1-PLUS");
  EXPECT_EQ(pop3_survey(d_.session(), &d_.err), POP3_OK);
  EXPECT_STREQ(Report().not_bound_why, "the connection is not encrypted");
}

TEST_F(SessionRefusal, TheReportOfABindingThatIsSwitchedOff) {
  d_.options.channel_binding = POP3_CHANNEL_BINDING_NEVER;
  Ready();
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_EQ(begun_, Lines{"SCRAM-SHA-256 " + std::to_string(POP3_CHANNEL_BINDING_NEVER)});
  EXPECT_STREQ(Report().not_bound_why, "channel binding is switched off (option channel_binding)");
}

// --- By itself

// Mechanisms of one plugin: index 0 "X-PLUS" (410), 1 "X" (310), 2 "READABLE" (110), 3 "CLEAR"
// (120). All are usable but the first, which was refused.
class Refusal : public ::testing::Test {
 public:  // for the tables of what can be changed
  void SetUp() override {
    const struct {
      const char *name;
      int strength;
    } all[] = {{"X-PLUS", 410}, {"X", 310}, {"READABLE", 110}, {"CLEAR", 120}};
    for (size_t i = 0; i < 4; i++) {
      list_[i] = {};
      list_[i].ops = &ops_;
      list_[i].strength = all[i].strength;
      list_[i].state = i == 0 ? POP3_CANDIDATE_REFUSED : POP3_CANDIDATE_USABLE;
      (void)snprintf(list_[i].name, sizeof(list_[i].name), "%s", all[i].name);
    }
    candidates_.list = list_;
    candidates_.count = 4;
    pop3_error_set(&error_, POP3_REFUSED, "engine", 0, "no");
  }
  std::string Explain() {
    pop3_error out = POP3_ERROR_INIT;
    p3_refusal_explain(&refusal_, &out);
    EXPECT_EQ(out.status, POP3_REFUSED);
    EXPECT_EQ(out.code, error_.code);
    return out.text;
  }

  pop3_auth_ops ops_ = {};
  pop3_auth_ops other_ops_ = {};
  p3_mechanism list_[4];
  p3_candidates candidates_ = {};
  pop3_error error_ = POP3_ERROR_INIT;
  p3_refusal refusal_ = {&candidates_, 0, nullptr, &error_, POP3_CHANNEL_BINDING_PREFER, 1};
};

TEST_F(Refusal, TheSameOneUnbound) {
  EXPECT_EQ(p3_refusal_next_unbound(&refusal_), 1U);
  const struct {
    const char *what;
    void (*change)(Refusal *);
  } cases[] = {
      {"the server is not verified", [](Refusal *r) { r->refusal_.is_verified = 0; }},
      {"binding is required",
       [](Refusal *r) { r->refusal_.channel_binding = POP3_CHANNEL_BINDING_REQUIRE; }},
      {"the caller named it", [](Refusal *r) { r->refusal_.asked = "X-PLUS"; }},
      {"it is not about the login", [](Refusal *r) { r->error_.code = POP3_CODE_IN_USE; }},
      {"it does not bind", [](Refusal *r) { r->refusal_.refused = 1; }},
      {"it was refused, too", [](Refusal *r) { r->list_[1].state = POP3_CANDIDATE_REFUSED; }},
      {"it is another plugin's", [](Refusal *r) { r->list_[1].ops = &r->other_ops_; }},
      {"it is another one", [](Refusal *r) { r->list_[1].name[0] = 'Y'; }},
      {"it begins like it", [](Refusal *r) { r->list_[1].name[1] = 'X'; }},
  };
  for (const auto &c : cases) {
    SetUp();
    refusal_ = {&candidates_, 0, nullptr, &error_, POP3_CHANNEL_BINDING_PREFER, 1};
    error_.code = POP3_CODE_NONE;
    c.change(this);
    EXPECT_EQ(p3_refusal_next_unbound(&refusal_), SIZE_MAX) << c.what;
  }
}

TEST_F(Refusal, WhatMayHelp) {
  EXPECT_EQ(Explain(),
            "no (mechanism X-PLUS; if the password is right, try CLEAR: option mechanism CLEAR)")
      << "the strongest of those that any server can check";
  refusal_.asked = "X-PLUS";
  list_[2].state = list_[3].state = POP3_CANDIDATE_UNUSABLE;
  EXPECT_EQ(
      Explain(),
      "no (mechanism X-PLUS, asked for by name; if the password is right, try another mechanism)");
  refusal_.asked = nullptr;
  EXPECT_EQ(Explain(), "no (mechanism X-PLUS)");
  list_[2].state = list_[3].state = POP3_CANDIDATE_USABLE;
  refusal_.refused = 2;
  EXPECT_EQ(Explain(), "no (mechanism READABLE)") << "then the password is wrong";
  error_.code = POP3_CODE_AUTH;
  EXPECT_EQ(Explain(), "no (mechanism READABLE)");
}

TEST_F(Refusal, WordsThatNeedNoHelp) {
  error_.code = POP3_CODE_LOGIN_DELAY;
  EXPECT_EQ(Explain(), "no") << "it is not about the login";
  error_.code = POP3_CODE_NONE;
  pop3_error_set(&error_, POP3_REFUSED, "sasl", 0, "the token has expired");
  EXPECT_EQ(Explain(), "the token has expired") << "a plugin knows better";
}

}  // namespace
}  // namespace refusal_test
