// One new connection where a transport asks for it, and never more than one.
#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <string>

#include "tests/core/login_fixture.h"

namespace connecting_test {
namespace {

using pop3_core_test::FakeAuth;
using pop3_core_test::Lines;
using pop3_core_test::LoginFixture;
using pop3_core_test::SessionDriver;
using pop3_testing::FailingAllocator;
using pop3_testing::ForEachAllocationFailure;

class SessionAgain : public LoginFixture {
 protected:
  void SetUp() override {
    LoginFixture::SetUp();
    d_.wire.greeting = "+OK ready <1.2@host>\r\n";
    d_.wire.local = false;
    d_.wire.connect_fails = "tls";
    d_.wire.again = "tls.otherwise";
  }
  // Start makes the session, but does not connect.
  void Start() {
    d_.plugins.push_back(weak_.plugin());
    d_.plugins.push_back(strong_.plugin());
    for (auto *auth : {&weak_, &strong_}) {
      auth->on_step = [](const std::string &words) {
        if (words == "start") return FakeAuth::Command("AUTH X", 99);
        return FakeAuth::Done();
      };
    }
    ASSERT_EQ(d_.Start(), POP3_OK);
  }
  // From the start: "tls" is one of the session's transports.
  void StartTls() {
    d_.transports = {"fake", "tls"};
    Start();
  }
  // By a login that sends STLS.
  void StartStls() {
    d_.wire.replies["CAPA"] = "+OK\r\nSTLS\r\nSASL ONE\r\n.\r\n";
    Start();
  }
  int Connections() const { return d_.wire.Count("fake.create"); }
};

TEST_F(SessionAgain, FromTheStart) {
  d_.options.debug_level = 1;
  StartTls();
  EXPECT_EQ(pop3_noop(d_.session(), &d_.err), POP3_OK) << d_.err.text;
  EXPECT_EQ(d_.wire.calls,
            (Lines{"fake.create", "fake.connect", "tls.create", "tls.connect", "tls.destroy",
                   "fake.destroy", "fake.create", "fake.connect", "tls.create", "tls.connect"}));
  EXPECT_EQ(d_.audits,
            (Lines{"connect mail.example:110", "connect mail.example:110", "line NOOP"}));
  EXPECT_NE(d_.Seen().find("connect fails; one new connection, with tls.otherwise"),
            std::string::npos)
      << d_.Seen();
}

TEST_F(SessionAgain, OnlyOnce) {
  StartTls();
  // The second connection fails in the same way, and the transport asks for something else.
  d_.on_audit = [this](const std::string &) {
    if (Connections() > 0) d_.wire.again = "tls.something-else";
    return true;
  };
  EXPECT_EQ(pop3_noop(d_.session(), &d_.err), POP3_ERR_IO);
  EXPECT_EQ(Connections(), 2);
}

TEST_F(SessionAgain, NotIfNobodyAsks) {
  d_.wire.again.clear();
  StartTls();
  EXPECT_EQ(pop3_noop(d_.session(), &d_.err), POP3_ERR_IO);
  EXPECT_EQ(Connections(), 1);
}

TEST_F(SessionAgain, NotIfTheTransportCannotBeAsked) {
  d_.wire.connect_fails = "shift";
  d_.transports = {"fake", "shift"};
  Start();
  EXPECT_EQ(pop3_noop(d_.session(), &d_.err), POP3_ERR_IO);
  EXPECT_EQ(Connections(), 1);
}

TEST_F(SessionAgain, NotWithWhatIsThereOnlyOnce) {
  d_.wire.only_once = true;
  StartTls();
  EXPECT_EQ(pop3_noop(d_.session(), &d_.err), POP3_ERR_IO);
  EXPECT_EQ(Connections(), 1);
}

TEST_F(SessionAgain, AWayThatCannotBeGoneTwiceTellsTheFirstFailure) {
  StartTls();
  d_.on_audit = [this](const std::string &) {
    if (Connections() > 0) d_.wire.create_fails = "fake";
    return true;
  };
  EXPECT_EQ(pop3_noop(d_.session(), &d_.err), POP3_ERR_IO);
  EXPECT_STREQ(d_.err.text, "connect fails");
  EXPECT_EQ(Connections(), 1);
}

TEST_F(SessionAgain, TheAuditHookMayForbidIt) {
  StartTls();
  d_.on_audit = [this](const std::string &) { return Connections() == 0; };
  EXPECT_EQ(pop3_noop(d_.session(), &d_.err), POP3_ERR_AUDIT);
  EXPECT_EQ(Connections(), 1);
}

TEST_F(SessionAgain, TheTimeOfBothCounts) {
  d_.options.connect_ms = 1000;
  d_.wire.connects = {POP3_IO_WANT_READ};
  StartTls();
  d_.on_audit = [this](const std::string &) {
    if (Connections() > 0) d_.wire.connect_never = true;
    return true;
  };
  const int64_t before = d_.wire.now_ms;
  EXPECT_EQ(pop3_noop(d_.session(), &d_.err), POP3_ERR_TIMEOUT);
  EXPECT_EQ(d_.wire.now_ms - before, 1000);
  EXPECT_EQ(Connections(), 2);
}

// Behind STLS the second connection has a time of its own, and no more.
TEST_F(SessionAgain, ASecondConnectionBehindStlsHasItsTimeToo) {
  d_.options.connect_ms = 1000;
  d_.options.idle_ms = d_.options.login_ms = d_.options.total_ms = POP3_NO_TIMEOUT;
  StartStls();
  ASSERT_EQ(pop3_connect(d_.session(), &d_.err), POP3_OK) << d_.err.text;
  d_.wire.now_ms += 5000;
  d_.on_audit = [this](const std::string &line) {
    if (line.compare(0, 7, "connect") == 0) d_.wire.connect_never = true;
    return true;
  };
  const int64_t before = d_.wire.now_ms;
  EXPECT_EQ(Login(), POP3_ERR_TIMEOUT);
  EXPECT_EQ(d_.wire.now_ms - before, 1000);
  EXPECT_NE(std::string(d_.err.text).find("connect_ms"), std::string::npos) << d_.err.text;
  EXPECT_EQ(Connections(), 2);
}

TEST_F(SessionAgain, InALoginThatHasSentStls) {
  StartStls();
  ASSERT_EQ(pop3_connect(d_.session(), &d_.err), POP3_OK) << d_.err.text;
  const char *welcome = pop3_getwelcome(d_.session());
  // The second greeting is another one.
  d_.wire.greeting = "+OK once more <3.4@host>\r\n";
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_EQ(d_.wire.lines, (Lines{"CAPA", "STLS", "CAPA", "STLS", "CAPA", "AUTH X"}));
  EXPECT_EQ(Connections(), 2);
  pop3_security security = POP3_SECURITY_INIT;
  pop3_session_security(d_.session(), &security);
  EXPECT_EQ(security.stls, POP3_STLS_DONE);
  EXPECT_EQ(security.is_encrypted, 1U);
  EXPECT_STREQ(welcome, "ready <1.2@host>") << "valid as long as the session";
  EXPECT_STREQ(pop3_getwelcome(d_.session()), "once more <3.4@host>");
  size_t stamp_len = 0;
  const char *stamp = pop3_engine_timestamp(pop3_session_engine(d_.session()), &stamp_len);
  EXPECT_EQ(std::string(stamp, stamp_len), "<3.4@host>") << "for APOP";
}

TEST_F(SessionAgain, ASurveyToo) {
  StartStls();
  EXPECT_EQ(pop3_survey(d_.session(), &d_.err), POP3_OK) << d_.err.text;
  EXPECT_EQ(Connections(), 2);
  EXPECT_EQ(d_.wire.lines, (Lines{"CAPA", "STLS", "CAPA", "STLS", "CAPA"}));
}

// Whoever takes STLS out of the second connection gets no login in the clear.
TEST_F(SessionAgain, TheSecondConnectionMustOfferStlsAgain) {
  StartStls();
  int capas = 0;
  d_.wire.replies.erase("CAPA");
  d_.wire.server = [&capas](const std::string &line) -> std::string {
    if (line != "CAPA") return "+OK\r\n";
    return capas++ == 0 ? "+OK\r\nSTLS\r\nSASL ONE\r\n.\r\n" : "+OK\r\nSASL ONE\r\n.\r\n";
  };
  EXPECT_EQ(Login(), POP3_ERR_POLICY);
  EXPECT_EQ(d_.wire.lines, (Lines{"CAPA", "STLS", "CAPA"}));
}

// Where that is allowed: a security layer of the login in the clear is not taken for TLS.
TEST_F(SessionAgain, WithoutStlsTheSecondConnectionHasNone) {
  d_.options.tls = POP3_TLS_IF_OFFERED;
  StartStls();
  d_.wire.replies.erase("CAPA");
  int capas = 0;
  d_.wire.server = [&capas](const std::string &line) -> std::string {
    if (line != "CAPA") return "+OK\r\n";
    return capas++ == 0 ? "+OK\r\nSTLS\r\n.\r\n" : "+OK\r\nSASL ONE\r\n.\r\n";
  };
  strong_.on_step = [this](const std::string &words) {
    if (words == "start") return FakeAuth::Command("AUTH X", 99);
    FakeAuth::Move move = FakeAuth::Done(pop3_core_test::ShiftLayer());
    layer_option_ = {"fake.wire", nullptr, 0, &d_.wire};
    move.layer_options = &layer_option_;
    move.num_layer_options = 1;
    return move;
  };
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_EQ(pop3_stat(d_.session(), nullptr, nullptr, &d_.err), POP3_OK) << d_.err.text;
  pop3_security security = POP3_SECURITY_INIT;
  pop3_session_security(d_.session(), &security);
  EXPECT_EQ(security.stls, POP3_STLS_NOT_OFFERED);
}

TEST_F(SessionAgain, TheSecondGreetingMayBeARefusal) {
  StartStls();
  ASSERT_EQ(pop3_connect(d_.session(), &d_.err), POP3_OK) << d_.err.text;
  d_.wire.greeting = "-ERR [IN-USE] busy\r\n";
  EXPECT_EQ(Login(), POP3_REFUSED);
  EXPECT_EQ(d_.err.code, POP3_CODE_IN_USE);
  EXPECT_NE(std::string(d_.err.text).find("busy"), std::string::npos) << d_.err.text;
}

// A program that has sent STLS by itself, or queued more, finds its session ended instead of in a
// dialogue that it does not know.
TEST_F(SessionAgain, NotBehindTheProgramsBack) {
  StartStls();
  EXPECT_EQ(pop3_stls(d_.session(), &d_.err), POP3_ERR_IO);
  EXPECT_EQ(Connections(), 1);
}

TEST_F(SessionAgain, NotWithMoreInTheQueue) {
  StartStls();
  const pop3_op_id login = d_.SubmitLogin(nullptr);
  d_.wire.server = [this](const std::string &line) -> std::string {
    if (line == "STLS") d_.Submit(POP3_CMD_NOOP);
    return "+OK\r\n";
  };
  EXPECT_EQ(d_.Wait(login), POP3_ERR_IO);
  EXPECT_EQ(Connections(), 1);
}

// With each allocation failing: there is a login, or no memory, or the first failure.
TEST(SessionAgainMemory, EachAllocationFailing) {
  size_t successes = 0;
  const size_t calls = ForEachAllocationFailure([&](FailingAllocator &allocator) {
    FakeAuth auth("fakeauth", 0, 100);
    auth.on_step = [](const std::string &words) {
      return words == "start" ? FakeAuth::Command("AUTH X", 99) : FakeAuth::Done();
    };
    SessionDriver d;
    d.options.allocator = allocator.get();
    d.plugins.push_back(auth.plugin());
    d.wire.local = false;
    d.wire.connect_fails = "tls";
    d.wire.again = "tls.otherwise";
    d.wire.replies = {{"CAPA", "+OK\r\nSTLS\r\n.\r\n"}};
    d.wire.server = [](const std::string &) { return "+OK\r\n"; };
    pop3_status status = d.Start();
    if (status == POP3_OK) status = pop3_login(d.session(), &d.err);
    if (status == POP3_OK) successes++;
    EXPECT_TRUE(status == (allocator.has_failed() ? POP3_ERR_MEMORY : POP3_OK) ||
                (allocator.has_failed() && status == POP3_ERR_IO))
        << d.err.text;
    EXPECT_FALSE(d.wire.hung);
    d.Free();
  });
  EXPECT_GE(calls, 10U);
  EXPECT_EQ(successes, 2U) << "the run that nothing disturbed, once and once more";
}

}  // namespace
}  // namespace connecting_test
