// The security layer of a mechanism: pushed, given back, and what may be wrong with it.
#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <cstddef>
#include <string>

#include "tests/core/fake_auth.h"
#include "tests/core/login_fixture.h"
#include "tests/core/session_driver.h"

namespace exchange_layer_test {
namespace {

using pop3_core_test::FakeAuth;
using pop3_core_test::Lines;
using pop3_core_test::LoginFixture;
using pop3_core_test::ShiftLayer;

class SecurityLayer : public LoginFixture {};

int g_released = 0;

void CountRelease(const pop3_option *, size_t) { g_released++; }

TEST_F(SecurityLayer, ASecurityLayerIsPushed) {
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
  pop3_security report = POP3_SECURITY_INIT;
  pop3_session_security(d_.session(), &report);
  EXPECT_EQ(report.stls, POP3_STLS_UNKNOWN) << "it is not TLS";
  EXPECT_EQ(pop3_stls(d_.session(), &d_.err), POP3_ERR_STATE);
  EXPECT_NE(std::string(d_.err.text).find("after the login"), std::string::npos) << d_.err.text;
  EXPECT_EQ(d_.wire.lines.back(), "STAT") << "nothing was sent";
  d_.Free();
  EXPECT_EQ(g_released, 1) << "once";
}

// What a mechanism hands over is checked as a transport of the registry is.
TEST_F(SecurityLayer, ASecurityLayerThatIsNone) {
  void (*const breakages[])(pop3_transport_ops *) = {
      [](pop3_transport_ops *ops) { ops->abi += UINT32_C(1) << 16; },
      [](pop3_transport_ops *ops) {
        ops->size = static_cast<uint32_t>(offsetof(pop3_transport_ops, destroy));
      },
      [](pop3_transport_ops *ops) { ops->create = nullptr; },
      [](pop3_transport_ops *ops) { ops->connect = nullptr; },
      [](pop3_transport_ops *ops) { ops->read = nullptr; },
      [](pop3_transport_ops *ops) { ops->write = nullptr; },
      [](pop3_transport_ops *ops) { ops->interest = nullptr; },
      [](pop3_transport_ops *ops) { ops->destroy = nullptr; },
  };
  for (const auto &breakage : breakages) {
    pop3_transport_ops layer = *ShiftLayer();
    breakage(&layer);
    pop3_core_test::SessionDriver d;
    d.wire.server = [](const std::string &) { return "+OK\r\n"; };
    d.wire.replies["CAPA"] = "-ERR\r\n";
    FakeAuth auth("fakeauth", 0, 100);
    g_released = 0;
    auth.on_step = [&](const std::string &words) {
      if (words == "start") return FakeAuth::Command("AUTH X");
      FakeAuth::Move move = FakeAuth::Done(&layer);
      move.release_layer = CountRelease;
      return move;
    };
    d.plugins.push_back(auth.plugin());
    d.StartReady();
    EXPECT_EQ(pop3_login(d.session(), &d.err), POP3_ERR_AUTH);
    EXPECT_STREQ(d.err.layer, "login");
    EXPECT_STREQ(d.err.text,
                 "the security layer of fakeauth is not of this interface, or incomplete");
    EXPECT_EQ(pop3_session_mechanism(d.session()), nullptr);
    EXPECT_EQ(pop3_noop(d.session(), nullptr), POP3_ERR_AUTH) << "the server awaits the layer";
    d.Free();
    EXPECT_EQ(g_released, 1);
  }
}

TEST_F(SecurityLayer, OctetsBehindTheOkOfASecurityLayerAreFatal) {
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

TEST_F(SecurityLayer, ALayerOfALoginThatIsEndedMeanwhileIsGivenBack) {
  d_.wire.replies["AUTH X"] = "+OK\r\n";
  g_released = 0;
  strong_.on_step = [&](const std::string &words) {
    if (words == "start") return FakeAuth::Command("AUTH X");
    pop3_close(d_.session());
    FakeAuth::Move move = FakeAuth::Done(ShiftLayer());
    move.release_layer = CountRelease;
    return move;
  };
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_CANCELLED) << d_.err.text;
  EXPECT_EQ(g_released, 1);
  d_.Free();
  EXPECT_EQ(g_released, 1);
  EXPECT_EQ(d_.wire.Count("shift.create"), 0);
}

TEST_F(SecurityLayer, ThePluginKnowsMoreOfARefusal) {
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

TEST_F(SecurityLayer, TheServersWordsAreKept) {
  strong_.on_step = [this](const std::string &words) {
    if (words == "start") return FakeAuth::Command("AUTH X");
    strong_.context->detail(strong_.context->session, "{\"status\":\"401\"}", 16);
    return FakeAuth::Fail(POP3_OK);
  };
  d_.wire.replies["AUTH X"] = "-ERR no\r\n";
  Ready();
  EXPECT_EQ(Login(), POP3_REFUSED);
  pop3_security report = POP3_SECURITY_INIT;
  pop3_session_security(d_.session(), &report);
  EXPECT_EQ(std::string(report.detail, report.detail_len), "{\"status\":\"401\"}");
  d_.wire.replies["AUTH X"] = "+OK\r\n";
  EXPECT_EQ(Login("weak"), POP3_OK);
  pop3_session_security(d_.session(), &report);
  EXPECT_EQ(report.detail, nullptr) << "a new attempt begins without";
}

TEST_F(SecurityLayer, OfTheServersWordsTheLastAreKeptAndNotMoreThan4096) {
  strong_.on_step = [this](const std::string &words) {
    if (words == "start") return FakeAuth::Command("AUTH X");
    strong_.context->detail(strong_.context->session, "first", 5);
    const std::string text = std::string(4096, 'x') + "y";
    strong_.context->detail(strong_.context->session, text.data(), text.size());
    return FakeAuth::Fail(POP3_OK);
  };
  d_.wire.replies["AUTH X"] = "-ERR no\r\n";
  Ready();
  EXPECT_EQ(Login(), POP3_REFUSED);
  pop3_security report = POP3_SECURITY_INIT;
  pop3_session_security(d_.session(), &report);
  EXPECT_EQ(std::string(report.detail, report.detail_len), std::string(4096, 'x'));
}

}  // namespace
}  // namespace exchange_layer_test
