// Deadlines, with a clock that only the test moves.
#include <gtest/gtest.h>
#include <pop3/commands.h>
#include <pop3/plugins/user_pass.h>
#include <pop3/session.h>

#include <cstring>
#include <string>
#include <vector>

#include "tests/core/fake_wire.h"

namespace timing_test {
namespace {

using pop3_core_test::FakeWire;
using pop3_core_test::FakeWirePlugin;

constexpr int64_t kDay = 24 * 60 * 60 * 1000;

class SessionDeadline : public ::testing::Test {
 protected:
  SessionDeadline() {
    wire_.real_time = true;  // looking at what there is to wait for takes no time
    options_.transports = kTransports;
    options_.num_transports = 1;
    options_.host = "mail.example.net";
    options_.port = 110;
    options_.options = &option_;
    options_.num_options = 1;
    options_.user = "jane";
    options_.password = "tanstaaf";
    options_.clock_ms = FakeWire::Clock;
    options_.clock_arg = &wire_;
    EXPECT_EQ(pop3_registry_new(&registry_, nullptr, nullptr), POP3_OK);
    EXPECT_EQ(pop3_registry_add(registry_, FakeWirePlugin(), nullptr), POP3_OK);
    EXPECT_EQ(pop3_registry_add(registry_, pop3_plugin_user_pass(POP3_ABI), nullptr), POP3_OK);
  }

  ~SessionDeadline() override {
    pop3_session_free(session_);
    pop3_registry_free(registry_);
    EXPECT_EQ(wire_.complaints, std::vector<std::string>());
  }

  void Start() {
    pop3_error err = POP3_ERROR_INIT;
    ASSERT_EQ(pop3_session_new(&session_, registry_, &options_, &err), POP3_OK) << err.text;
  }
  void StartGreeted() {
    Start();
    ASSERT_EQ(pop3_step(session_), POP3_STEP_IDLE) << Words();
    ASSERT_STREQ(pop3_getwelcome(session_), "ready");
  }

  pop3_step_result StepAfter(int64_t ms) {
    wire_.now_ms += ms;
    return pop3_step(session_);
  }

  pop3_op_id Submit(pop3_command command, const pop3_sink *sink = nullptr) {
    const pop3_request request = POP3_REQUEST_INIT(command);
    return SubmitRequest(request, sink);
  }
  pop3_op_id SubmitRequest(const pop3_request &request, const pop3_sink *sink = nullptr) {
    pop3_op_id op = 0;
    pop3_error err = POP3_ERROR_INIT;
    EXPECT_EQ(pop3_submit(session_, &request, sink, &op, &err), POP3_OK) << err.text;
    return op;
  }

  // Due returns how far away the next deadline is.
  int64_t Due() {
    pop3_interest interest = POP3_INTEREST_INIT;
    pop3_session_interest(session_, &interest);
    EXPECT_NE(interest.deadline_ms, POP3_NO_DEADLINE);
    return interest.deadline_ms - wire_.now_ms;
  }

  // Words returns the session's failure, "" if it has none.
  std::string Words() const {
    const pop3_error *error = pop3_session_error(session_);
    return error != nullptr ? error->text : "";
  }
  void ExpectTimeout(const std::string &words) {
    const pop3_error *error = pop3_session_error(session_);
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(error->status, POP3_ERR_TIMEOUT);
    EXPECT_STREQ(error->layer, "session");
    EXPECT_EQ(std::string(error->text), words);
  }

  static constexpr const char *kTransports[] = {"fake"};
  FakeWire wire_;
  pop3_option option_ = {"fake.wire", nullptr, 0, &wire_};
  pop3_session_options options_ = POP3_SESSION_OPTIONS_INIT;
  pop3_registry *registry_ = nullptr;
  pop3_session *session_ = nullptr;
};

// --- What may be asked for

TEST_F(SessionDeadline, ZeroAndNegativeLimitsAreRefused) {
  const struct {
    int64_t pop3_session_options::*limit;
    const char *name;
  } limits[] = {{&pop3_session_options::connect_ms, "connect_ms"},
                {&pop3_session_options::idle_ms, "idle_ms"},
                {&pop3_session_options::login_ms, "login_ms"},
                {&pop3_session_options::total_ms, "total_ms"}};
  for (const auto &one : limits) {
    for (const int64_t ms : {INT64_C(0), INT64_C(-2)}) {
      pop3_session_options options = options_;
      options.*one.limit = ms;
      pop3_error err = POP3_ERROR_INIT;
      EXPECT_EQ(pop3_session_new(&session_, registry_, &options, &err), POP3_ERR_ARGUMENT);
      EXPECT_EQ(session_, nullptr);
      EXPECT_EQ(std::string(err.text), std::string(one.name) + " is " + std::to_string(ms) +
                                           ": it must be positive, or POP3_NO_TIMEOUT for none");
    }
  }
}

TEST_F(SessionDeadline, Defaults) {
  EXPECT_EQ(options_.connect_ms, 30000);
  EXPECT_EQ(options_.idle_ms, 60000);
  EXPECT_EQ(options_.login_ms, 180000);
  EXPECT_EQ(options_.total_ms, POP3_NO_TIMEOUT);
}

TEST_F(SessionDeadline, TheLongestLimitsDoNotOverflow) {
  options_.connect_ms = options_.idle_ms = options_.login_ms = options_.total_ms = INT64_MAX;
  StartGreeted();
  ASSERT_EQ(pop3_submit_login(session_, nullptr, nullptr, nullptr, nullptr), POP3_OK);
  EXPECT_EQ(StepAfter(0), POP3_STEP_AGAIN) << Words();
  EXPECT_EQ(StepAfter(kDay), POP3_STEP_AGAIN) << Words();
}

// --- connect_ms

TEST_F(SessionDeadline, ConnectTakesTooLong) {
  wire_.connect_never = true;
  Start();
  const pop3_op_id op = Submit(POP3_CMD_STAT);
  ASSERT_EQ(pop3_step(session_), POP3_STEP_AGAIN);
  EXPECT_EQ(Due(), 30000);
  EXPECT_EQ(StepAfter(29999), POP3_STEP_AGAIN);
  EXPECT_EQ(Due(), 1);
  EXPECT_EQ(StepAfter(1), POP3_STEP_FAILED);
  ExpectTimeout("connecting to mail.example.net port 110 took longer than 30000 ms (connect_ms)");
  // What was queued fails with the same words.
  pop3_error err = POP3_ERROR_INIT;
  EXPECT_EQ(pop3_wait(session_, op, POP3_NO_TIMEOUT, &err), POP3_ERR_TIMEOUT);
  EXPECT_EQ(std::string(err.text), Words());
}

TEST_F(SessionDeadline, ASilentGreetingCountsAsConnecting) {
  wire_.greeting = "";
  options_.connect_ms = 5000;
  Start();
  ASSERT_EQ(pop3_step(session_), POP3_STEP_AGAIN);
  // Octets that come drop by drop do not put it off.
  wire_.Say("+OK re");
  EXPECT_EQ(StepAfter(4999), POP3_STEP_AGAIN);
  wire_.Say("ady");
  EXPECT_EQ(StepAfter(1), POP3_STEP_FAILED);
  ExpectTimeout(
      "mail.example.net port 110 accepted the connection but sent no greeting within 5000 ms "
      "(connect_ms); a port that expects TLS stays silent like this");
}

TEST_F(SessionDeadline, ConnectIsOverWithTheGreeting) {
  StartGreeted();
  EXPECT_EQ(StepAfter(30000), POP3_STEP_IDLE) << Words();
  EXPECT_EQ(StepAfter(kDay), POP3_STEP_IDLE) << Words();
}

TEST_F(SessionDeadline, AnUpperTransportIsPartOfConnecting) {
  static const char *const kTwo[] = {"fake", "tls"};
  options_.transports = kTwo;
  options_.num_transports = 2;
  wire_.greeting = "";
  wire_.connects = {POP3_IO_DONE, POP3_IO_WANT_READ, POP3_IO_WANT_READ};
  Start();
  ASSERT_EQ(pop3_step(session_), POP3_STEP_AGAIN);
  EXPECT_EQ(StepAfter(30000), POP3_STEP_FAILED);
  ExpectTimeout("connecting to mail.example.net port 110 took longer than 30000 ms (connect_ms)");
}

TEST_F(SessionDeadline, BlockingConnect) {
  wire_.real_time = false;  // now waiting takes time
  wire_.connect_never = true;
  Start();
  const int64_t start = wire_.now_ms;
  pop3_error err = POP3_ERROR_INIT;
  EXPECT_EQ(pop3_connect(session_, &err), POP3_ERR_TIMEOUT);
  EXPECT_EQ(wire_.now_ms - start, 30000);
  EXPECT_EQ(std::string(err.text), Words());
}

// --- idle_ms

TEST_F(SessionDeadline, IdleWhileAReplyIsDue) {
  StartGreeted();
  wire_.now_ms += 7;
  Submit(POP3_CMD_STAT);
  ASSERT_EQ(pop3_step(session_), POP3_STEP_AGAIN);
  EXPECT_EQ(Due(), 60000);
  EXPECT_EQ(StepAfter(59999), POP3_STEP_AGAIN);
  EXPECT_EQ(StepAfter(1), POP3_STEP_FAILED);
  ExpectTimeout("no octet sent or received for 60000 ms while the reply to STAT is due (idle_ms)");
}

TEST_F(SessionDeadline, AnySignOfTheServerPutsIdleOff) {
  StartGreeted();
  Submit(POP3_CMD_STAT);
  ASSERT_EQ(pop3_step(session_), POP3_STEP_AGAIN);
  for (const char c : std::string("+OK 2 320")) {
    wire_.Say(std::string(1, c));
    ASSERT_EQ(StepAfter(59999), POP3_STEP_AGAIN) << Words();
  }
  EXPECT_EQ(StepAfter(60000), POP3_STEP_FAILED);
}

TEST_F(SessionDeadline, AReplyInTimeIsAReply) {
  StartGreeted();
  Submit(POP3_CMD_NOOP);
  ASSERT_EQ(pop3_step(session_), POP3_STEP_AGAIN);
  ASSERT_EQ(StepAfter(59999), POP3_STEP_AGAIN);
  wire_.Say("+OK\r\n");
  EXPECT_EQ(StepAfter(0), POP3_STEP_IDLE) << Words();
}

TEST_F(SessionDeadline, AnIdleSessionIsNotStruck) {
  StartGreeted();
  EXPECT_EQ(StepAfter(60000), POP3_STEP_IDLE) << Words();
  EXPECT_EQ(StepAfter(365 * kDay), POP3_STEP_IDLE) << Words();
  pop3_interest interest = POP3_INTEREST_INIT;
  pop3_session_interest(session_, &interest);
  EXPECT_EQ(interest.deadline_ms, POP3_NO_DEADLINE);
}

TEST_F(SessionDeadline, ALongSilenceBeforeACommandIsNotTheServersFault) {
  StartGreeted();
  wire_.now_ms += kDay;
  Submit(POP3_CMD_NOOP);
  ASSERT_EQ(pop3_step(session_), POP3_STEP_AGAIN) << Words();
  ASSERT_EQ(StepAfter(59999), POP3_STEP_AGAIN) << Words();
  wire_.Say("+OK\r\n");
  EXPECT_EQ(StepAfter(0), POP3_STEP_IDLE) << Words();
}

TEST_F(SessionDeadline, IdleIsNotCountedWhileASinkPauses) {
  StartGreeted();
  std::string body;
  pop3_sink sink = POP3_SINK_INIT;
  sink.arg = &body;
  sink.body = [](void *arg, const uint8_t *data, size_t len) {
    static_cast<std::string *>(arg)->append(reinterpret_cast<const char *>(data), len);
    return POP3_SINK_PAUSE;
  };
  pop3_request request = POP3_REQUEST_INIT(POP3_CMD_RETR);
  request.number = 1;
  SubmitRequest(request, &sink);
  wire_.replies["RETR 1"] = "+OK\r\nhello\r\n";
  ASSERT_EQ(pop3_step(session_), POP3_STEP_AGAIN);
  ASSERT_EQ(body, "hello\r\n");
  EXPECT_EQ(StepAfter(10 * 60000), POP3_STEP_AGAIN) << Words();
  pop3_interest interest = POP3_INTEREST_INIT;
  pop3_session_interest(session_, &interest);
  EXPECT_EQ(interest.deadline_ms, POP3_NO_DEADLINE);

  // From the resume on it is the server's turn again: it has the whole time.
  pop3_resume(session_);
  EXPECT_EQ(StepAfter(0), POP3_STEP_AGAIN) << Words();
  EXPECT_EQ(StepAfter(59999), POP3_STEP_AGAIN) << Words();
  EXPECT_EQ(StepAfter(1), POP3_STEP_FAILED);
  ExpectTimeout("no octet sent or received for 60000 ms while the reply to RETR is due (idle_ms)");
}

TEST_F(SessionDeadline, IdleHoldsForALaterHandshake) {
  StartGreeted();
  Submit(POP3_CMD_STLS);
  wire_.replies["STLS"] = "+OK\r\n";
  wire_.connect_never = true;
  ASSERT_EQ(pop3_step(session_), POP3_STEP_AGAIN) << Words();
  ASSERT_EQ(wire_.Count("tls.create"), 1);
  EXPECT_EQ(StepAfter(59999), POP3_STEP_AGAIN) << Words();
  EXPECT_EQ(StepAfter(1), POP3_STEP_FAILED);
  ExpectTimeout(
      "no octet sent or received for 60000 ms while the reply to the handshake is due (idle_ms)");
}

TEST_F(SessionDeadline, IdleIsNotCountedBeforeTheGreeting) {
  options_.connect_ms = 5000;
  options_.idle_ms = 100;
  wire_.greeting = "";
  Start();
  EXPECT_EQ(pop3_step(session_), POP3_STEP_AGAIN);
  EXPECT_EQ(StepAfter(4999), POP3_STEP_AGAIN) << Words();
  EXPECT_EQ(StepAfter(1), POP3_STEP_FAILED);
  EXPECT_NE(Words().find("connect_ms"), std::string::npos) << Words();
}

TEST_F(SessionDeadline, BlockingCommand) {
  wire_.real_time = false;
  Start();
  ASSERT_EQ(pop3_connect(session_, nullptr), POP3_OK);
  const int64_t start = wire_.now_ms;
  pop3_error err = POP3_ERROR_INIT;
  EXPECT_EQ(pop3_noop(session_, &err), POP3_ERR_TIMEOUT);
  EXPECT_EQ(wire_.now_ms - start, 60000);
  EXPECT_EQ(err.status, POP3_ERR_TIMEOUT);
  // It is sticky.
  EXPECT_EQ(pop3_noop(session_, nullptr), POP3_ERR_TIMEOUT);
}

// --- login_ms

TEST_F(SessionDeadline, ALoginThatDragsOn) {
  options_.login_ms = 100000;
  StartGreeted();
  pop3_op_id op = 0;
  int dones = 0;
  pop3_sink sink = POP3_SINK_INIT;
  sink.arg = &dones;
  sink.done = [](void *arg, const pop3_result *result) {
    ++*static_cast<int *>(arg);
    EXPECT_EQ(result->status, POP3_ERR_TIMEOUT);
  };
  ASSERT_EQ(pop3_submit_login(session_, nullptr, &sink, &op, nullptr), POP3_OK);
  ASSERT_EQ(StepAfter(0), POP3_STEP_AGAIN);
  wire_.Say("-ERR what is that\r\n");  // to CAPA
  ASSERT_EQ(StepAfter(50000), POP3_STEP_AGAIN) << Words();
  ASSERT_EQ(wire_.lines.back(), "USER jane");
  EXPECT_EQ(Due(), 50000);  // the login's comes before that of idle_ms
  wire_.Say("+OK\r\n");
  ASSERT_EQ(StepAfter(49999), POP3_STEP_AGAIN) << Words();
  EXPECT_EQ(dones, 0);
  EXPECT_EQ(StepAfter(1), POP3_STEP_FAILED);
  ExpectTimeout("the login took longer than 100000 ms (login_ms)");
  EXPECT_EQ(dones, 1);
}

TEST_F(SessionDeadline, TheLoginsLimitIncludesConnecting) {
  wire_.connect_never = true;
  options_.login_ms = 20000;
  Start();
  ASSERT_EQ(pop3_submit_login(session_, nullptr, nullptr, nullptr, nullptr), POP3_OK);
  ASSERT_EQ(StepAfter(0), POP3_STEP_AGAIN);
  EXPECT_EQ(StepAfter(19999), POP3_STEP_AGAIN);
  EXPECT_EQ(StepAfter(1), POP3_STEP_FAILED);
  ExpectTimeout("the login took longer than 20000 ms (login_ms)");
}

TEST_F(SessionDeadline, TheLoginsLimitEndsWithIt) {
  options_.login_ms = 1000;
  wire_.replies["CAPA"] = "-ERR\r\n";
  wire_.replies["USER jane"] = "+OK\r\n";
  wire_.replies["PASS tanstaaf"] = "+OK\r\n";
  StartGreeted();
  ASSERT_EQ(pop3_login(session_, nullptr), POP3_OK);
  EXPECT_EQ(StepAfter(kDay), POP3_STEP_IDLE) << Words();
}

// A password that a person typed, or a command printed, once the time was up.
TEST_F(SessionDeadline, APasswordThatComesTooLateIsNotSent) {
  struct Case {
    pop3_credential late;
    int64_t login_ms;
    int64_t total_ms;
    const char *last;
    const char *text;
  } const cases[] = {
      {POP3_CREDENTIAL_USER, 1000, POP3_NO_TIMEOUT, "CAPA",
       "the login took longer than 1000 ms (login_ms)"},
      {POP3_CREDENTIAL_PASSWORD, 1000, POP3_NO_TIMEOUT, "CAPA",
       "the login took longer than 1000 ms (login_ms)"},
      {POP3_CREDENTIAL_PASSWORD, POP3_NO_TIMEOUT, 2000, "CAPA",
       "the session took longer than 2000 ms (total_ms)"},
      {POP3_CREDENTIAL_PASSWORD, POP3_NO_TIMEOUT, POP3_NO_TIMEOUT, "PASS late", nullptr},
  };
  wire_.replies = {{"CAPA", "-ERR\r\n"}, {"USER jane", "+OK\r\n"}, {"PASS late", "+OK\r\n"}};
  options_.user = nullptr;
  options_.password = nullptr;
  for (const Case &c : cases) {
    struct Asked {
      FakeWire *wire;
      pop3_credential late;
    } asked = {&wire_, c.late};
    options_.credential_arg = &asked;
    options_.credential = [](void *arg, pop3_credential what, uint32_t, pop3_secret *out,
                             pop3_error *) {
      const Asked *who = static_cast<Asked *>(arg);
      if (what == who->late) who->wire->now_ms += 5000;
      const char *text = what == POP3_CREDENTIAL_USER ? "jane" : "late";
      return pop3_secret_set(out, text, strlen(text)) ? POP3_OK : POP3_ERR_MEMORY;
    };
    options_.login_ms = c.login_ms;
    options_.total_ms = c.total_ms;
    wire_.lines.clear();
    StartGreeted();
    pop3_error err = POP3_ERROR_INIT;
    EXPECT_EQ(pop3_login(session_, &err), c.text != nullptr ? POP3_ERR_TIMEOUT : POP3_OK);
    EXPECT_STREQ(err.text, c.text != nullptr ? c.text : "");
    EXPECT_EQ(wire_.lines.back(), c.last);
    pop3_session_free(session_);
    session_ = nullptr;
  }
}

// --- total_ms

TEST_F(SessionDeadline, TheWholeSession) {
  options_.total_ms = 100000;
  StartGreeted();
  EXPECT_EQ(Due(), 100000);
  EXPECT_EQ(StepAfter(99999), POP3_STEP_IDLE) << Words();
  wire_.replies["NOOP"] = "+OK\r\n";
  EXPECT_EQ(pop3_noop(session_, nullptr), POP3_OK);  // nothing puts it off
  EXPECT_EQ(StepAfter(1), POP3_STEP_FAILED);
  ExpectTimeout("the session took longer than 100000 ms (total_ms)");
}

TEST_F(SessionDeadline, TheWholeSessionBeginsWithTheFirstStep) {
  options_.total_ms = 100000;
  Start();
  wire_.now_ms += kDay;
  EXPECT_EQ(pop3_step(session_), POP3_STEP_IDLE) << Words();
  EXPECT_EQ(Due(), 100000);
}

TEST_F(SessionDeadline, TheEarliestStrikes) {
  options_.total_ms = 10000;
  wire_.connect_never = true;
  Start();
  ASSERT_EQ(pop3_step(session_), POP3_STEP_AGAIN);
  EXPECT_EQ(Due(), 10000);
  EXPECT_EQ(StepAfter(10000), POP3_STEP_FAILED);
  ExpectTimeout("the session took longer than 10000 ms (total_ms)");
}

// --- None

TEST_F(SessionDeadline, WithoutLimitsNothingStrikes) {
  options_.connect_ms = options_.idle_ms = options_.login_ms = options_.total_ms = POP3_NO_TIMEOUT;
  wire_.connects = {POP3_IO_WANT_WRITE, POP3_IO_WANT_WRITE};
  wire_.greeting = "";
  Start();
  ASSERT_EQ(pop3_submit_login(session_, nullptr, nullptr, nullptr, nullptr), POP3_OK);
  EXPECT_EQ(StepAfter(0), POP3_STEP_AGAIN);
  EXPECT_EQ(StepAfter(kDay), POP3_STEP_AGAIN) << Words();
  EXPECT_EQ(StepAfter(kDay), POP3_STEP_AGAIN) << Words();  // connected, no greeting
  pop3_interest interest = POP3_INTEREST_INIT;
  pop3_session_interest(session_, &interest);
  EXPECT_EQ(interest.deadline_ms, POP3_NO_DEADLINE);
  wire_.Say("+OK\r\n");
  EXPECT_EQ(StepAfter(kDay), POP3_STEP_AGAIN) << Words();  // CAPA
  EXPECT_EQ(StepAfter(kDay), POP3_STEP_AGAIN) << Words();
  wire_.Say("-ERR\r\n");
  EXPECT_EQ(StepAfter(kDay), POP3_STEP_AGAIN) << Words();  // USER
  EXPECT_EQ(StepAfter(kDay), POP3_STEP_AGAIN) << Words();
}

}  // namespace
}  // namespace timing_test
