// The exchange of one mechanism, and how it may fail at each step.
#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <string>

#include "tests/core/fake_auth.h"
#include "tests/core/login_fixture.h"
#include "tests/core/session_driver.h"

namespace session_exchange_test {
namespace {

using pop3_core_test::FakeAuth;
using pop3_core_test::Lines;
using pop3_core_test::LoginFixture;
using pop3_core_test::ShiftLayer;

class SessionExchange : public LoginFixture {};

TEST_F(SessionExchange, AnExchange) {
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

TEST_F(SessionExchange, FailsInBegin) {
  strong_.on_begin = [](const pop3_auth_context *, pop3_error *err) {
    return pop3_error_set(err, POP3_ERR_NO_CREDENTIALS, "strong", 0, "no password");
  };
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_NO_CREDENTIALS);
  EXPECT_STREQ(d_.err.text, "no password");
  EXPECT_EQ(strong_.ends, 0);
  strong_.begins = 0;
}

TEST_F(SessionExchange, FailsAtTheStart) {
  strong_.on_step = [](const std::string &) { return FakeAuth::Fail(); };
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_AUTH);
  EXPECT_EQ(d_.wire.lines, Lines{"CAPA"});
  EXPECT_EQ(pop3_stat(d_.session(), nullptr, nullptr, nullptr), POP3_OK);
}

TEST_F(SessionExchange, FailsAtAChallenge) {
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

TEST_F(SessionExchange, FailsBehindSuccess) {
  strong_.on_step = [](const std::string &words) {
    return words == "start" ? FakeAuth::Command("AUTH X") : FakeAuth::Fail();
  };
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_AUTH);
  EXPECT_EQ(pop3_stat(d_.session(), nullptr, nullptr, nullptr), POP3_ERR_AUTH)
      << "the server believes that we are logged in: nothing more is said";
}

TEST_F(SessionExchange, VerdictsOutOfPlace) {
  strong_.on_step = [](const std::string &) { return FakeAuth::Done(); };
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_AUTH) << "done before anything was said";
  strong_.on_step = [](const std::string &) { return FakeAuth::Answer("not a command"); };
  EXPECT_EQ(Login(), POP3_ERR_AUTH);
  strong_.on_step = [](const std::string &) { return FakeAuth::Command("A\r\nDELE 1"); };
  EXPECT_EQ(Login(), POP3_ERR_ARGUMENT);
  EXPECT_EQ(d_.wire.lines, Lines{"CAPA"});
}

TEST_F(SessionExchange, AMechanismWithoutEnd) {
  strong_.on_step = [](const std::string &) { return FakeAuth::Command("AGAIN"); };
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_LIMIT);
}

// --- A security layer

int g_released = 0;

void CountRelease(const pop3_option *, size_t) { g_released++; }

TEST_F(SessionExchange, ASecurityLayerIsPushed) {
  g_released = 0;
  strong_.on_step = [this](const std::string &words) {
    if (words == "start") return FakeAuth::Command("AUTH X");
    FakeAuth::Move move = FakeAuth::Done(ShiftLayer());
    layer_option_ = {"fake.wire", nullptr, 0, &d_.wire};
    move.layer_options = &layer_option_;
    move.num_layer_options = 1;
    move.release_layer = CountRelease;
    return move;
  };
  Ready();
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_EQ(pop3_stat(d_.session(), nullptr, nullptr, &d_.err), POP3_OK) << d_.err.text;
  EXPECT_EQ(d_.wire.Count("shift.connect"), 1);
  EXPECT_EQ(g_released, 1);
  EXPECT_EQ(d_.wire.lines.back(), "STAT");
  EXPECT_EQ(d_.wire.raw_sent.find("STAT"), std::string::npos) << "through the layer";
}

TEST_F(SessionExchange, OctetsBehindTheOkOfASecurityLayerAreFatal) {
  d_.wire.replies["AUTH X"] = "+OK\r\n+OK 1 2\r\n";
  g_released = 0;
  strong_.on_step = [](const std::string &words) {
    if (words == "start") return FakeAuth::Command("AUTH X");
    FakeAuth::Move move = FakeAuth::Done(ShiftLayer());
    move.release_layer = CountRelease;
    return move;
  };
  Ready();
  (void)Login();
  EXPECT_EQ(pop3_stat(d_.session(), nullptr, nullptr, &d_.err), POP3_ERR_INJECTION);
  d_.Free();
  EXPECT_EQ(g_released, 1) << "instead of the layer's create";
}

TEST_F(SessionExchange, ThePluginKnowsMoreOfARefusal) {
  strong_.on_step = [](const std::string &words) {
    if (words == "start") return FakeAuth::Command("AUTH X");
    FakeAuth::Move move = FakeAuth::Fail(POP3_REFUSED);
    move.error_text = "wrong (and the token is stale)";
    return move;
  };
  d_.wire.replies["AUTH X"] = "-ERR [AUTH] wrong\r\n";
  Ready();
  EXPECT_EQ(Login(), POP3_REFUSED);
  EXPECT_STREQ(d_.err.text, "wrong (and the token is stale)");
  EXPECT_EQ(d_.err.code, POP3_CODE_AUTH);
}

TEST_F(SessionExchange, TheServersWordsAreKept) {
  strong_.on_step = [this](const std::string &words) {
    if (words == "start") return FakeAuth::Command("AUTH X");
    strong_.context->detail(strong_.context->session, "{\"status\":\"401\"}", 16);
    return FakeAuth::Fail(POP3_OK);
  };
  d_.wire.replies["AUTH X"] = "-ERR no\r\n";
  Ready();
  EXPECT_EQ(Login(), POP3_REFUSED);
  pop3_security report;
  pop3_session_security(d_.session(), &report);
  EXPECT_EQ(std::string(report.detail, report.detail_len), "{\"status\":\"401\"}");
  d_.wire.replies["AUTH X"] = "+OK\r\n";
  EXPECT_EQ(Login("weak"), POP3_OK);
  pop3_session_security(d_.session(), &report);
  EXPECT_EQ(report.detail, nullptr) << "a new attempt begins without";
}

}  // namespace
}  // namespace session_exchange_test
