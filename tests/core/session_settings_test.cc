// What of a session is changed while it lives.
#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <cstddef>
#include <cstdint>
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

// --- Time limits

class SessionTimeLimits : public LoginFixture {
 protected:
  void SetUp() override {
    LoginFixture::SetUp();
    d_.wire.real_time = true;
    d_.wire.replies.clear();
    d_.wire.server = [](const std::string &) { return ""; };
  }
  pop3_status Set(const pop3_time_limits &limits) {
    return pop3_session_set_time_limits(d_.session(), &limits, &d_.err);
  }
  pop3_time_limits Get() {
    pop3_time_limits limits = POP3_TIME_LIMITS_INIT;
    pop3_session_time_limits(d_.session(), &limits);
    return limits;
  }
  // "connect idle login total", of the session.
  std::string Words() {
    const pop3_time_limits now = Get();
    return std::to_string(now.connect_ms) + " " + std::to_string(now.idle_ms) + " " +
           std::to_string(now.login_ms) + " " + std::to_string(now.total_ms);
  }
  // Due returns how far away the next deadline is; -1 if there is none.
  int64_t Due() {
    pop3_interest interest = POP3_INTEREST_INIT;
    pop3_session_interest(d_.session(), &interest);
    return interest.deadline_ms == POP3_NO_DEADLINE ? -1 : interest.deadline_ms - d_.wire.now_ms;
  }
  pop3_step_result StepAfter(int64_t ms) {
    d_.wire.now_ms += ms;
    return pop3_step(d_.session());
  }
};

TEST_F(SessionTimeLimits, AreThoseOfTheOptions) {
  ASSERT_EQ(d_.Start(), POP3_OK);
  const pop3_time_limits preset = POP3_TIME_LIMITS_INIT;
  pop3_time_limits now = Get();
  EXPECT_EQ(memcmp(&now, &preset, sizeof(now)), 0) << "the defaults are the same";
  EXPECT_EQ(Words(), "30000 60000 180000 -1");
  now.idle_ms = 5;
  now.reserved = 9;
  ASSERT_EQ(Set(now), POP3_OK);
  EXPECT_EQ(Words(), "30000 5 180000 -1");
  EXPECT_EQ(Get().reserved, 0U);
}

TEST_F(SessionTimeLimits, AreFilledAndReadAsFarAsTheCallerKnowsThem) {
  ASSERT_EQ(d_.Start(), POP3_OK);
  pop3_time_limits limits = POP3_TIME_LIMITS_INIT;
  limits.login_ms = 99;
  ASSERT_EQ(Set(limits), POP3_OK);
  limits.size = offsetof(pop3_time_limits, login_ms);
  limits.idle_ms = limits.login_ms = limits.total_ms = 7;
  ASSERT_EQ(Set(limits), POP3_OK);
  EXPECT_EQ(Words(), "30000 7 99 -1") << "the others stay";
  EXPECT_EQ(Get().size, sizeof(limits));
  limits.idle_ms = 1;
  pop3_session_time_limits(d_.session(), &limits);
  EXPECT_EQ(limits.size, offsetof(pop3_time_limits, login_ms));
  EXPECT_EQ(limits.idle_ms, 7);
  EXPECT_EQ(limits.login_ms, 7) << "nothing is written behind its size";
  struct Newer {
    pop3_time_limits known;
    int64_t later;
  } newer = {POP3_TIME_LIMITS_INIT, -5};
  newer.known.size = sizeof(newer);
  newer.known.total_ms = 12;
  ASSERT_EQ(Set(newer.known), POP3_OK);
  EXPECT_EQ(Words(), "30000 60000 180000 12");
  pop3_session_time_limits(d_.session(), &newer.known);
  EXPECT_EQ(newer.known.size, sizeof(pop3_time_limits));
  EXPECT_EQ(newer.later, -5);
}

TEST_F(SessionTimeLimits, AreRefusedAsAWhole) {
  ASSERT_EQ(d_.Start(), POP3_OK);
  const struct {
    int64_t pop3_time_limits::*limit;
    const char *name;
  } all[] = {{&pop3_time_limits::connect_ms, "connect_ms"},
             {&pop3_time_limits::idle_ms, "idle_ms"},
             {&pop3_time_limits::login_ms, "login_ms"},
             {&pop3_time_limits::total_ms, "total_ms"}};
  for (const auto &one : all) {
    for (const int64_t ms : {INT64_C(0), INT64_C(-2), INT64_MIN}) {
      pop3_time_limits limits = POP3_TIME_LIMITS_INIT;
      limits.connect_ms = limits.idle_ms = limits.login_ms = limits.total_ms = 1;
      limits.*one.limit = ms;
      EXPECT_EQ(Set(limits), POP3_ERR_ARGUMENT);
      EXPECT_EQ(std::string(d_.err.text), std::string(one.name) + " is " + std::to_string(ms) +
                                              ": it must be positive, or POP3_NO_TIMEOUT for none");
      EXPECT_EQ(Words(), "30000 60000 180000 -1");
    }
  }
  pop3_time_limits limits = POP3_TIME_LIMITS_INIT;
  limits.connect_ms = 1;
  for (const uint32_t size : {0U, 4U, 15U}) {
    limits.size = size;
    EXPECT_EQ(Set(limits), POP3_ERR_ARGUMENT);
    EXPECT_STREQ(d_.err.text, "time limits need their size: start from POP3_TIME_LIMITS_INIT");
  }
  EXPECT_EQ(pop3_session_set_time_limits(d_.session(), nullptr, nullptr), POP3_ERR_ARGUMENT);
  EXPECT_EQ(Words(), "30000 60000 180000 -1");
}

TEST_F(SessionTimeLimits, BeforeConnecting) {
  d_.wire.connect_never = true;
  ASSERT_EQ(d_.Start(), POP3_OK);
  pop3_time_limits limits = Get();
  limits.connect_ms = 400;
  ASSERT_EQ(Set(limits), POP3_OK);
  ASSERT_NE(d_.Submit(POP3_CMD_NOOP), 0U);
  ASSERT_EQ(StepAfter(0), POP3_STEP_AGAIN);
  EXPECT_EQ(Due(), 400);
  limits.connect_ms = 900;  // while it connects, from the same moment
  ASSERT_EQ(Set(limits), POP3_OK);
  EXPECT_EQ(StepAfter(899), POP3_STEP_AGAIN);
  EXPECT_EQ(Due(), 1);
  EXPECT_EQ(StepAfter(1), POP3_STEP_FAILED);
  EXPECT_EQ(d_.error_text(),
            "connecting to mail.example port 110 took longer than 900 ms (connect_ms)");
}

TEST_F(SessionTimeLimits, WhileAReplyIsDue) {
  d_.wire.replies["NOOP"] = "+OK\r\n";
  d_.StartReady();
  ASSERT_EQ(pop3_noop(d_.session(), &d_.err), POP3_OK) << d_.err.text;
  ASSERT_NE(d_.Submit(POP3_CMD_STAT), 0U);
  ASSERT_EQ(StepAfter(0), POP3_STEP_AGAIN);
  EXPECT_EQ(Due(), 60000);
  pop3_time_limits limits = Get();
  limits.idle_ms = POP3_NO_TIMEOUT;
  ASSERT_EQ(Set(limits), POP3_OK);
  EXPECT_EQ(Due(), -1);
  EXPECT_EQ(StepAfter(1000000), POP3_STEP_AGAIN) << d_.error_text();
  limits.idle_ms = 1000001;
  ASSERT_EQ(Set(limits), POP3_OK);
  EXPECT_EQ(Due(), 1);
  limits.idle_ms = 5000;  // long since over
  ASSERT_EQ(Set(limits), POP3_OK);
  EXPECT_EQ(StepAfter(0), POP3_STEP_FAILED);
  EXPECT_EQ(d_.error_text(),
            "no octet sent or received for 5000 ms while the reply to STAT is due (idle_ms)");
  EXPECT_EQ(Set(limits), POP3_OK) << "it does no harm";
}

TEST_F(SessionTimeLimits, InALoginAndOfTheWholeSession) {
  Ready();
  pop3_time_limits limits = Get();
  limits.login_ms = 700;
  limits.total_ms = 600;
  ASSERT_NE(d_.SubmitLogin(nullptr), 0U);
  ASSERT_EQ(StepAfter(0), POP3_STEP_AGAIN);
  ASSERT_EQ(Set(limits), POP3_OK);
  EXPECT_EQ(Due(), 600);
  limits.total_ms = POP3_NO_TIMEOUT;
  ASSERT_EQ(Set(limits), POP3_OK);
  EXPECT_EQ(Due(), 700);
  EXPECT_EQ(StepAfter(700), POP3_STEP_FAILED);
  EXPECT_EQ(d_.error_text(), "the login took longer than 700 ms (login_ms)");
}

// A wait that is under way obeys what a callback sets.
TEST_F(SessionTimeLimits, FromInsideAWait) {
  d_.wire.replies["CAPA"] = "+OK\r\n.\r\n";
  d_.StartReady();
  d_.wire.real_time = false;
  d_.on_audit = [this](const std::string &) {
    pop3_time_limits limits = Get();
    limits.idle_ms = 250;
    EXPECT_EQ(Set(limits), POP3_OK);
    return true;
  };
  const int64_t before = d_.wire.now_ms;
  pop3_error err = POP3_ERROR_INIT;
  EXPECT_EQ(pop3_noop(d_.session(), &err), POP3_ERR_TIMEOUT);
  EXPECT_EQ(d_.wire.now_ms - before, 250);
}

}  // namespace
}  // namespace session_settings_test
