#include "core/session/ending.h"

#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <string>

#include "tests/core/fake_auth.h"
#include "tests/core/login_fixture.h"
#include "tests/core/session_driver.h"

namespace ending_test {
namespace {

using pop3_core_test::FakeAuth;
using pop3_core_test::Lines;
using pop3_core_test::LoginFixture;
using pop3_core_test::SessionDriver;

pop3_error Error(pop3_status status, const char *text) {
  pop3_error error = POP3_ERROR_INIT;
  pop3_error_set(&error, status, "test", 0, "%s", text);
  return error;
}

// --- Failing

TEST(SessionEnding, AFailureEndsEveryOperationAndTheConnection) {
  SessionDriver d;
  d.StartReady();
  const pop3_op_id sent = d.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(pop3_step(d.session()), POP3_STEP_AGAIN);
  const pop3_op_id unsent = d.Submit(POP3_CMD_STAT);
  EXPECT_FALSE(p3_session_is_over(d.session()));
  d.on_done = [&](const pop3_result &result) {
    EXPECT_STREQ(result.error->text, "so be it");
    EXPECT_EQ(pop3_wait(d.session(), 0, POP3_NO_TIMEOUT, nullptr), POP3_ERR_STATE)
        << "a callback must not block";
  };
  p3_session_failf(d.session(), POP3_ERR_TIMEOUT, "so %s it", "be");
  EXPECT_EQ(d.status_of(sent), POP3_ERR_TIMEOUT);
  EXPECT_EQ(d.status_of(unsent), POP3_ERR_TIMEOUT);
  EXPECT_STREQ(pop3_session_error(d.session())->layer, "session");
  EXPECT_EQ(d.error_text(), "so be it");
  EXPECT_EQ(d.wire.Count("fake.destroy"), 1);
  EXPECT_EQ(d.wire.Count("fake.shutdown"), 0);
  EXPECT_TRUE(p3_session_is_over(d.session()));
  EXPECT_FALSE(d.session()->flags.is_stepping);
  EXPECT_EQ(d.session()->flags.num_holds, 0);
}

TEST(SessionEnding, TheFirstFailureIsTheOne) {
  SessionDriver d;
  d.StartReady();
  d.Submit(POP3_CMD_NOOP);
  d.on_done = [&](const pop3_result &) {
    const pop3_error third = Error(POP3_ERR_IO, "from inside a callback");
    p3_session_fail(d.session(), &third);
  };
  const pop3_error first = Error(POP3_ERR_TLS, "first");
  const pop3_error second = Error(POP3_ERR_IO, "second");
  p3_session_fail(d.session(), &first);
  p3_session_fail(d.session(), &second);
  EXPECT_EQ(d.error_text(), "first");
  EXPECT_EQ(pop3_session_error(d.session())->status, POP3_ERR_TLS);
}

TEST(SessionEnding, WhatIsClosedDoesNotFail) {
  SessionDriver d;
  d.StartReady();
  pop3_close(d.session());
  const pop3_error error = Error(POP3_ERR_IO, "too late");
  p3_session_fail(d.session(), &error);
  EXPECT_EQ(pop3_session_error(d.session()), nullptr);
  EXPECT_EQ(pop3_step(d.session()), POP3_STEP_CLOSED);
  EXPECT_FALSE(d.session()->flags.is_stepping);
}

TEST(SessionEnding, CloseEndsEveryOperationAndSaysGoodbyeOnce) {
  SessionDriver d;
  d.StartReady();
  const pop3_op_id op = d.Submit(POP3_CMD_NOOP);
  pop3_close(d.session());
  pop3_close(d.session());
  EXPECT_EQ(d.status_of(op), POP3_ERR_CANCELLED);
  EXPECT_EQ(d.wire.Count("fake.shutdown"), 1);
  EXPECT_EQ(d.wire.Count("fake.destroy"), 1);
  EXPECT_TRUE(p3_session_is_over(d.session()));
}

TEST(SessionEnding, CancelIsNoticedByTheNextStep) {
  SessionDriver d;
  d.StartReady();
  const pop3_op_id op = d.Submit(POP3_CMD_NOOP);
  pop3_session_cancel(d.session());
  EXPECT_EQ(d.status_of(op), -1) << "it may be called from a signal handler";
  EXPECT_EQ(pop3_step(d.session()), POP3_STEP_FAILED);
  EXPECT_EQ(d.status_of(op), POP3_ERR_CANCELLED);
  EXPECT_EQ(d.error_text(), "the session was cancelled");
}

// --- Holding

TEST(SessionEnding, AHeldSessionIsFreedByTheLastRelease) {
  SessionDriver d;
  d.StartReady();
  pop3_session *session = d.session();
  p3_session_hold(session);
  p3_session_hold(session);
  const pop3_op_id op = d.Submit(POP3_CMD_NOOP);
  pop3_session_free(session);
  EXPECT_EQ(d.status_of(op), -1) << "it is put off";
  EXPECT_TRUE(p3_session_is_over(session)) << "but nothing more is done";
  EXPECT_EQ(p3_session_release(session), 1);
  EXPECT_EQ(d.wire.Count("fake.destroy"), 0);
  EXPECT_EQ(p3_session_release(session), 0);
  d.Forget();
  EXPECT_EQ(d.status_of(op), POP3_ERR_CANCELLED);
  EXPECT_EQ(d.wire.Count("fake.destroy"), 1);
}

TEST(SessionEnding, AReleaseWithoutAFreeLeavesItAlone) {
  SessionDriver d;
  d.StartReady();
  p3_session_hold(d.session());
  EXPECT_EQ(p3_session_release(d.session()), 1);
  EXPECT_EQ(pop3_step(d.session()), POP3_STEP_IDLE);
}

// The sinks hear of the end from a session that is there, and may ask for it again.
TEST(SessionEnding, FreedInsideACallback) {
  enum How { kStep, kClose, kFail, kFree };
  for (const How how : {kStep, kClose, kFail, kFree}) {
    SCOPED_TRACE(how);
    SessionDriver d;
    d.wire.replies["NOOP"] = "+OK\r\n";
    d.StartReady();
    pop3_session *session = d.session();
    const pop3_op_id op = d.Submit(POP3_CMD_NOOP);
    const pop3_op_id other = d.Submit(POP3_CMD_STAT);
    d.on_done = [&](const pop3_result &) {
      pop3_session_free(session);
      EXPECT_EQ(d.wire.Count("fake.destroy"), 0) << "put off";
    };
    if (how == kStep) {
      EXPECT_EQ(pop3_step(session), POP3_STEP_CLOSED);
    }
    if (how == kClose) pop3_close(session);
    if (how == kFail) {  // as a step does
      p3_session_hold(session);
      p3_session_failf(session, POP3_ERR_IO, "bad");
      EXPECT_EQ(p3_session_release(session), 0);
    }
    if (how == kFree) pop3_session_free(session);
    d.Forget();
    EXPECT_EQ(d.status_of(op), how == kStep   ? POP3_OK
                               : how == kFail ? POP3_ERR_IO
                                              : POP3_ERR_CANCELLED);
    EXPECT_NE(d.status_of(other), -1);
    EXPECT_EQ(d.wire.Count("fake.destroy"), 1);
    EXPECT_EQ(d.allocator.live_blocks(), 0U);
  }
}

// --- Logins

using LoginEnding = LoginFixture;

TEST_F(LoginEnding, FinishedTellsSinkAndWatch) {
  d_.wire.replies["AUTH X"] = "";
  Ready();
  const pop3_op_id op = d_.SubmitLogin(nullptr);
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_AGAIN);
  pop3_session *session = d_.session();
  p3_watch watch = {};
  session->login_call.watch = &watch;
  const pop3_error error = Error(POP3_REFUSED, "no");
  d_.on_done = [&](const pop3_result &result) {
    EXPECT_EQ(result.op, op);
    EXPECT_EQ(result.command, POP3_CMD_AUTH);
    EXPECT_EQ(result.error, &error);
    EXPECT_FALSE(p3_login_is_active(&session->login)) << "another may begin";
    EXPECT_EQ(strong_.ends, 1);
    EXPECT_TRUE(watch.done);
  };
  p3_session_finish_login(session, &error);
  EXPECT_EQ(d_.status_of(op), POP3_REFUSED);
  EXPECT_EQ(watch.status, POP3_REFUSED);
  EXPECT_STREQ(watch.error.text, "no");
  EXPECT_EQ(session->login_call.watch, nullptr);
  EXPECT_EQ(session->login_call.awaited, 0U);
  EXPECT_EQ(session->login.credentials.num_refused, 1U);
}

TEST_F(LoginEnding, AbortOfNoneDoesNothing) {
  Ready();
  const pop3_error error = Error(POP3_ERR_IO, "bad");
  p3_session_abort_login(d_.session(), &error);
  EXPECT_FALSE(d_.session()->login_call.is_ending);
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
}

// While a plugin's function is on the stack its state must live: the end is put off.
TEST_F(LoginEnding, AbortWhileAPluginIsBusy) {
  strong_.on_step = [&](const std::string &) {
    const pop3_error error = Error(POP3_ERR_IO, "from inside");
    p3_session_abort_login(d_.session(), &error);
    EXPECT_TRUE(d_.session()->login_call.is_ending);
    EXPECT_EQ(strong_.ends, 0);
    EXPECT_TRUE(p3_login_is_active(&d_.session()->login));
    return FakeAuth::Command("AUTH X");
  };
  Ready();
  const pop3_op_id op = d_.SubmitLogin(nullptr);
  EXPECT_EQ(d_.Settle(), POP3_STEP_IDLE);
  EXPECT_EQ(d_.status_of(op), POP3_ERR_IO);
  EXPECT_EQ(d_.wire.lines, Lines{"CAPA"}) << "its line is not sent any more";
  EXPECT_EQ(strong_.ends, 1);
  EXPECT_FALSE(d_.session()->login_call.is_ending);
  EXPECT_FALSE(d_.session()->login_call.is_busy);
}

TEST_F(LoginEnding, BehindAnAbortNoPluginIsCalled) {
  strong_.on_score = [&](const pop3_auth_context *) {
    const pop3_error error = Error(POP3_ERR_IO, "from inside");
    p3_session_abort_login(d_.session(), &error);
    return 300;
  };
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_IO);
  EXPECT_STREQ(d_.err.text, "from inside");
  EXPECT_EQ(strong_.begins, 0);
  EXPECT_EQ(weak_.begins, 0);
}

TEST_F(LoginEnding, FreedByAPluginsFunction) {
  strong_.on_step = [&](const std::string &) {
    pop3_session_free(d_.session());
    return FakeAuth::Command("AUTH X");
  };
  Ready();
  const pop3_op_id op = d_.SubmitLogin(nullptr);
  for (int i = 0; i < 9 && d_.status_of(op) == -1; i++) (void)pop3_step(d_.session());
  d_.Forget();
  EXPECT_EQ(d_.status_of(op), POP3_ERR_CANCELLED);
  EXPECT_EQ(strong_.ends, 1);
  EXPECT_EQ(d_.wire.lines, Lines{"CAPA"});
}

// The connection ends while a cancelled exchange waits for the server: the reason is what made it
// cancel.
TEST_F(LoginEnding, AFailureDuringACancelledExchangeHasItsReason) {
  strong_.on_step = [](const std::string &words) {
    return words == "start" ? FakeAuth::Command("AUTH X") : FakeAuth::Fail(POP3_ERR_AUTH);
  };
  d_.wire.replies["AUTH X"] = "+ one\r\n";
  d_.wire.replies["*"] = "";
  Ready();
  const pop3_op_id op = d_.SubmitLogin(nullptr);
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_AGAIN);
  EXPECT_EQ(d_.wire.lines, (Lines{"CAPA", "AUTH X", "*"}));
  p3_session_failf(d_.session(), POP3_ERR_EOF, "gone");
  EXPECT_EQ(d_.status_of(op), POP3_ERR_AUTH);
  EXPECT_EQ(d_.error_text(), "gone");
}

}  // namespace
}  // namespace ending_test
