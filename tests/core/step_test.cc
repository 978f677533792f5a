// Steps: how a connection is made, used and ended without ever blocking.
#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <string>

#include "tests/core/login_fixture.h"
#include "tests/core/session_driver.h"

namespace step_test {
namespace {

using pop3_core_test::FakeAuth;
using pop3_core_test::Lines;
using pop3_core_test::Number;
using pop3_core_test::Request;
using pop3_core_test::SessionDriver;

std::string Ok(const std::string &line) {
  if (line == "CAPA") return "+OK\r\nPIPELINING\r\nSTLS\r\n.\r\n";
  if (line.compare(0, 4, "RETR") == 0) return "+OK\r\n" + std::string(3000, 'x') + "\r\n.\r\n";
  return "+OK\r\n";
}

class SessionStep : public ::testing::Test {
 protected:
  void SetUp() override { d_.wire.server = Ok; }

  SessionDriver d_;
};

TEST_F(SessionStep, AnEventLoop) {
  ASSERT_EQ(d_.Start(), POP3_OK);
  d_.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(d_.Settle(), POP3_STEP_IDLE);
  EXPECT_EQ(d_.log, Lines{"#1 done NOOP OK"});
  EXPECT_EQ(d_.wire.calls, (Lines{"fake.create", "fake.connect"}));
  d_.Submit(POP3_CMD_QUIT);
  pop3_interest interest = POP3_INTEREST_INIT;
  pop3_session_interest(d_.session(), &interest);
  EXPECT_LE(interest.deadline_ms, d_.wire.now_ms) << "a submit makes a step worth while";
  EXPECT_EQ(d_.Settle(), POP3_STEP_CLOSED);
  EXPECT_EQ(d_.wire.calls, (Lines{"fake.create", "fake.connect", "fake.shutdown", "fake.destroy"}));
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_CLOSED);
}

TEST_F(SessionStep, AnIdleSessionWaitsForReadingAndNoticesTheHangUp) {
  d_.StartReady();
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_IDLE);
  d_.wire.real_time = true;
  pop3_interest interest = POP3_INTEREST_INIT;
  pop3_session_interest(d_.session(), &interest);
  EXPECT_EQ(d_.wire.last_events, POP3_WAIT_READ);
  EXPECT_EQ(interest.deadline_ms, POP3_NO_DEADLINE);
  d_.wire.eof = true;
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_CLOSED);
  EXPECT_EQ(pop3_session_error(d_.session()), nullptr);
}

TEST_F(SessionStep, AnInterestIsFilledAsFarAsItsOwnerKnowsIt) {
  d_.StartReady();
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_IDLE);
  pop3_interest interest = POP3_INTEREST_INIT;
  interest.size = offsetof(pop3_interest, deadline_ms);
  interest.deadline_ms = 4711;
  interest.events = 4711;
  pop3_session_interest(d_.session(), &interest);
  EXPECT_EQ(interest.size, offsetof(pop3_interest, deadline_ms));
  EXPECT_EQ(interest.events, POP3_WAIT_READ);
  EXPECT_EQ(interest.deadline_ms, 4711);
  interest.size = 0;
  interest.events = 4711;
  pop3_session_interest(d_.session(), &interest);
  EXPECT_EQ(interest.events, 4711U);
}

TEST_F(SessionStep, ConnectIsSteppedUntilDone) {
  d_.wire.connects = {POP3_IO_WANT_READ, POP3_IO_WANT_WRITE};
  ASSERT_EQ(d_.Start(), POP3_OK);
  d_.wire.real_time = true;
  for (const uint32_t events : {POP3_WAIT_READ, POP3_WAIT_WRITE}) {
    EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_AGAIN);
    pop3_interest interest = POP3_INTEREST_INIT;
    pop3_session_interest(d_.session(), &interest);
    EXPECT_EQ(d_.wire.last_events, events);
  }
  EXPECT_EQ(d_.Settle(), POP3_STEP_IDLE);
}

TEST_F(SessionStep, LayersAreMadeInOrder) {
  d_.transports = {"fake", "tls", "shift"};
  d_.StartReady();
  EXPECT_EQ(pop3_noop(d_.session(), nullptr), POP3_OK);
  pop3_close(d_.session());
  EXPECT_EQ(d_.wire.calls, (Lines{"fake.create", "fake.connect", "tls.create", "tls.connect",
                                  "shift.create", "shift.connect", "tls.shutdown", "fake.shutdown",
                                  "shift.destroy", "tls.destroy", "fake.destroy"}));
}

TEST_F(SessionStep, AFailedLayerFailsTheSession) {
  for (const char *name : {"fake", "tls"}) {
    for (int how = 0; how < 3; how++) {
      SessionDriver d;
      d.transports = {"fake", "tls"};
      (how == 0   ? d.wire.create_fails
       : how == 1 ? d.wire.connect_fails
                  : d.wire.connect_eof) = name;
      ASSERT_EQ(d.Start(), POP3_OK);
      const pop3_op_id op = d.Submit(POP3_CMD_NOOP);
      const pop3_status want = how == 0 ? POP3_ERR_ARGUMENT : how == 1 ? POP3_ERR_IO : POP3_ERR_EOF;
      EXPECT_EQ(d.Wait(op), want);
      EXPECT_EQ(d.status_of(op), want);
      EXPECT_EQ(pop3_session_error(d.session())->status, want);
      EXPECT_EQ(d.wire.Count("fake.shutdown"), 0);
    }
  }
}

TEST_F(SessionStep, AnUpperTransportAtTheBottom) {
  d_.transports = {"tls"};
  ASSERT_EQ(d_.Start(), POP3_OK);
  EXPECT_EQ(pop3_connect(d_.session(), &d_.err), POP3_ERR_ARGUMENT);
  EXPECT_STREQ(d_.err.text, "transport tls needs another one below it");
}

TEST_F(SessionStep, AnyPiecesAndWants) {
  for (const size_t most : {1U, 2U, 7U}) {
    SessionDriver d;
    d.wire.server = Ok;
    d.wire.read_most = d.wire.write_most = most;
    d.wire.read_wants_write = most == 2;
    d.wire.has_pending = most != 7;
    d.StartReady();
    EXPECT_EQ(pop3_capa(d.session(), nullptr, nullptr), POP3_OK);
    for (uint32_t i = 1; i <= 20; i++) d.Submit(POP3_CMD_RETR, i);
    EXPECT_EQ(d.Wait(0), POP3_OK) << d.err.text;
    EXPECT_EQ(d.log.size(), 40U);
  }
}

// --- Writing fails

TEST_F(SessionStep, AFailedWriteStillHearsTheServersLastWords) {
  d_.StartReady();
  const pop3_op_id op = d_.Submit(POP3_CMD_NOOP);
  d_.wire.write_fails = true;
  d_.wire.Say("-ERR [SYS/TEMP] shutting down\r\n");
  EXPECT_EQ(d_.Wait(op), POP3_REFUSED) << "the server's reason, not \"broken pipe\"";
  EXPECT_EQ(d_.err.code, POP3_CODE_SYS_TEMP);
  EXPECT_EQ(pop3_session_error(d_.session())->status, POP3_ERR_IO);
}

TEST_F(SessionStep, AFailedWriteWithoutLastWords) {
  d_.StartReady();
  const pop3_op_id op = d_.Submit(POP3_CMD_NOOP);
  d_.wire.write_fails = true;
  EXPECT_EQ(d_.Wait(op), POP3_ERR_IO);
  EXPECT_STREQ(d_.err.text, "write fails");
  EXPECT_EQ(d_.err.sys_errno, 5);
}

TEST_F(SessionStep, AWriteThatMeetsTheEnd) {
  d_.StartReady();
  const pop3_op_id op = d_.Submit(POP3_CMD_NOOP);
  d_.wire.write_eof = true;
  EXPECT_EQ(d_.Wait(op), POP3_ERR_EOF);
}

TEST_F(SessionStep, QuitAnsweredAfterAFailedWrite) {
  d_.StartReady();
  d_.Submit(POP3_CMD_QUIT);
  d_.wire.write_fails = true;
  d_.wire.Say("+OK bye\r\n");
  EXPECT_EQ(d_.Settle(), POP3_STEP_CLOSED);
  EXPECT_EQ(d_.wire.Count("fake.shutdown"), 0) << "only destroy follows a failure";
}

TEST_F(SessionStep, AFailedRead) {
  d_.StartReady();
  const pop3_op_id op = d_.Submit(POP3_CMD_NOOP);
  d_.wire.server = nullptr;
  d_.wire.read_fails = true;
  EXPECT_EQ(d_.Wait(op), POP3_ERR_IO);
  EXPECT_STREQ(d_.err.text, "read fails");
  EXPECT_STREQ(d_.err.layer, "fake");
}

TEST_F(SessionStep, ABlockedWriteWaitsForRoom) {
  d_.StartReady();
  d_.wire.write_room = 3;
  d_.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_AGAIN);
  d_.wire.real_time = true;
  pop3_interest interest = POP3_INTEREST_INIT;
  pop3_session_interest(d_.session(), &interest);
  EXPECT_NE(d_.wire.last_events & POP3_WAIT_WRITE, 0U);
  EXPECT_NE(d_.wire.last_events & POP3_WAIT_READ, 0U);
  d_.wire.write_room = SIZE_MAX;
  EXPECT_EQ(d_.Settle(), POP3_STEP_IDLE);
  EXPECT_EQ(d_.wire.lines, Lines{"NOOP"});
}

// --- Pausing

TEST_F(SessionStep, APausedSessionReadsNothing) {
  d_.limits.recv_buffer = 512;
  d_.StartReady();
  d_.on_piece = [](pop3_op_id) { return POP3_SINK_PAUSE; };
  const pop3_op_id op = d_.Submit(POP3_CMD_RETR, 1);
  d_.wire.real_time = true;
  for (int i = 0; i < 5; i++) EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_AGAIN);
  const size_t left = d_.wire.incoming.size();
  EXPECT_GT(left, 2000U);
  for (int i = 0; i < 5; i++) EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_AGAIN);
  EXPECT_EQ(d_.wire.incoming.size(), left);
  pop3_interest interest = POP3_INTEREST_INIT;
  pop3_session_interest(d_.session(), &interest);
  EXPECT_EQ(interest.events, 0U);
  EXPECT_EQ(interest.deadline_ms, POP3_NO_DEADLINE) << "nothing to do until it is resumed";
  for (int i = 0; i < 100 && d_.status_of(op) < 0; i++) {
    pop3_resume(d_.session());
    pop3_session_interest(d_.session(), &interest);
    EXPECT_EQ(interest.deadline_ms, d_.wire.now_ms);
    pop3_step(d_.session());
  }
  EXPECT_EQ(d_.status_of(op), POP3_OK);
}

TEST_F(SessionStep, ALongPauseIsNotTheServersSilence) {
  d_.limits.recv_buffer = 512;
  d_.StartReady();
  d_.on_piece = [](pop3_op_id) { return POP3_SINK_PAUSE; };
  const pop3_op_id op = d_.Submit(POP3_CMD_RETR, 1);
  for (int i = 0; i < 100 && d_.status_of(op) < 0; i++) {
    const pop3_step_result result = pop3_step(d_.session());
    EXPECT_EQ(result, d_.status_of(op) < 0 ? POP3_STEP_AGAIN : POP3_STEP_IDLE);
    d_.wire.now_ms += 600000;
    pop3_resume(d_.session());
  }
  EXPECT_EQ(d_.status_of(op), POP3_OK) << d_.error_text();
}

// --- What a step does, and what makes the next one worth while

TEST_F(SessionStep, AStepLeavesOffInTheMiddleAndSaysSo) {
  for (const bool has_pending : {false, true}) {
    SessionDriver d;
    d.limits.recv_buffer = 512;
    d.wire.has_pending = has_pending;
    d.wire.replies["RETR 1"] = "+OK\r\n" + std::string(100000, 'x') + "\r\n.\r\n";
    d.StartReady();
    d.wire.real_time = true;
    const pop3_op_id op = d.Submit(POP3_CMD_RETR, 1);
    EXPECT_EQ(pop3_step(d.session()), POP3_STEP_AGAIN);
    EXPECT_GT(d.wire.incoming.size(), 50000U) << "other sessions have their turn";
    pop3_interest interest = POP3_INTEREST_INIT;
    pop3_session_interest(d.session(), &interest);
    EXPECT_EQ(interest.deadline_ms, d.wire.now_ms) << "there is more to do at once";
    d.wire.real_time = false;
    EXPECT_EQ(d.Wait(op), POP3_OK);
  }
}

TEST_F(SessionStep, AStepReadsWhatIsThere) {
  for (const bool has_pending : {false, true}) {
    SessionDriver d;
    d.limits.recv_buffer = 512;
    d.wire.server = Ok;
    d.wire.has_pending = has_pending;
    d.StartReady();
    d.wire.real_time = true;
    if (has_pending) d.wire.read_most = 200;  // short reads: only the transport knows
    const pop3_op_id op = d.Submit(POP3_CMD_RETR, 1);
    EXPECT_EQ(pop3_step(d.session()), POP3_STEP_IDLE);
    EXPECT_EQ(d.status_of(op), POP3_OK);
  }
}

TEST_F(SessionStep, OctetsThatATransportHoldsAreWorthAStep) {
  d_.StartReady();
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_IDLE);
  d_.wire.real_time = true;
  pop3_interest interest = POP3_INTEREST_INIT;
  pop3_session_interest(d_.session(), &interest);
  EXPECT_EQ(interest.deadline_ms, POP3_NO_DEADLINE);
  d_.wire.Say("+OK");
  pop3_session_interest(d_.session(), &interest);
  EXPECT_EQ(interest.deadline_ms, d_.wire.now_ms);
}

TEST_F(SessionStep, ACancelledSessionIsWorthAStep) {
  d_.StartReady();
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_IDLE);
  d_.wire.real_time = true;
  pop3_session_cancel(d_.session());
  pop3_interest interest = POP3_INTEREST_INIT;
  pop3_session_interest(d_.session(), &interest);
  EXPECT_EQ(interest.deadline_ms, d_.wire.now_ms);
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_FAILED);
}

TEST_F(SessionStep, ASubmittedLoginIsWorthAStep) {
  d_.StartReady();
  EXPECT_EQ(pop3_capa(d_.session(), nullptr, nullptr), POP3_OK);
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_IDLE);
  d_.wire.real_time = true;
  d_.SubmitLogin(nullptr);
  pop3_interest interest = POP3_INTEREST_INIT;
  pop3_session_interest(d_.session(), &interest);
  EXPECT_EQ(interest.deadline_ms, d_.wire.now_ms);
}

TEST_F(SessionStep, ASinkThatTakesItsTimeIsNotTheServersSilence) {
  d_.options.idle_ms = 1000;
  d_.wire.replies["RETR 1"] = "+OK\r\nhalf a line";
  d_.StartReady();
  d_.wire.real_time = true;
  d_.on_piece = [this](pop3_op_id) {
    d_.wire.now_ms += 5000;
    return POP3_SINK_CONTINUE;
  };
  d_.Submit(POP3_CMD_RETR, 1);
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_AGAIN);
  d_.wire.now_ms += 999;
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_AGAIN) << d_.error_text();
  d_.wire.now_ms += 1;
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_FAILED);
}

TEST_F(SessionStep, AStepInACallbackDoesNothing) {
  d_.StartReady();
  int steps = 0;
  d_.on_done = [&](const pop3_result &) {
    EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_AGAIN);
    steps++;
  };
  d_.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(d_.Settle(), POP3_STEP_IDLE);
  EXPECT_EQ(steps, 1);
}

TEST_F(SessionStep, AFreedSessionSendsNothingMore) {
  d_.StartReady();
  d_.on_done = [&](const pop3_result &) { pop3_session_free(d_.session()); };
  d_.Submit(POP3_CMD_NOOP);
  d_.Submit(POP3_CMD_STAT);
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_CLOSED);
  d_.Forget();
  EXPECT_EQ(d_.wire.lines, Lines{"NOOP"});
}

TEST_F(SessionStep, NoGoodbyeOverAConnectionThatCannotBeWrittenTo) {
  d_.limits.recv_buffer = 512;
  d_.StartReady();
  EXPECT_EQ(pop3_capa(d_.session(), nullptr, nullptr), POP3_OK);
  d_.wire.real_time = true;
  d_.on_piece = [](pop3_op_id) { return POP3_SINK_PAUSE; };
  d_.Submit(POP3_CMD_RETR, 1);
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_AGAIN);
  d_.wire.write_fails = true;
  d_.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_AGAIN) << "what came before is read first";
  pop3_close(d_.session());
  EXPECT_EQ(d_.wire.Count("fake.shutdown"), 0);
  EXPECT_EQ(d_.wire.Count("fake.destroy"), 1);
}

// --- STLS

// The +OK to STLS may come with the last octet that a step reads: the handshake is left to the
// next.
TEST_F(SessionStep, StlsReturnsWhenTheChannelIsEncrypted) {
  for (size_t len = 1; len < 50; len++) {
    SessionDriver d;
    d.wire.local = false;
    d.wire.read_most = 1;
    d.wire.replies["STLS"] = "+OK " + std::string(len, 'x') + "\r\n";
    d.StartReady();
    EXPECT_EQ(pop3_stls(d.session(), &d.err), POP3_OK) << d.err.text;
    EXPECT_EQ(pop3_session_is_private(d.session()), 1) << len;
  }
}

TEST_F(SessionStep, StlsWithoutATransportForIt) {
  static const pop3_transport_ops *const kBottomOnly[] = {
      pop3_core_test::FakeWirePlugin()->transports[0]};
  static const pop3_plugin kPlugin = {
      POP3_ABI, sizeof(pop3_plugin), "bottom", "1", kBottomOnly, 1, nullptr, 0};
  d_.plugins = {&kPlugin};
  d_.StartReady();
  EXPECT_EQ(pop3_stls(d_.session(), &d_.err), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(d_.wire.lines, Lines());
  EXPECT_EQ(pop3_noop(d_.session(), nullptr), POP3_OK);
}

TEST_F(SessionStep, StlsPushesTls) {
  d_.wire.local = false;
  d_.StartReady();
  EXPECT_EQ(pop3_capa(d_.session(), nullptr, nullptr), POP3_OK);
  EXPECT_EQ(pop3_session_is_private(d_.session()), 0);
  EXPECT_EQ(pop3_stls(d_.session(), &d_.err), POP3_OK) << d_.err.text;
  EXPECT_EQ(pop3_session_is_private(d_.session()), 1);
  EXPECT_EQ(pop3_engine_capabilities(pop3_session_engine(d_.session())), nullptr);
  EXPECT_EQ(pop3_pass(d_.session(), "sesame", &d_.err), POP3_OK);
  EXPECT_EQ(d_.wire.lines.back(), "PASS sesame");
  EXPECT_EQ(d_.wire.raw_sent.find("sesame"), std::string::npos) << "not readable on the wire";
}

TEST_F(SessionStep, StlsInjection) {
  d_.wire.replies["STLS"] = "+OK go\r\n+OK injected\r\n";
  d_.StartReady();
  EXPECT_EQ(pop3_stls(d_.session(), &d_.err), POP3_ERR_INJECTION);
  EXPECT_EQ(d_.wire.Count("tls.create"), 0);
}

TEST_F(SessionStep, StlsRefusedAndFailed) {
  d_.wire.replies["STLS"] = "-ERR no\r\n";
  d_.StartReady();
  EXPECT_EQ(pop3_stls(d_.session(), &d_.err), POP3_REFUSED);
  EXPECT_EQ(pop3_noop(d_.session(), nullptr), POP3_OK);
  d_.wire.replies.clear();
  d_.wire.connect_fails = "tls";
  EXPECT_EQ(pop3_stls(d_.session(), &d_.err), POP3_ERR_IO);
  EXPECT_EQ(pop3_noop(d_.session(), nullptr), POP3_ERR_IO) << "no way back to the clear";
}

// SlowMechanism asks for its password once the server has said something.
class SlowMechanism : public pop3_core_test::LoginFixture {};

TEST_F(SlowMechanism, AnAnswerThatComesTooLateIsNotSent) {
  for (const int64_t ms : {999, 1000}) {
    pop3_core_test::SessionDriver d;
    d.wire.replies = {{"CAPA", "-ERR\r\n"}, {"AUTH X", "+ \r\n"}, {"secret", "+OK\r\n"}};
    d.plugins.push_back(strong_.plugin());
    d.options.login_ms = 1000;
    strong_.on_step = [&](const std::string &words) {
      if (words == "start") return FakeAuth::Command("AUTH X");
      if (words.compare(0, 9, "challenge") != 0) return FakeAuth::Done();
      d.wire.now_ms += ms;
      return FakeAuth::Answer("secret");
    };
    d.wire.real_time = true;
    d.StartReady();
    EXPECT_EQ(pop3_login(d.session(), &d.err), ms < 1000 ? POP3_OK : POP3_ERR_TIMEOUT);
    EXPECT_EQ(d.wire.lines.back(), ms < 1000 ? "secret" : "AUTH X");
    EXPECT_STREQ(d.err.text, ms < 1000 ? "" : "the login took longer than 1000 ms (login_ms)");
  }
}

}  // namespace
}  // namespace step_test
