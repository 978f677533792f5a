// Giving operations to a session in each of its states, and taking them back.
#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <string>

#include "core/session/session_state.h"
#include "tests/core/fake_auth.h"
#include "tests/core/login_fixture.h"
#include "tests/core/session_driver.h"

namespace submit_test {
namespace {

using pop3_core_test::FakeAuth;
using pop3_core_test::Lines;
using pop3_core_test::LoginFixture;
using pop3_core_test::SessionDriver;

TEST(Submit, BeforeTheFirstStep) {
  SessionDriver d;
  d.wire.replies["NOOP"] = "+OK\r\n";
  ASSERT_EQ(d.Start(), POP3_OK);
  const pop3_op_id op = d.Submit(POP3_CMD_NOOP);
  EXPECT_NE(op, 0U);
  EXPECT_EQ(d.wire.calls, Lines()) << "the connection is made by the step";
  EXPECT_EQ(d.Settle(), POP3_STEP_IDLE);
  EXPECT_EQ(d.status_of(op), POP3_OK);
}

TEST(Submit, IsWorthAStep) {
  SessionDriver d;
  d.StartReady();
  (void)d.Settle();
  EXPECT_FALSE(d.session()->flags.is_touched);
  d.Submit(POP3_CMD_NOOP);
  EXPECT_TRUE(d.session()->flags.is_touched);
}

TEST(Submit, ToASessionThatHasFailedTellsWhy) {
  SessionDriver d;
  d.StartReady();
  d.wire.read_fails = true;
  EXPECT_EQ(d.Settle(), POP3_STEP_FAILED);
  EXPECT_EQ(d.Submit(POP3_CMD_NOOP), 0U);
  EXPECT_EQ(d.err.status, POP3_ERR_IO);
  EXPECT_STREQ(d.err.text, "read fails");
  const pop3_request request = POP3_REQUEST_INIT(POP3_CMD_NOOP);
  EXPECT_EQ(pop3_submit(d.session(), &request, nullptr, nullptr, nullptr), POP3_ERR_IO)
      << "also without id and error";
}

TEST(Submit, ToASessionThatIsClosed) {
  SessionDriver d;
  d.StartReady();
  pop3_close(d.session());
  EXPECT_EQ(d.Submit(POP3_CMD_STAT), 0U);
  EXPECT_EQ(d.err.status, POP3_ERR_STATE);
  EXPECT_STREQ(d.err.text, "STAT after the session was closed");
}

// A program that cannot encrypt hears of that, whatever has become of the session.
TEST(Submit, StlsWithoutATransport) {
  const pop3_transport_ops *bottom[] = {pop3_core_test::FakeWirePlugin()->transports[0]};
  const pop3_plugin plugin = {POP3_ABI, sizeof(plugin), "bare", "1", bottom, 1, nullptr, 0};
  SessionDriver d;
  d.plugins = {&plugin};
  d.StartReady();
  EXPECT_EQ(d.Submit(POP3_CMD_STLS), 0U);
  EXPECT_EQ(d.err.status, POP3_ERR_NOT_FOUND);
  EXPECT_NE(std::string(d.err.text).find("STLS needs a transport that encrypts"),
            std::string::npos);
  EXPECT_EQ(d.wire.lines, Lines());
  d.Free();
}

// Not the name counts, but what a transport can do.
TEST(Submit, StlsByATransportOfAnotherName) {
  const pop3_plugin *fake = pop3_core_test::FakeWirePlugin();
  pop3_transport_ops cipher = *fake->transports[1];
  ASSERT_STREQ(cipher.name, "tls");
  cipher.name = "cipher";
  const pop3_transport_ops *transports[] = {fake->transports[0], &cipher};
  const pop3_plugin plugin = {POP3_ABI, sizeof(plugin), "other", "1", transports, 2, nullptr, 0};
  SessionDriver d;
  d.plugins = {&plugin};
  d.wire.replies = {{"STLS", "+OK\r\n"}, {"NOOP", "+OK\r\n"}};
  d.StartReady();
  EXPECT_EQ(pop3_stls(d.session(), &d.err), POP3_OK) << d.err.text;
  EXPECT_EQ(d.wire.Count("tls.connect"), 1);
  EXPECT_EQ(pop3_noop(d.session(), &d.err), POP3_OK) << d.err.text;
  EXPECT_EQ(d.wire.raw_sent.find("NOOP"), std::string::npos) << "it went out encrypted";
  pop3_security report = POP3_SECURITY_INIT;
  pop3_session_security(d.session(), &report);
  EXPECT_EQ(report.stls, POP3_STLS_DONE);
  EXPECT_EQ(report.is_encrypted, 1U);
  EXPECT_EQ(pop3_stls(d.session(), &d.err), POP3_ERR_STATE) << "it is encrypted already";
  d.Free();
}

// Before it goes, what the capabilities in the clear said is remembered.
TEST(Submit, StlsRemembersWhatWasOffered) {
  SessionDriver d;
  d.wire.replies["CAPA"] = "+OK\r\nSTLS\r\n.\r\n";
  d.StartReady();
  ASSERT_EQ(pop3_capa(d.session(), nullptr, nullptr), POP3_OK);
  EXPECT_EQ(d.session()->stls.state, POP3_STLS_UNKNOWN);
  EXPECT_NE(d.Submit(POP3_CMD_STLS), 0U);
  EXPECT_EQ(d.session()->stls.state, POP3_STLS_OFFERED);
  EXPECT_NE(d.session()->stls.capabilities, 0U);
}

TEST(Resume, IsWorthAStep) {
  SessionDriver d;
  d.wire.replies["LIST"] = "+OK\r\n1 10\r\n2 20\r\n.\r\n";
  d.StartReady();
  int pieces = 0;
  d.on_piece = [&](pop3_op_id) { return ++pieces == 1 ? POP3_SINK_PAUSE : POP3_SINK_CONTINUE; };
  const pop3_op_id op = d.Submit(POP3_CMD_LIST);
  EXPECT_EQ(pop3_step(d.session()), POP3_STEP_AGAIN);
  EXPECT_TRUE(pop3_engine_paused(d.session()->engine));
  pop3_resume(d.session());
  EXPECT_FALSE(pop3_engine_paused(d.session()->engine));
  EXPECT_TRUE(d.session()->flags.is_touched);
  EXPECT_EQ(pieces, 1) << "the work is done by the step";
  EXPECT_EQ(d.Settle(), POP3_STEP_IDLE);
  EXPECT_EQ(pieces, 2);
  EXPECT_EQ(d.status_of(op), POP3_OK);
}

TEST(CancelOp, OneOfSeveral) {
  SessionDriver d;
  d.wire.server = [](const std::string &) { return "+OK 1 2\r\n"; };
  ASSERT_EQ(d.Start(), POP3_OK);
  const pop3_op_id first = d.Submit(POP3_CMD_NOOP);
  const pop3_op_id second = d.Submit(POP3_CMD_STAT);
  EXPECT_EQ(pop3_cancel_op(d.session(), first, &d.err), POP3_OK);
  EXPECT_EQ(d.status_of(first), POP3_ERR_CANCELLED);
  EXPECT_EQ(pop3_cancel_op(d.session(), first, &d.err), POP3_ERR_NOT_FOUND) << "it is over";
  EXPECT_EQ(d.Settle(), POP3_STEP_IDLE);
  EXPECT_EQ(d.status_of(second), POP3_OK);
  EXPECT_EQ(d.wire.lines, Lines{"STAT"});
}

TEST(CancelOp, WhatWasNeverSubmitted) {
  SessionDriver d;
  d.StartReady();
  EXPECT_EQ(pop3_cancel_op(d.session(), 4711, &d.err), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(pop3_cancel_op(d.session(), P3_LOGIN_OP | 1, nullptr), POP3_ERR_NOT_FOUND);
}

// A |done| that runs from there must not block, and may free the session.
TEST(CancelOp, TheSinkMayFreeTheSession) {
  SessionDriver d;
  d.StartReady();
  const pop3_op_id op = d.Submit(POP3_CMD_NOOP);
  d.on_done = [&](const pop3_result &) {
    EXPECT_EQ(pop3_wait(d.session(), 0, POP3_NO_TIMEOUT, nullptr), POP3_ERR_STATE);
    pop3_session_free(d.session());
  };
  EXPECT_EQ(pop3_cancel_op(d.session(), op, nullptr), POP3_OK);
  d.Forget();
  EXPECT_EQ(d.status_of(op), POP3_ERR_CANCELLED);
  EXPECT_EQ(d.wire.Count("fake.destroy"), 1);
}

using CancelLogin = LoginFixture;

TEST_F(CancelLogin, TheLastLineIsReadAndTheDialogueStaysInStep) {
  d_.wire.replies["AUTH X"] = "";
  Ready();
  const pop3_op_id op = d_.SubmitLogin(nullptr);
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_AGAIN);
  EXPECT_EQ(d_.wire.lines, (Lines{"CAPA", "AUTH X"}));
  EXPECT_EQ(pop3_cancel_op(d_.session(), op, &d_.err), POP3_OK);
  EXPECT_EQ(d_.status_of(op), POP3_ERR_CANCELLED);
  EXPECT_EQ(strong_.ends, 1);
  EXPECT_FALSE(d_.session()->flags.is_stepping);
  EXPECT_EQ(pop3_cancel_op(d_.session(), op, &d_.err), POP3_ERR_NOT_FOUND) << "it is over";
  d_.wire.Say("-ERR no\r\n");
  EXPECT_EQ(pop3_stat(d_.session(), nullptr, nullptr, &d_.err), POP3_OK) << d_.err.text;
}

// An id of a login before is not that of the present one.
TEST_F(CancelLogin, OnlyThePresentOne) {
  d_.wire.replies["AUTH X"] = "-ERR no\r\n";
  Ready();
  const pop3_op_id first = d_.SubmitLogin(nullptr);
  EXPECT_EQ(d_.Settle(), POP3_STEP_IDLE);
  EXPECT_EQ(d_.status_of(first), POP3_REFUSED);
  d_.wire.replies["AUTH X"] = "+OK\r\n";
  const pop3_op_id second = d_.SubmitLogin(nullptr);
  EXPECT_NE(first, second);
  EXPECT_EQ(pop3_cancel_op(d_.session(), first, nullptr), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(d_.Settle(), POP3_STEP_IDLE);
  EXPECT_EQ(d_.status_of(second), POP3_OK);
}

}  // namespace
}  // namespace submit_test
