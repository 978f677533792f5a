#include "core/login/login.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/core/fake_auth.h"
#include "tests/core/login_rig.h"

namespace login_test {
namespace {

using pop3_core_test::Capabilities;
using pop3_core_test::FakeAuth;
using pop3_core_test::LoginRig;
using Words = std::vector<std::string>;

class LoginTask : public ::testing::Test {
 protected:
  void SetUp() override {
    for (FakeAuth *auth : {&weak_, &strong_}) {
      rig_.Add(*auth);
      const std::string line = std::string("AUTH ") + (auth == &weak_ ? "WEAK" : "STRONG");
      auth->on_step = [line](const std::string &words) {
        if (words == "start") return FakeAuth::Command(line, 5);
        if (words.rfind("challenge", 0) == 0) return FakeAuth::Answer("answer to " + words);
        return words.rfind("ok", 0) == 0 ? FakeAuth::Done() : FakeAuth::Fail(POP3_OK);
      };
    }
    rig_.facts.capabilities = some_.get();
  }
  void TearDown() override {
    p3_login_end(&rig_.login, POP3_OK);
    for (const FakeAuth *auth : {&weak_, &strong_}) {
      EXPECT_EQ(auth->complaints, Words());
      EXPECT_EQ(auth->begins, auth->ends);
    }
  }
  bool IsDue() { return p3_login_is_due(&rig_.login) != 0; }
  // Begins a login that has sent its first line.
  void Sent(const char *names = nullptr) {
    ASSERT_EQ(rig_.Begin(names), POP3_OK) << rig_.err.text;
    ASSERT_EQ(rig_.Next().rfind("line AUTH", 0), 0U);
  }
  pop3_candidate_state State(size_t index) { return rig_.login.candidates.list[index].state; }

  const Capabilities some_ = {"USER"};
  LoginRig rig_;
  FakeAuth weak_{"weak", 0, 100};
  FakeAuth strong_{"strong", 0, 300};
};

// --- What comes out

TEST_F(LoginTask, FromBeginToEnd) {
  EXPECT_FALSE(p3_login_is_active(&rig_.login));
  EXPECT_FALSE(IsDue());
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  EXPECT_TRUE(p3_login_is_active(&rig_.login));
  EXPECT_TRUE(IsDue());
  EXPECT_EQ(rig_.Next(), "line AUTH STRONG");
  EXPECT_EQ(rig_.intent.secret_offset, 5U);
  EXPECT_FALSE(IsDue()) << "the server has not answered";
  EXPECT_EQ(rig_.Challenge("one"), 1);
  EXPECT_TRUE(IsDue());
  EXPECT_EQ(rig_.Next(), "respond answer to challenge one");
  EXPECT_EQ(rig_.intent.secret_offset, 0U);
  EXPECT_EQ(rig_.Challenge("two"), 1);
  EXPECT_EQ(rig_.Next(), "respond answer to challenge two");
  EXPECT_FALSE(IsDue());
  rig_.Ok("welcome");
  EXPECT_EQ(rig_.Next(), "finished: logged in");
  ASSERT_NE(rig_.intent.output, nullptr);
  EXPECT_EQ(rig_.intent.output->layer, nullptr);
  EXPECT_EQ(strong_.steps, (Words{"start", "challenge one", "challenge two", "ok welcome"}));
  EXPECT_STREQ(rig_.login.report.logged_in_with, "strong");
  EXPECT_EQ(strong_.ends, 0) << "the owner ends it";
  p3_login_end(&rig_.login, POP3_OK);
  EXPECT_EQ(strong_.ends, 1);
  EXPECT_FALSE(p3_login_is_active(&rig_.login));
  EXPECT_FALSE(IsDue());
}

TEST_F(LoginTask, CapaIsAskedUnlessItIsKnown) {
  rig_.facts.capabilities = nullptr;
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  EXPECT_EQ(rig_.Next(), "CAPA");
  EXPECT_FALSE(IsDue());
  EXPECT_EQ(rig_.Next(), "wait") << "nothing is news";
  rig_.facts.capabilities = some_.get();
  rig_.Ok();
  EXPECT_EQ(rig_.Next(), "line AUTH STRONG");
}

TEST_F(LoginTask, AServerWithoutCapaIsAskedOnce) {
  rig_.facts.capabilities = nullptr;
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  EXPECT_EQ(rig_.Next(), "CAPA");
  rig_.facts.refused_capa = 1;
  rig_.Refuse("what?");
  EXPECT_EQ(rig_.Next(), "line AUTH STRONG");
  // Nor by another login.
  p3_login_end(&rig_.login, POP3_REFUSED);
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  EXPECT_EQ(rig_.Next(), "line AUTH STRONG");
}

TEST_F(LoginTask, AFailureOfCapaIsTheEnd) {
  rig_.facts.capabilities = nullptr;
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  EXPECT_EQ(rig_.Next(), "CAPA");
  rig_.Lose(POP3_ERR_LIMIT, "too many lines");
  EXPECT_EQ(rig_.Next(), "finished: POP3_ERR_LIMIT too many lines");
  EXPECT_EQ(strong_.begins, 0);
}

TEST_F(LoginTask, ADamagedCapaIsNoted) {
  const Capabilities damaged = {"USER", "STLS "};
  rig_.facts.capabilities = nullptr;
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  EXPECT_EQ(rig_.Next(), "CAPA");
  rig_.facts.capabilities = damaged.get();
  rig_.Ok();
  EXPECT_EQ(rig_.Next(), "line AUTH STRONG");
  EXPECT_TRUE(rig_.host.Noted("CAPA is damaged: line 2"));
}

TEST_F(LoginTask, StlsComesFirstAndCapaAgainBehindIt) {
  const Capabilities stls = {"STLS"};
  rig_.facts.policy = POP3_TLS_REQUIRED;
  rig_.facts.has_tls = 1;
  rig_.facts.capabilities = nullptr;
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  EXPECT_EQ(rig_.Next(), "CAPA");
  rig_.facts.capabilities = stls.get();
  rig_.Ok();
  EXPECT_EQ(rig_.Next(), "STLS");
  EXPECT_FALSE(IsDue());
  EXPECT_EQ(strong_.begins, 0) << "nothing of the mechanism before it is encrypted";
  rig_.facts.capabilities = nullptr;
  rig_.facts.is_encrypted = rig_.facts.stls_done = 1;
  rig_.Ok();
  EXPECT_EQ(rig_.Next(), "CAPA");
  rig_.facts.capabilities = some_.get();
  rig_.Ok();
  EXPECT_EQ(rig_.Next(), "line AUTH STRONG");
}

TEST_F(LoginTask, StlsThatGoesWrong) {
  const Capabilities stls = {"STLS"};
  rig_.facts.policy = POP3_TLS_IF_OFFERED;
  rig_.facts.has_tls = 1;
  rig_.facts.capabilities = stls.get();
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  EXPECT_EQ(rig_.Next(), "STLS");
  rig_.Refuse("not today");
  EXPECT_EQ(
      rig_.Next(),
      "finished: POP3_ERR_POLICY the server offered STLS and then refused it (\"not today\"); "
      "the login stops because the connection is not encrypted (option tls)");
  p3_login_end(&rig_.login, POP3_ERR_POLICY);
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  EXPECT_EQ(rig_.Next(), "STLS");
  rig_.Lose(POP3_ERR_TLS, "no handshake");
  EXPECT_EQ(rig_.Next(), "finished: POP3_ERR_TLS no handshake");
  p3_login_end(&rig_.login, POP3_ERR_TLS);
  rig_.facts.policy = POP3_TLS_REQUIRED;
  rig_.facts.has_tls = 0;
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  EXPECT_EQ(rig_.Next().rfind("finished: POP3_ERR_POLICY", 0), 0U);
  EXPECT_EQ(strong_.begins, 0);
}

TEST_F(LoginTask, ASurveyChoosesAndIsOver) {
  ASSERT_EQ(rig_.Begin(nullptr, true), POP3_OK);
  EXPECT_EQ(rig_.Next(), "finished: surveyed");
  EXPECT_EQ(State(0), POP3_CANDIDATE_USABLE);
  EXPECT_EQ(State(1), POP3_CANDIDATE_CHOSEN);
  EXPECT_EQ(strong_.begins, 0);
  EXPECT_STREQ(rig_.login.report.logged_in_with, "");
}

TEST_F(LoginTask, NothingIsUsable) {
  weak_.strength = strong_.strength = 0;
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  EXPECT_EQ(rig_.Next(),
            "finished: POP3_ERR_NO_MECHANISM no mechanism is usable (weak: not today; strong: not "
            "today)");
}

TEST_F(LoginTask, OnlyTheOpenChannelSpeaksAgainstIt) {
  const Capabilities damaged = {"USER", "SASL  X"};
  FakeAuth clear("clear", POP3_AUTH_CLEARTEXT, 100);
  rig_.Add(clear);
  weak_.strength = strong_.strength = 0;
  rig_.facts.is_private = 0;
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  std::string end = rig_.Next();
  EXPECT_EQ(end.rfind("finished: POP3_ERR_POLICY the connection to mail.example is neither "
                      "encrypted nor local",
                      0),
            0U)
      << end;
  p3_login_end(&rig_.login, POP3_ERR_POLICY);
  rig_.config.allow_cleartext = 1;
  rig_.facts.capabilities = damaged.get();
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  end = rig_.Next();
  EXPECT_NE(end.find("because a damaged line of CAPA may be a better mechanism"), std::string::npos)
      << end;
}

// --- Refusals

TEST_F(LoginTask, ARefusalIsTheEnd) {
  Sent();
  rig_.Refuse("[AUTH] no", POP3_CODE_AUTH);
  const std::string end = rig_.Next();
  EXPECT_EQ(end.rfind("finished: POP3_REFUSED [AUTH] no (mechanism strong; if the password", 0), 0U)
      << end;
  EXPECT_EQ(rig_.intent.error.code, POP3_CODE_AUTH);
  EXPECT_EQ(State(1), POP3_CANDIDATE_REFUSED);
  EXPECT_STREQ(rig_.login.candidates.list[1].why, "[AUTH] no");
  EXPECT_EQ(weak_.begins, 0) << "nobody slips to a weaker one by himself";
  EXPECT_EQ(rig_.login.credentials.num_refused, 0U);
  p3_login_end(&rig_.login, POP3_REFUSED);
  EXPECT_EQ(rig_.login.credentials.num_refused, 1U);
}

TEST_F(LoginTask, ThePluginsWordsWithTheServersCode) {
  strong_.on_step = [](const std::string &words) {
    if (words == "start") return FakeAuth::Command("AUTH STRONG");
    FakeAuth::Move move = FakeAuth::Fail(POP3_REFUSED);
    move.error_text = "the token has expired";
    return move;
  };
  Sent();
  rig_.Refuse("[SYS/PERM] no", POP3_CODE_SYS_PERM);
  EXPECT_EQ(rig_.Next(), "finished: POP3_REFUSED the token has expired");
  EXPECT_EQ(rig_.intent.error.code, POP3_CODE_SYS_PERM);
  EXPECT_STREQ(rig_.login.candidates.list[1].why, "[SYS/PERM] no") << "the server's own words";
}

TEST_F(LoginTask, OfSeveralNamesTheNextFollows) {
  strong_.on_score = [](const pop3_auth_context *context) {
    EXPECT_STREQ(context->mechanism, "STRONG");
    return 300;
  };
  Sent("weak,strong");
  EXPECT_EQ(strong_.begins, 1) << "the strongest first, in whatever order";
  rig_.Refuse("no");
  EXPECT_EQ(rig_.Next(), "line AUTH WEAK");
  EXPECT_EQ(strong_.ends, 1) << "one attempt at a time";
  EXPECT_EQ(rig_.login.credentials.num_refused, 1U);
  EXPECT_TRUE(rig_.host.Noted("strong was refused; next weak"));
  rig_.Refuse("no again");
  const std::string end = rig_.Next();
  EXPECT_EQ(end.rfind("finished: POP3_REFUSED no again (mechanism weak", 0), 0U) << end;
}

TEST_F(LoginTask, TheSameOneFollowsWithoutChannelBinding) {
  FakeAuth family("sasl", POP3_AUTH_FAMILY, 1);
  family.on_score = [](const pop3_auth_context *context) {
    context->offer(context->session, "X-PLUS", POP3_STRENGTH_BOUND + 10, "");
    context->offer(context->session, "X", POP3_STRENGTH_SALTED + 10, "");
    return 1;
  };
  family.on_step = strong_.on_step;
  rig_.Add(family);
  rig_.facts.is_verified = rig_.facts.is_encrypted = 1;
  Sent();
  EXPECT_STREQ(family.context->mechanism, "X-PLUS");
  EXPECT_EQ(family.context->channel_binding, static_cast<uint32_t>(POP3_CHANNEL_BINDING_PREFER));
  rig_.Refuse("unknown binding");
  EXPECT_EQ(rig_.Next(), "line AUTH STRONG");
  EXPECT_STREQ(family.context->mechanism, "X");
  EXPECT_EQ(family.context->channel_binding, static_cast<uint32_t>(POP3_CHANNEL_BINDING_NEVER));
  EXPECT_STREQ(rig_.login.report.not_bound_why, "the server refused X-PLUS: unknown binding");
  EXPECT_EQ(rig_.login.credentials.num_refused, 0U) << "the password was not what was refused";
  rig_.Refuse("no");
  EXPECT_EQ(rig_.Next().rfind("finished: POP3_REFUSED no", 0), 0U);
  p3_login_end(&rig_.login, POP3_REFUSED);
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  EXPECT_STREQ(rig_.login.report.not_bound_why, "");
  EXPECT_EQ(rig_.Next(), "line AUTH STRONG");
  EXPECT_EQ(family.context->channel_binding, static_cast<uint32_t>(POP3_CHANNEL_BINDING_PREFER));
  p3_login_end(&rig_.login, POP3_OK);
}

// --- Failures in the middle

TEST_F(LoginTask, APluginThatGivesUpAtAChallengeCancels) {
  strong_.on_step = [](const std::string &words) {
    return words == "start" ? FakeAuth::Command("AUTH STRONG") : FakeAuth::Fail(POP3_ERR_AUTH);
  };
  Sent();
  const pop3_error lost = LoginRig::Error(POP3_ERR_EOF, "gone");
  EXPECT_EQ(p3_login_reason(&rig_.login, &lost), &lost);
  EXPECT_EQ(rig_.Challenge("one"), 1);
  EXPECT_EQ(rig_.Next(), "respond *");
  EXPECT_EQ(rig_.intent.secret_offset, 1U) << "that may be shown";
  EXPECT_STREQ(p3_login_reason(&rig_.login, &lost)->text, "fake failure");
  EXPECT_EQ(rig_.Challenge("another"), 0) << "the owner says \"*\" once more";
  EXPECT_FALSE(IsDue());
  rig_.NotSent(POP3_ERR_MEMORY, "no memory");
  EXPECT_FALSE(IsDue()) << "the engine has failed, and tells";
  rig_.Refuse("cancelled");
  EXPECT_EQ(rig_.Next(), "finished: POP3_ERR_AUTH fake failure");
  EXPECT_EQ(strong_.steps.size(), 2U) << "the plugin has had its say";
}

// What the server makes of the "*" does not matter: it may even have let us in.
TEST_F(LoginTask, ACancelledExchangeStaysCancelled) {
  strong_.on_step = [](const std::string &words) {
    return words == "start" ? FakeAuth::Command("AUTH STRONG") : FakeAuth::Fail(POP3_ERR_AUTH);
  };
  Sent();
  rig_.Challenge("one");
  EXPECT_EQ(rig_.Next(), "respond *");
  rig_.Ok("welcome");
  EXPECT_EQ(rig_.Next(), "finished: POP3_ERR_AUTH fake failure");
  p3_login_end(&rig_.login, POP3_ERR_AUTH);
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  const pop3_error lost = LoginRig::Error(POP3_ERR_EOF, "gone");
  EXPECT_EQ(p3_login_reason(&rig_.login, &lost), &lost) << "the next one begins anew";
}

TEST_F(LoginTask, APluginThatGivesUpBehindSuccessIsFatal) {
  strong_.on_step = [](const std::string &words) {
    return words == "start" ? FakeAuth::Command("AUTH STRONG") : FakeAuth::Fail(POP3_ERR_AUTH);
  };
  Sent();
  rig_.Ok();
  EXPECT_EQ(rig_.Next(), "fatal: POP3_ERR_AUTH fake failure");
}

TEST_F(LoginTask, APluginThatGivesUpBeforeAnythingWasSent) {
  strong_.on_step = [](const std::string &) { return FakeAuth::Fail(POP3_ERR_NO_CREDENTIALS); };
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  EXPECT_EQ(rig_.Next(), "finished: POP3_ERR_NO_CREDENTIALS fake failure");
  p3_login_end(&rig_.login, POP3_ERR_NO_CREDENTIALS);
  strong_.on_begin = [](const pop3_auth_context *, pop3_error *) { return POP3_ERR_MEMORY; };
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  EXPECT_EQ(rig_.Next(), "finished: POP3_ERR_MEMORY ");
  p3_login_end(&rig_.login, POP3_ERR_MEMORY);
  EXPECT_EQ(strong_.ends, 1) << "what was not begun is not ended";
  strong_.begins = 1;
}

TEST_F(LoginTask, AFailureThatIsNoAnswerIsNotThePlugins) {
  Sent();
  rig_.Lose(POP3_ERR_EOF, "gone");
  EXPECT_EQ(rig_.Next(), "finished: POP3_ERR_EOF gone");
  EXPECT_EQ(strong_.steps.size(), 1U);
}

TEST_F(LoginTask, ALineThatCouldNotBeSentIsTheEnd) {
  Sent();
  rig_.NotSent(POP3_ERR_AUDIT, "forbidden");
  EXPECT_TRUE(IsDue());
  EXPECT_EQ(rig_.Next(), "finished: POP3_ERR_AUDIT forbidden");
}

TEST_F(LoginTask, AResponseThatCouldNotBeSentIsCancelled) {
  Sent();
  rig_.Challenge("one");
  EXPECT_EQ(rig_.Next(), "respond answer to challenge one");
  rig_.NotSent(POP3_ERR_AUDIT, "forbidden");
  EXPECT_EQ(rig_.Next(), "respond *") << "the server still waits";
  rig_.Refuse("cancelled");
  EXPECT_EQ(rig_.Next(), "finished: POP3_ERR_AUDIT forbidden");
}

TEST_F(LoginTask, ACommandThatCouldNotBeSentHasNoExchangeToCancel) {
  Sent();
  rig_.Challenge("of the login before");
  p3_login_end(&rig_.login, POP3_ERR_CANCELLED);
  rig_.facts.capabilities = nullptr;
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  EXPECT_EQ(rig_.Next(), "CAPA");
  rig_.NotSent(POP3_ERR_MEMORY, "no room");
  EXPECT_EQ(rig_.Next(), "finished: POP3_ERR_MEMORY no room");
}

TEST_F(LoginTask, WithoutMemoryForAChallengeItIsCancelled) {
  Sent();
  rig_.allocator.FailFrom(1);
  EXPECT_EQ(rig_.Challenge("one"), 1) << "the login answers it itself";
  EXPECT_EQ(rig_.Next(), "respond *");
  EXPECT_EQ(strong_.steps.size(), 1U);
  rig_.Refuse("cancelled");
  EXPECT_EQ(rig_.Next(), "finished: POP3_ERR_MEMORY no memory for a challenge");
}

TEST_F(LoginTask, AChallengeOutOfPlaceIsNotTheLogins) {
  EXPECT_EQ(rig_.Challenge("one"), 0);
  rig_.facts.capabilities = nullptr;
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  EXPECT_EQ(rig_.Next(), "CAPA");
  EXPECT_EQ(rig_.Challenge("one"), 0);
  EXPECT_FALSE(IsDue());
}

TEST_F(LoginTask, ChallengesAreWiped) {
  rig_.allocator.Forbid("secret");
  Sent();
  rig_.Challenge("secret");
  EXPECT_EQ(rig_.Next(), "respond answer to challenge secret");
  EXPECT_EQ(rig_.login.challenge.data, nullptr);
  rig_.Challenge("secret");
  p3_login_end(&rig_.login, POP3_OK);
  EXPECT_EQ(rig_.login.challenge.data, nullptr);
}

// --- Stopped from inside a plugin

TEST_F(LoginTask, StoppedFromInsideAPlugin) {
  enum Where { kScore, kBegin, kStart, kChallenge, kPositive, kNegative };
  for (const Where where : {kScore, kBegin, kStart, kChallenge, kPositive, kNegative}) {
    SCOPED_TRACE(where);
    const auto stop = [&] { p3_login_stop(&rig_.login); };
    strong_.on_score = [&](const pop3_auth_context *) {
      if (where == kScore) stop();
      return 300;
    };
    strong_.on_begin = [&](const pop3_auth_context *, pop3_error *) {
      if (where == kBegin) stop();
      return POP3_OK;
    };
    strong_.on_step = [&](const std::string &words) {
      if (words == (where == kStart       ? "start"
                    : where == kChallenge ? "challenge one"
                    : where == kPositive  ? "ok "
                                          : "err no")) {
        stop();
      }
      if (words == "start") return FakeAuth::Command("AUTH STRONG");
      return words == "ok " ? FakeAuth::Done() : FakeAuth::Fail(POP3_OK);
    };
    const int begins = strong_.begins;
    ASSERT_EQ(rig_.Begin("strong,weak"), POP3_OK);
    if (where > kStart) {
      EXPECT_EQ(rig_.Next(), "line AUTH STRONG");
      if (where == kChallenge) rig_.Challenge("one");
      if (where == kPositive) rig_.Ok();
      if (where == kNegative) rig_.Refuse("no");
    }
    EXPECT_EQ(rig_.Next(), "wait");
    EXPECT_EQ(strong_.begins - begins, where == kScore ? 0 : 1);
    EXPECT_EQ(weak_.begins, 0) << "nothing more is tried";
    p3_login_end(&rig_.login, POP3_ERR_CANCELLED);
    EXPECT_EQ(strong_.begins, strong_.ends);
  }
  strong_.on_score = nullptr;
  strong_.on_begin = nullptr;
}

// --- The beginning and the end

TEST_F(LoginTask, NamesThatCannotBeHad) {
  EXPECT_EQ(rig_.Begin("nobody"), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(rig_.Begin("weak,,strong"), POP3_ERR_ARGUMENT);
  rig_.allocator.FailFrom(1);
  EXPECT_EQ(rig_.Begin("weak"), POP3_ERR_MEMORY);
  EXPECT_STREQ(rig_.err.text, "no memory for a login");
  EXPECT_FALSE(p3_login_is_active(&rig_.login));
  EXPECT_EQ(rig_.Begin(), POP3_OK) << "without names there is nothing to copy";
}

TEST_F(LoginTask, TheConfigurationsNamesAndThoseOfTheCall) {
  rig_.config.mechanism = "weak";
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  EXPECT_EQ(rig_.Next(), "line AUTH WEAK");
  p3_login_end(&rig_.login, POP3_OK);
  ASSERT_EQ(rig_.Begin("Strong"), POP3_OK);
  EXPECT_STREQ(rig_.login.asked, "STRONG");
  EXPECT_EQ(rig_.Next(), "line AUTH STRONG");
  p3_login_end(&rig_.login, POP3_OK);
  EXPECT_EQ(rig_.login.asked, nullptr);
}

TEST_F(LoginTask, WhetherItsMechanismHidesThePassword) {
  FakeAuth clear("clear", POP3_AUTH_CLEARTEXT, 500);
  clear.on_step = strong_.on_step;
  EXPECT_FALSE(p3_login_hides_password(&rig_.login)) << "there is none";
  Sent();
  EXPECT_TRUE(p3_login_hides_password(&rig_.login));
  p3_login_end(&rig_.login, POP3_OK);
  EXPECT_FALSE(p3_login_hides_password(&rig_.login));
  rig_.Add(clear);
  Sent();
  EXPECT_FALSE(p3_login_hides_password(&rig_.login));
  p3_login_end(&rig_.login, POP3_OK);
}

}  // namespace
}  // namespace login_test
