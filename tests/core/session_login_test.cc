// The login: the choice of a mechanism and its exchange.
#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <string>

#include "tests/core/fake_auth.h"
#include "tests/core/session_driver.h"

namespace {

using pop3_core_test::FakeAuth;
using pop3_core_test::Lines;
using pop3_core_test::SessionDriver;
using pop3_core_test::ShiftLayer;

class SessionLogin : public ::testing::Test {
 protected:
  void SetUp() override {
    d_.wire.replies = {{"CAPA", "+OK\r\nSASL ONE\r\n.\r\n"}, {"STAT", "+OK 1 2\r\n"}};
    d_.wire.server = [](const std::string &) { return "+OK\r\n"; };
  }
  void TearDown() override {
    d_.Free();
    for (const FakeAuth *auth : {&weak_, &strong_}) {
      EXPECT_EQ(auth->complaints, Lines());
      EXPECT_EQ(auth->begins - auth->ends, failed_begins_);
    }
  }
  void Ready() {
    d_.plugins.push_back(weak_.plugin());
    d_.plugins.push_back(strong_.plugin());
    for (FakeAuth *auth : {&weak_, &strong_}) {
      if (auth->on_step) continue;
      auth->on_step = [](const std::string &words) {
        if (words == "start") return FakeAuth::Command("AUTH X", 99);
        return words.compare(0, 2, "ok") == 0 ? FakeAuth::Done() : FakeAuth::Fail(POP3_OK);
      };
    }
    d_.StartReady();
  }
  pop3_status Login(const char *mechanism = nullptr) {
    return pop3_auth(d_.session(), mechanism, &d_.err);
  }

  SessionDriver d_;
  FakeAuth weak_{"weak", 0, 100};
  FakeAuth strong_{"strong", 0, 300};
  int failed_begins_ = 0;
  pop3_option layer_option_ = {};
};

TEST_F(SessionLogin, TheStrongestIsChosen) {
  Ready();
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_STREQ(pop3_session_mechanism(d_.session()), "strong");
  EXPECT_EQ(d_.wire.lines, (Lines{"CAPA", "AUTH X"}));
  EXPECT_EQ(weak_.begins, 0);
  EXPECT_EQ(Login(), POP3_ERR_STATE) << "logged in already";
}

TEST_F(SessionLogin, ByNameInAnyCase) {
  Ready();
  EXPECT_EQ(Login("WeAk"), POP3_OK);
  EXPECT_STREQ(pop3_session_mechanism(d_.session()), "weak");
}

TEST_F(SessionLogin, AnUnknownName) {
  Ready();
  EXPECT_EQ(Login("nobody"), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(d_.wire.sent, "");
}

TEST_F(SessionLogin, CapaIsNotAskedTwice) {
  Ready();
  EXPECT_EQ(pop3_capa(d_.session(), nullptr, nullptr), POP3_OK);
  EXPECT_EQ(Login(), POP3_OK);
  EXPECT_EQ(d_.wire.lines, (Lines{"CAPA", "AUTH X"}));
}

TEST_F(SessionLogin, AServerWithoutCapaOrWithABrokenOne) {
  for (const char *capa : {"-ERR what?\r\n", "+OK\r\n\x01\r\n.\r\n"}) {
    SessionDriver d;
    d.wire.replies["CAPA"] = capa;
    d.wire.server = [](const std::string &) { return "+OK\r\n"; };
    FakeAuth auth("other", 0, 1);
    auth.on_step = [](const std::string &words) {
      return words == "start" ? FakeAuth::Command("AUTH X") : FakeAuth::Done();
    };
    d.plugins.push_back(auth.plugin());
    d.StartReady();
    EXPECT_EQ(pop3_login(d.session(), &d.err), POP3_OK) << d.err.text;
  }
}

TEST_F(SessionLogin, NothingUsableSaysWhy) {
  weak_.points = 0;
  weak_.why = "no user name";
  strong_.points = -1;
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_NO_MECHANISM);
  EXPECT_STREQ(d_.err.text, "no mechanism is usable (weak: no user name; strong: not today)");
  EXPECT_EQ(pop3_stat(d_.session(), nullptr, nullptr, nullptr), POP3_OK);
}

TEST_F(SessionLogin, OnlyIfAsked) {
  FakeAuth shy("shy", POP3_AUTH_ONLY_IF_ASKED, 1000);
  shy.on_step = [](const std::string &words) {
    return words == "start" ? FakeAuth::Command("SHY") : FakeAuth::Done();
  };
  d_.plugins.push_back(shy.plugin());
  weak_.points = strong_.points = 0;
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_NO_MECHANISM);
  EXPECT_NE(std::string(d_.err.text).find("shy: only if asked for"), std::string::npos);
  EXPECT_EQ(Login("shy"), POP3_OK);
  d_.Free();
}

TEST_F(SessionLogin, ReadableCredentialsNeedAPrivateChannel) {
  for (const bool allowed : {false, true}) {
    SessionDriver d;
    d.wire.local = false;
    d.wire.server = [](const std::string &) { return "+OK\r\n"; };
    d.wire.replies["CAPA"] = "-ERR\r\n";
    d.options.allow_cleartext = allowed ? 1 : 0;
    FakeAuth plain("clear", POP3_AUTH_CLEARTEXT, 500);
    plain.on_step = [](const std::string &words) {
      return words == "start" ? FakeAuth::Command("PASS sesame", 5) : FakeAuth::Done();
    };
    d.plugins.push_back(plain.plugin());
    d.StartReady();
    EXPECT_EQ(pop3_login(d.session(), &d.err), allowed ? POP3_OK : POP3_ERR_POLICY);
    if (!allowed) {
      EXPECT_NE(std::string(d.err.text).find("set allow_cleartext"), std::string::npos);
      EXPECT_EQ(d.wire.lines, Lines{"CAPA"});
    }
    EXPECT_EQ(d.Seen().find("sesame"), std::string::npos);
  }
}

TEST_F(SessionLogin, OnAnOpenChannelOneThatHidesThePasswordIsChosen) {
  FakeAuth plain("clear", POP3_AUTH_CLEARTEXT, 500);
  d_.plugins.push_back(plain.plugin());
  d_.wire.local = false;
  Ready();
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_STREQ(pop3_session_mechanism(d_.session()), "strong");
  EXPECT_EQ(plain.begins, 0);
  d_.Free();
}

TEST_F(SessionLogin, AFamilyPlaysUnderManyNames) {
  FakeAuth family("family", POP3_AUTH_FAMILY, 50);
  std::string asked;
  family.on_score = [&](const pop3_auth_context *context) {
    asked = context->mechanism != nullptr ? context->mechanism : "any";
    return 50;
  };
  family.on_step = [](const std::string &words) {
    return words == "start" ? FakeAuth::Command("AUTH MEMBER") : FakeAuth::Done();
  };
  d_.plugins.push_back(family.plugin());
  Ready();
  EXPECT_EQ(Login("member-1"), POP3_OK) << d_.err.text;
  EXPECT_EQ(asked, "MEMBER-1");
  EXPECT_STREQ(pop3_session_mechanism(d_.session()), "MEMBER-1");
  EXPECT_EQ(weak_.begins + strong_.begins, 0);
  d_.Free();
}

TEST_F(SessionLogin, ARefusalLeavesTheSession) {
  d_.wire.replies["AUTH X"] = "-ERR [AUTH] wrong\r\n";
  Ready();
  EXPECT_EQ(Login(), POP3_REFUSED);
  EXPECT_EQ(d_.err.code, POP3_CODE_AUTH);
  EXPECT_EQ(strong_.steps, (Lines{"start", "err [AUTH] wrong"}));
  EXPECT_EQ(pop3_session_mechanism(d_.session()), nullptr);
  EXPECT_EQ(weak_.begins, 0) << "no second mechanism behind a refusal";
  d_.wire.replies["AUTH X"] = "+OK\r\n";
  EXPECT_EQ(Login(), POP3_OK) << "but the caller may try again";
}

TEST_F(SessionLogin, AnExchange) {
  strong_.on_step = [](const std::string &words) {
    if (words == "start") return FakeAuth::Command("AUTH STRONG");
    if (words == "challenge one") return FakeAuth::Answer("sesame");
    return words == "ok done" ? FakeAuth::Done() : FakeAuth::Fail();
  };
  d_.options.debug_level = 2;
  d_.allocator.Forbid("sesame");
  d_.wire.replies["AUTH STRONG"] = "+ one\r\n";
  d_.wire.replies["sesame"] = "+OK done\r\n";
  Ready();
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_EQ(strong_.steps, (Lines{"start", "challenge one", "ok done"}));
  EXPECT_EQ(d_.Seen().find("sesame"), std::string::npos);
}

// --- A mechanism that fails at each step

TEST_F(SessionLogin, FailsInBegin) {
  strong_.on_begin = [](const pop3_auth_context *, pop3_error *err) {
    return pop3_error_set(err, POP3_ERR_NO_CREDENTIALS, "strong", 0, "no password");
  };
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_NO_CREDENTIALS);
  EXPECT_STREQ(d_.err.text, "no password");
  EXPECT_EQ(strong_.ends, 0);
  strong_.begins = 0;
}

TEST_F(SessionLogin, FailsAtTheStart) {
  strong_.on_step = [](const std::string &) { return FakeAuth::Fail(); };
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_AUTH);
  EXPECT_EQ(d_.wire.lines, Lines{"CAPA"});
  EXPECT_EQ(pop3_stat(d_.session(), nullptr, nullptr, nullptr), POP3_OK);
}

TEST_F(SessionLogin, FailsAtAChallenge) {
  strong_.on_step = [](const std::string &words) {
    return words == "start" ? FakeAuth::Command("AUTH STRONG") : FakeAuth::Fail();
  };
  d_.wire.replies["AUTH STRONG"] = "+ one\r\n";
  d_.wire.replies["*"] = "-ERR cancelled\r\n";
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_AUTH);
  EXPECT_STREQ(d_.err.text, "fake failure");
  EXPECT_EQ(d_.wire.lines.back(), "*");
  EXPECT_EQ(pop3_stat(d_.session(), nullptr, nullptr, nullptr), POP3_OK) << "in step";
}

TEST_F(SessionLogin, FailsBehindSuccess) {
  strong_.on_step = [](const std::string &words) {
    return words == "start" ? FakeAuth::Command("AUTH X") : FakeAuth::Fail();
  };
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_AUTH);
  EXPECT_EQ(pop3_stat(d_.session(), nullptr, nullptr, nullptr), POP3_ERR_AUTH)
      << "the server believes that we are logged in: nothing more is said";
}

TEST_F(SessionLogin, VerdictsOutOfPlace) {
  strong_.on_step = [](const std::string &) { return FakeAuth::Done(); };
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_AUTH) << "done before anything was said";
  strong_.on_step = [](const std::string &) { return FakeAuth::Answer("not a command"); };
  EXPECT_EQ(Login(), POP3_ERR_AUTH);
  strong_.on_step = [](const std::string &) { return FakeAuth::Command("A\r\nDELE 1"); };
  EXPECT_EQ(Login(), POP3_ERR_ARGUMENT);
  EXPECT_EQ(d_.wire.lines, Lines{"CAPA"});
}

TEST_F(SessionLogin, AMechanismWithoutEnd) {
  strong_.on_step = [](const std::string &) { return FakeAuth::Command("AGAIN"); };
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_LIMIT);
}

// --- A security layer

TEST_F(SessionLogin, ASecurityLayerIsPushed) {
  strong_.on_step = [this](const std::string &words) {
    if (words == "start") return FakeAuth::Command("AUTH X");
    FakeAuth::Move move = FakeAuth::Done(ShiftLayer());
    layer_option_ = {"fake.wire", nullptr, 0, &d_.wire};
    move.layer_options = &layer_option_;
    move.num_layer_options = 1;
    return move;
  };
  Ready();
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_EQ(pop3_stat(d_.session(), nullptr, nullptr, &d_.err), POP3_OK) << d_.err.text;
  EXPECT_EQ(d_.wire.Count("shift.connect"), 1);
  EXPECT_EQ(d_.wire.lines.back(), "STAT");
  EXPECT_EQ(d_.wire.raw_sent.find("STAT"), std::string::npos) << "through the layer";
}

TEST_F(SessionLogin, OctetsBehindTheOkOfASecurityLayerAreFatal) {
  d_.wire.replies["AUTH X"] = "+OK\r\n+OK 1 2\r\n";
  strong_.on_step = [](const std::string &words) {
    return words == "start" ? FakeAuth::Command("AUTH X") : FakeAuth::Done(ShiftLayer());
  };
  Ready();
  (void)Login();
  EXPECT_EQ(pop3_stat(d_.session(), nullptr, nullptr, &d_.err), POP3_ERR_INJECTION);
}

// --- Cancelling

TEST_F(SessionLogin, CancelledInTheMiddle) {
  strong_.on_step = [](const std::string &words) {
    return words == "start" ? FakeAuth::Command("AUTH SLOW") : FakeAuth::Answer("x");
  };
  d_.wire.replies["AUTH SLOW"] = "";
  Ready();
  const pop3_op_id op = d_.SubmitLogin(nullptr);
  EXPECT_EQ(pop3_wait(d_.session(), op, 1000, &d_.err), POP3_ERR_TIMEOUT);
  EXPECT_EQ(d_.log, Lines{"#login1 done AUTH POP3_ERR_CANCELLED"});
  d_.wire.Say("+ late\r\n");
  d_.wire.replies["*"] = "-ERR cancelled\r\n";
  EXPECT_EQ(pop3_stat(d_.session(), nullptr, nullptr, &d_.err), POP3_OK) << d_.err.text;
}

TEST_F(SessionLogin, FreedInTheMiddle) {
  d_.wire.replies["AUTH X"] = "";
  Ready();
  d_.SubmitLogin(nullptr);
  pop3_step(d_.session());
  d_.Free();
  EXPECT_EQ(d_.log, Lines{"#login1 done AUTH POP3_ERR_CANCELLED"});
}

}  // namespace
