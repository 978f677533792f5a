// The login: what is asked before a mechanism is chosen, STLS among it, and how it ends.
#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <string>

#include "tests/core/fake_auth.h"
#include "tests/core/login_fixture.h"
#include "tests/core/session_driver.h"

namespace session_login_test {
namespace {

using pop3_core_test::FakeAuth;
using pop3_core_test::Lines;
using pop3_core_test::LoginFixture;
using pop3_core_test::SessionDriver;

class SessionLogin : public LoginFixture {};

TEST_F(SessionLogin, TheStrongestIsChosen) {
  Ready();
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_STREQ(pop3_session_mechanism(d_.session()), "strong");
  EXPECT_EQ(d_.wire.lines, (Lines{"CAPA", "AUTH X"}));
  EXPECT_EQ(weak_.begins, 0);
  EXPECT_EQ(Login(), POP3_ERR_STATE) << "logged in already";
}

TEST_F(SessionLogin, ASinkWithoutASizeIsRefused) {
  Ready();
  pop3_sink zeroed = {};
  pop3_op_id id = 7;
  EXPECT_EQ(pop3_submit_login(d_.session(), nullptr, &zeroed, &id, &d_.err), POP3_ERR_ARGUMENT);
  EXPECT_EQ(id, 0U);
  const pop3_request noop = POP3_REQUEST_INIT(POP3_CMD_NOOP);
  EXPECT_EQ(pop3_submit(d_.session(), &noop, &zeroed, &id, &d_.err), POP3_ERR_ARGUMENT);
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
}

TEST_F(SessionLogin, ByNameInAnyCase) {
  Ready();
  EXPECT_EQ(Login("WeAk"), POP3_OK);
  EXPECT_STREQ(pop3_session_mechanism(d_.session()), "weak");
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

TEST_F(SessionLogin, WhatWasConsideredIsForgottenWhenTheNextBegins) {
  d_.wire.replies["AUTH X"] = "-ERR [AUTH] wrong\r\n";
  Ready();
  EXPECT_EQ(Login(), POP3_REFUSED);
  EXPECT_EQ(Candidates().size(), 2U);
  d_.SubmitLogin(nullptr);
  EXPECT_EQ(Candidates(), Lines());
  EXPECT_EQ(d_.Settle(), POP3_STEP_IDLE);
}

TEST_F(SessionLogin, OneThatCannotBeQueuedLeavesNothing) {
  d_.limits.max_queued = 1;
  Ready();
  d_.Submit(POP3_CMD_NOOP);
  for (int i = 0; i < 2; i++) {
    EXPECT_EQ(d_.SubmitLogin("weak"), 0U);
    EXPECT_EQ(d_.err.status, POP3_ERR_ARGUMENT);
  }
  EXPECT_EQ(d_.Settle(), POP3_STEP_IDLE);
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
}

// --- STLS

class SessionLoginStls : public SessionLogin {
 protected:
  void SetUp() override {
    SessionLogin::SetUp();
    d_.wire.local = false;
    d_.wire.replies["CAPA"] = "+OK\r\nSTLS\r\nSASL CLEAR\r\n.\r\n";
    d_.wire.replies["STLS"] = "+OK go\r\n";
  }
};

TEST_F(SessionLoginStls, ComesFirst) {
  Ready();
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_EQ(d_.wire.lines, (Lines{"CAPA", "STLS", "CAPA", "AUTH X"}));
  EXPECT_EQ(d_.wire.raw_sent.find("AUTH"), std::string::npos) << "not readable on the wire";
  EXPECT_EQ(d_.wire.Count("tls.connect"), 1);
}

TEST_F(SessionLoginStls, IsDueAgainstTheCapabilitiesThatAreKnown) {
  Ready();
  EXPECT_EQ(pop3_capa(d_.session(), nullptr, nullptr), POP3_OK);
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_EQ(d_.wire.lines, (Lines{"CAPA", "STLS", "CAPA", "AUTH X"}));
}

TEST_F(SessionLoginStls, WasDoneByHand) {
  Ready();
  EXPECT_EQ(pop3_stls(d_.session(), &d_.err), POP3_OK) << d_.err.text;
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_EQ(d_.wire.lines, (Lines{"STLS", "CAPA", "AUTH X"}));
}

TEST_F(SessionLoginStls, OfferedAndThenRefused) {
  d_.wire.replies["STLS"] = "-ERR not today\r\n";
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_POLICY);
  EXPECT_NE(std::string(d_.err.text).find("not today"), std::string::npos) << d_.err.text;
  EXPECT_EQ(d_.wire.lines, (Lines{"CAPA", "STLS"})) << "and nothing of a login";
}

TEST_F(SessionLoginStls, NotVouchedFor) {
  d_.wire.encrypted = false;
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_POLICY);
  EXPECT_NE(std::string(d_.err.text).find("does not report"), std::string::npos) << d_.err.text;
  EXPECT_EQ(d_.wire.lines, (Lines{"CAPA", "STLS", "CAPA"})) << "and nothing of a login";
}

TEST_F(SessionLoginStls, TheHandshakeFails) {
  d_.wire.connect_fails = "tls";
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_IO);
  EXPECT_EQ(pop3_noop(d_.session(), nullptr), POP3_ERR_IO) << "no way back to the clear";
  EXPECT_EQ(weak_.begins + strong_.begins, 0);
}

TEST_F(SessionLoginStls, TheDeadlineCoversIt) {
  d_.wire.replies["STLS"] = "";
  d_.options.login_ms = 5000;
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_TIMEOUT);
}

TEST_F(SessionLoginStls, ARemoteServerWithoutIt) {
  d_.wire.replies["CAPA"] = "+OK\r\nSASL CLEAR\r\n.\r\n";
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_POLICY);
  EXPECT_NE(std::string(d_.err.text).find("option tls"), std::string::npos) << d_.err.text;
  EXPECT_EQ(d_.wire.lines, Lines{"CAPA"});
}

TEST_F(SessionLoginStls, EveryAllocationFails) {
  pop3_testing::ForEachAllocationFailure([](pop3_testing::FailingAllocator &allocator) {
    SessionDriver d;
    d.wire.local = false;
    d.wire.replies = {{"CAPA", "+OK\r\nSTLS\r\n.\r\n"}};
    d.wire.server = [](const std::string &) { return "+OK\r\n"; };
    d.options.allocator = allocator.get();
    FakeAuth auth("other", 0, 1);
    auth.on_step = [](const std::string &words) {
      return words == "start" ? FakeAuth::Command("AUTH X") : FakeAuth::Done();
    };
    d.plugins.push_back(auth.plugin());
    if (d.Start() != POP3_OK) {
      EXPECT_TRUE(allocator.has_failed());
      return;
    }
    const pop3_status status = pop3_login(d.session(), &d.err);
    EXPECT_TRUE(allocator.has_failed() ? status == POP3_ERR_MEMORY || status == POP3_OK
                                       : status == POP3_OK)
        << d.err.text;
    d.Free();
  });
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
}  // namespace session_login_test
