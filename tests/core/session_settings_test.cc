// What of a session is changed while it lives.
#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <cstring>
#include <string>

#include "tests/core/login_fixture.h"
#include "tests/core/session_driver.h"

namespace session_settings_test {
namespace {

using pop3_core_test::Lines;
using pop3_core_test::LoginFixture;
using pop3_core_test::SessionDriver;

// --- Options

class SessionOption : public LoginFixture {
 protected:
  void SetUp() override {
    LoginFixture::SetUp();
    d_.wire.local = false;
    d_.allocator.Forbid("sesame");
    d_.wire.on_create = [this](const std::string &name, const pop3_transport_config *config) {
      for (size_t i = 0; i < config->num_options; i++) {
        const pop3_option &one = config->options[i];
        if (strcmp(one.name, "fake.wire") == 0) continue;
        made_.push_back(name + ": " + one.name + " " + (one.text != nullptr ? one.text : "") +
                        std::to_string(one.number));
      }
    };
  }
  pop3_status Set(const char *name, const char *text, int64_t number = 0) {
    const pop3_option option = {name, text, number, nullptr};
    return pop3_session_set_option(d_.session(), &option, &d_.err);
  }

  Lines made_;  // what each transport saw: "tls: tls.thing text0"
};

TEST_F(SessionOption, BeforeTheConnectionIsMade) {
  ASSERT_EQ(d_.Start(), POP3_OK);
  d_.err.status = POP3_ERR_IO;
  EXPECT_EQ(Set("fake.proxy", "sesame", 1), POP3_OK);
  EXPECT_EQ(d_.err.status, POP3_OK) << "an error of before is gone";
  EXPECT_EQ(pop3_connect(d_.session(), &d_.err), POP3_OK);
  EXPECT_EQ(made_, Lines{"fake: fake.proxy sesame1"});
}

TEST_F(SessionOption, BetweenGreetingAndStls) {
  d_.transport_options = {{"tls.roots", "old", 0, nullptr}};
  d_.StartReady();
  made_.clear();
  std::string text = "sesame";
  EXPECT_EQ(Set("tls.roots", text.c_str()), POP3_OK) << d_.err.text;
  text = "------";
  EXPECT_EQ(Set("tls.pin", nullptr, 8), POP3_OK) << d_.err.text;
  EXPECT_EQ(pop3_stls(d_.session(), &d_.err), POP3_OK) << d_.err.text;
  EXPECT_EQ(made_, (Lines{"tls: tls.roots sesame0", "tls: tls.pin 8"}));
  EXPECT_EQ(Set("tls.roots", "new"), POP3_ERR_STATE);
  EXPECT_STREQ(d_.err.text,
               "option tls.roots comes too late: transport tls has read its options already; set "
               "it earlier, or in a new session");
  EXPECT_STREQ(d_.err.layer, "session");
  EXPECT_EQ(pop3_noop(d_.session(), &d_.err), POP3_OK) << "the session lives on";
}

TEST_F(SessionOption, BeforeTheStlsOfALogin) {
  d_.wire.replies["CAPA"] = "+OK\r\nSTLS\r\nSASL ONE\r\n.\r\n";
  Ready();
  EXPECT_EQ(Set("tls.pin", "a"), POP3_OK);
  EXPECT_EQ(Set("tls.pin", "b"), POP3_OK);
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  EXPECT_EQ(made_, Lines{"tls: tls.pin b0"}) << "the last one counts, and only that";
}

TEST_F(SessionOption, OfATransportThatStands) {
  d_.StartReady();
  EXPECT_EQ(Set("fake.proxy", "x"), POP3_ERR_STATE);
  EXPECT_EQ(Set("shift.thing", "x"), POP3_OK) << "of one that does not, and perhaps never will";
}

TEST_F(SessionOption, OfNoTransport) {
  ASSERT_EQ(d_.Start(), POP3_OK);
  EXPECT_EQ(pop3_session_set_option(d_.session(), nullptr, &d_.err), POP3_ERR_ARGUMENT);
  EXPECT_STREQ(d_.err.text, "option \"\" does not begin with a transport of the registry");
  EXPECT_EQ(Set(nullptr, "x"), POP3_ERR_ARGUMENT);
  EXPECT_EQ(Set("host", "x"), POP3_ERR_ARGUMENT);
  EXPECT_EQ(Set("pigeon.color", "x"), POP3_ERR_ARGUMENT);
  EXPECT_STREQ(d_.err.text,
               "option \"pigeon.color\" does not begin with a transport of the registry");
  EXPECT_EQ(pop3_session_set_option(d_.session(), nullptr, nullptr), POP3_ERR_ARGUMENT);
  EXPECT_EQ(pop3_connect(d_.session(), &d_.err), POP3_OK);
  EXPECT_EQ(made_, Lines());
}

TEST_F(SessionOption, AfterTheEnd) {
  d_.StartReady();
  ASSERT_EQ(pop3_quit(d_.session(), nullptr, &d_.err), POP3_OK);
  EXPECT_EQ(Set("tls.pin", "x"), POP3_ERR_STATE);
  EXPECT_STREQ(d_.err.text, "option tls.pin after the session was closed");
}

TEST_F(SessionOption, AfterAFailure) {
  d_.wire.connect_fails = "fake";
  ASSERT_EQ(d_.Start(), POP3_OK);
  ASSERT_EQ(pop3_connect(d_.session(), &d_.err), POP3_ERR_IO);
  EXPECT_EQ(Set("tls.pin", "x"), POP3_ERR_IO);
  EXPECT_STREQ(d_.err.text, "connect fails") << "the first error sticks";
  EXPECT_EQ(pop3_session_set_option(d_.session(), nullptr, nullptr), POP3_ERR_ARGUMENT);
}

// The list would move under the feet of the transport that reads it.
TEST_F(SessionOption, FromInsideTheMakingOfOne) {
  pop3_status inside = POP3_OK;
  d_.wire.on_create = [&](const std::string &, const pop3_transport_config *) {
    inside = Set("tls.pin", "x");
  };
  ASSERT_EQ(d_.Start(), POP3_OK);
  ASSERT_EQ(pop3_connect(d_.session(), nullptr), POP3_OK);
  EXPECT_EQ(inside, POP3_ERR_STATE);
}

// The second connection is made with what the audit hook has set, and with what tls asked for.
TEST_F(SessionOption, ForTheSecondConnection) {
  d_.wire.connect_fails = "tls";
  d_.wire.again = "tls.otherwise";
  d_.transports = {"fake", "tls"};
  d_.on_audit = [this](const std::string &line) {
    if (line.compare(0, 7, "connect") == 0 && !made_.empty()) {
      made_.clear();
      EXPECT_EQ(Set("fake.proxy", "second"), POP3_OK);
    }
    return true;
  };
  ASSERT_EQ(d_.Start(), POP3_OK);
  EXPECT_EQ(Set("fake.proxy", "first"), POP3_OK);
  EXPECT_EQ(pop3_connect(d_.session(), &d_.err), POP3_OK) << d_.err.text;
  EXPECT_EQ(made_, (Lines{"fake: tls.otherwise 7", "fake: fake.proxy second0",
                          "tls: tls.otherwise 7", "tls: fake.proxy second0"}));
}

TEST(SessionOptionMemory, EachAllocationFails) {
  size_t num_allocations = 0;
  for (size_t nth = 1; nth <= 4; nth++) {
    SessionDriver d;
    std::string seen;
    d.wire.on_create = [&](const std::string &, const pop3_transport_config *config) {
      for (size_t i = 0; i < config->num_options; i++) {
        if (strcmp(config->options[i].name, "fake.proxy") == 0) seen += config->options[i].text;
      }
    };
    d.allocator.Forbid("sesame");
    d.transport_options = {{"fake.proxy", "sesame", 0, nullptr}};
    ASSERT_EQ(d.Start(), POP3_OK);
    const size_t before = d.allocator.calls();
    d.allocator.FailAt(before + nth);
    const pop3_option option = {"fake.proxy", "open sesame", 0, nullptr};
    const pop3_status status = pop3_session_set_option(d.session(), &option, &d.err);
    if (status == POP3_OK) num_allocations = d.allocator.calls() - before;
    const bool failed = d.allocator.has_failed();
    EXPECT_EQ(status, failed ? POP3_ERR_MEMORY : POP3_OK);
    EXPECT_STREQ(d.err.text, failed ? "no memory for option fake.proxy" : "");
    d.allocator.NeverFail();
    ASSERT_EQ(pop3_connect(d.session(), &d.err), POP3_OK) << d.err.text;
    EXPECT_EQ(seen, failed ? "sesame" : "open sesame");
  }
  EXPECT_EQ(num_allocations, 3U) << "list, name, text";
}

}  // namespace
}  // namespace session_settings_test
