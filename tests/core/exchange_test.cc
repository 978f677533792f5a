// The exchange of one mechanism, and how it may fail at each step.
#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <cstddef>
#include <string>

#include "core/login/exchange.h"
#include "tests/core/fake_auth.h"
#include "tests/core/login_fixture.h"
#include "tests/core/session_driver.h"
#include "tests/testing/test_host.h"

namespace exchange_test {
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

// The engine stands still behind each reply until the login has decided what is next.
TEST_F(SessionExchange, OctetsBehindTheLastReplyAreReadAtOnce) {
  d_.wire.replies["AUTH X"] = "+OK\r\n+OK 1 2\r\n";
  Ready();
  EXPECT_EQ(Login(), POP3_OK) << d_.err.text;
  ASSERT_NE(pop3_session_error(d_.session()), nullptr);
  EXPECT_EQ(pop3_session_error(d_.session())->status, POP3_ERR_UNSOLICITED);
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

TEST_F(SessionExchange, AnAnswerThatCannotBeSent) {
  strong_.on_step = [](const std::string &words) {
    return words == "start" ? FakeAuth::Command("AUTH STRONG") : FakeAuth::Answer("x\r\nDELE 1");
  };
  d_.wire.replies["AUTH STRONG"] = "+ one\r\n";
  d_.wire.replies["*"] = "-ERR cancelled\r\n";
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_ARGUMENT);
  EXPECT_EQ(d_.wire.lines, (Lines{"CAPA", "AUTH STRONG", "*"}));
  EXPECT_EQ(pop3_stat(d_.session(), nullptr, nullptr, nullptr), POP3_OK) << "in step";
}

// A server that does not know "*", and goes on.
TEST_F(SessionExchange, AChallengeBehindTheCancel) {
  strong_.on_step = [](const std::string &words) {
    return words == "start" ? FakeAuth::Command("AUTH STRONG") : FakeAuth::Fail();
  };
  int cancels = 0;
  d_.wire.replies["AUTH STRONG"] = "+ one\r\n";
  d_.wire.server = [&](const std::string &line) {
    if (line != "*") return "+OK\r\n";
    return ++cancels == 1 ? "+ two\r\n" : "-ERR cancelled\r\n";
  };
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_AUTH);
  EXPECT_STREQ(d_.err.text, "fake failure");
  EXPECT_EQ(strong_.steps, (Lines{"start", "challenge one"}));
  EXPECT_EQ(cancels, 2);
}

TEST_F(SessionExchange, AHangUpBehindTheCancel) {
  strong_.on_step = [](const std::string &words) {
    return words == "start" ? FakeAuth::Command("AUTH STRONG") : FakeAuth::Fail();
  };
  d_.wire.replies["AUTH STRONG"] = "+ one\r\n";
  d_.wire.server = [this](const std::string &) {
    d_.wire.eof = true;
    return "";
  };
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_AUTH) << "why it was cancelled";
  EXPECT_STREQ(d_.err.text, "fake failure");
  EXPECT_EQ(pop3_stat(d_.session(), nullptr, nullptr, nullptr), POP3_ERR_EOF);
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
  EXPECT_EQ(strong_.steps.size(), 256U);
}

// Each login has all its lines.
TEST_F(SessionExchange, TheLinesOfAnEarlierLoginDoNotCount) {
  int lines = 0;
  strong_.on_step = [&](const std::string &words) {
    if (words == "start") lines = 0;
    if (words.compare(0, 3, "err") == 0) return FakeAuth::Fail(POP3_OK);
    return FakeAuth::Command(++lines < 200 ? "AGAIN" : "ENOUGH");
  };
  d_.wire.replies["ENOUGH"] = "-ERR [AUTH] no\r\n";
  Ready();
  EXPECT_EQ(Login(), POP3_REFUSED) << d_.err.text;
  EXPECT_EQ(Login(), POP3_REFUSED) << d_.err.text;
  EXPECT_EQ(Login("strong,strong"), POP3_REFUSED) << d_.err.text;
  EXPECT_EQ(strong_.begins, 4);
}

TEST_F(SessionExchange, ACommandIsNoAnswerToAChallenge) {
  strong_.on_step = [](const std::string &words) {
    return FakeAuth::Command(words == "start" ? "AUTH STRONG" : "DELE 1");
  };
  d_.wire.replies["AUTH STRONG"] = "+ one\r\n";
  d_.wire.replies["*"] = "-ERR cancelled\r\n";
  Ready();
  EXPECT_EQ(Login(), POP3_ERR_AUTH);
  EXPECT_EQ(d_.wire.lines, (Lines{"CAPA", "AUTH STRONG", "*"}));
}

TEST_F(SessionExchange, ALoginIsOneWhateverItsCommands) {
  strong_.on_step = [](const std::string &words) {
    return words == "start" ? FakeAuth::Command("XLOGIN me") : FakeAuth::Done();
  };
  Ready();
  EXPECT_EQ(Login(), POP3_OK);
  EXPECT_EQ(Login(), POP3_ERR_STATE) << "logged in already";
}

// AUTH that a program has sent by itself.
TEST_F(SessionExchange, AChallengeThatNobodyAnswersIsCancelled) {
  d_.wire.replies["AUTH LOGIN"] = "+ one\r\n";
  d_.wire.replies["*"] = "-ERR cancelled\r\n";
  Ready();
  EXPECT_EQ(d_.Wait(d_.Submit(pop3_core_test::Request(POP3_CMD_AUTH, "LOGIN"))), POP3_REFUSED);
  EXPECT_EQ(d_.wire.lines, (Lines{"AUTH LOGIN", "*"}));
}

// --- Cancelled while the mechanism is at work, which finds its state alive until it returns

TEST_F(SessionExchange, CancelledInsideTheFirstStep) {
  pop3_op_id op = 0;
  strong_.on_step = [&](const std::string &) {
    EXPECT_EQ(pop3_cancel_op(d_.session(), op, nullptr), POP3_OK);
    return FakeAuth::Command("AUTH STRONG");
  };
  Ready();
  op = d_.SubmitLogin(nullptr);
  EXPECT_EQ(d_.Settle(), POP3_STEP_IDLE);
  EXPECT_EQ(d_.status_of(op), POP3_ERR_CANCELLED);
  EXPECT_EQ(d_.wire.lines, Lines{"CAPA"});
}

TEST_F(SessionExchange, CancelledInsideTheAnswerToAChallenge) {
  pop3_op_id op = 0;
  strong_.on_step = [&](const std::string &words) {
    if (words == "start") return FakeAuth::Command("AUTH STRONG");
    EXPECT_EQ(pop3_cancel_op(d_.session(), op, nullptr), POP3_OK);
    return FakeAuth::Answer("x");
  };
  d_.wire.replies["AUTH STRONG"] = "+ one\r\n";
  d_.wire.replies["*"] = "-ERR cancelled\r\n";
  Ready();
  op = d_.SubmitLogin(nullptr);
  EXPECT_EQ(d_.Settle(), POP3_STEP_IDLE);
  EXPECT_EQ(d_.status_of(op), POP3_ERR_CANCELLED);
  EXPECT_EQ(d_.wire.lines, (Lines{"CAPA", "AUTH STRONG", "*"}));
  EXPECT_EQ(pop3_stat(d_.session(), nullptr, nullptr, nullptr), POP3_OK) << "in step";
}

TEST_F(SessionExchange, CancelledWhileMechanismsAreJudged) {
  pop3_op_id op = 0;
  strong_.on_score = [&](const pop3_auth_context *) {
    EXPECT_EQ(pop3_cancel_op(d_.session(), op, nullptr), POP3_OK);
    return 300;
  };
  Ready();
  op = d_.SubmitLogin(nullptr);
  EXPECT_EQ(d_.Settle(), POP3_STEP_IDLE);
  EXPECT_EQ(d_.status_of(op), POP3_ERR_CANCELLED);
  EXPECT_EQ(weak_.begins + strong_.begins, 0);
}

TEST_F(SessionExchange, CancelledInsideBegin) {
  pop3_op_id op = 0;
  strong_.on_begin = [&](const pop3_auth_context *, pop3_error *) {
    EXPECT_EQ(pop3_cancel_op(d_.session(), op, nullptr), POP3_OK);
    return POP3_OK;
  };
  Ready();
  op = d_.SubmitLogin(nullptr);
  EXPECT_EQ(d_.Settle(), POP3_STEP_IDLE);
  EXPECT_EQ(d_.status_of(op), POP3_ERR_CANCELLED);
  EXPECT_EQ(strong_.steps, Lines()) << "not even the first";
}

TEST_F(SessionExchange, CancelledInsideARefusal) {
  pop3_op_id op = 0;
  strong_.on_step = [&](const std::string &words) {
    if (words == "start") return FakeAuth::Command("AUTH STRONG");
    EXPECT_EQ(pop3_cancel_op(d_.session(), op, nullptr), POP3_OK);
    return FakeAuth::Fail(POP3_OK);
  };
  d_.wire.replies["AUTH STRONG"] = "-ERR [AUTH] no\r\n";
  Ready();
  op = d_.SubmitLogin("strong,weak");
  EXPECT_EQ(d_.Settle(), POP3_STEP_IDLE);
  EXPECT_EQ(d_.status_of(op), POP3_ERR_CANCELLED);
  EXPECT_EQ(weak_.begins, 0) << "nobody is next";
}

// --- By itself

class Exchange : public ::testing::Test {
 protected:
  void TearDown() override {
    p3_exchange_end(&exchange_);
    EXPECT_EQ(auth_.complaints, Lines());
  }
  pop3_status Begin() {
    err_ = POP3_ERROR_INIT;
    return p3_exchange_begin(&exchange_, auth_.plugin()->auths[0], host_.get(), &context_, &err_);
  }
  // What becomes of |move| after |event|: "command line", "respond line", "done", "refused",
  // "refused words", "failed words".
  std::string Feed(pop3_auth_event event, const FakeAuth::Move &move) {
    auth_.on_step = [&](const std::string &) { return move; };
    p3_exchange_feed(&exchange_, event, "x", 1, &outcome_);
    const std::string line(reinterpret_cast<const char *>(outcome_.output.line),
                           outcome_.output.line_len);
    const std::string words = outcome_.error.text;
    switch (outcome_.act) {
      case P3_EXCHANGE_SEND_COMMAND:
        return "command " + line;
      case P3_EXCHANGE_RESPOND:
        return "respond " + line;
      case P3_EXCHANGE_DONE:
        return "done";
      case P3_EXCHANGE_REFUSED:
        return words.empty() ? "refused" : "refused " + words;
      case P3_EXCHANGE_FAILED:
        return "failed " + words;
    }
    return "?";
  }

  pop3_testing::TestHost host_;
  FakeAuth auth_{"alone", 0, 100};
  pop3_auth_context context_ = {};
  p3_exchange exchange_ = {};
  p3_exchange_outcome outcome_ = {};
  pop3_error err_ = POP3_ERROR_INIT;
};

const char kOutOfPlace[] =
    "failed the plugin sent a command in place of a response to a challenge, or a response in "
    "place of a command";
const char kNoReason[] = "failed the mechanism gave up without a reason";

TEST_F(Exchange, WhatAVerdictComesTo) {
  const auto send = FakeAuth::Command("AUTH X");
  const auto answer = FakeAuth::Answer("abc");
  const auto done = FakeAuth::Done();
  const auto mute = FakeAuth::Fail(POP3_OK);
  const auto fail = FakeAuth::Fail(POP3_ERR_TLS);
  const auto refuse = FakeAuth::Fail(POP3_REFUSED);
  const struct {
    pop3_auth_event event;
    const FakeAuth::Move *move;
    const char *act;
  } cases[] = {
      {POP3_AUTH_START, &send, "command AUTH X"},
      {POP3_AUTH_START, &answer, kOutOfPlace},
      {POP3_AUTH_START, &done, kNoReason},
      {POP3_AUTH_START, &mute, kNoReason},
      {POP3_AUTH_START, &fail, "failed fake failure"},
      {POP3_AUTH_POSITIVE, &send, "command AUTH X"},
      {POP3_AUTH_POSITIVE, &answer, kOutOfPlace},
      {POP3_AUTH_POSITIVE, &done, "done"},
      {POP3_AUTH_POSITIVE, &mute, kNoReason},
      {POP3_AUTH_POSITIVE, &refuse, "failed fake failure"},
      {POP3_AUTH_NEGATIVE, &send, "command AUTH X"},
      {POP3_AUTH_NEGATIVE, &answer, kOutOfPlace},
      {POP3_AUTH_NEGATIVE, &done, "refused"},
      {POP3_AUTH_NEGATIVE, &mute, "refused"},
      {POP3_AUTH_NEGATIVE, &refuse, "refused fake failure"},
      {POP3_AUTH_NEGATIVE, &fail, "failed fake failure"},
      {POP3_AUTH_CHALLENGE, &send, kOutOfPlace},
      {POP3_AUTH_CHALLENGE, &answer, "respond abc"},
      {POP3_AUTH_CHALLENGE, &done, kNoReason},
      {POP3_AUTH_CHALLENGE, &mute, kNoReason},
      {POP3_AUTH_CHALLENGE, &fail, "failed fake failure"},
  };
  for (const auto &c : cases) {
    SCOPED_TRACE(&c - cases);
    ASSERT_EQ(Begin(), POP3_OK);
    if (c.event != POP3_AUTH_START) {
      EXPECT_EQ(Feed(POP3_AUTH_START, send), "command AUTH X");
    }
    EXPECT_EQ(Feed(c.event, *c.move), c.act);
    p3_exchange_end(&exchange_);
  }
}

TEST_F(Exchange, EndsWhatWasBegunAndOnce) {
  p3_exchange_end(&exchange_);
  auth_.on_begin = [](const pop3_auth_context *, pop3_error *) { return POP3_ERR_MEMORY; };
  EXPECT_EQ(Begin(), POP3_ERR_MEMORY);
  p3_exchange_end(&exchange_);
  EXPECT_EQ(auth_.ends, 0);
  auth_.on_begin = nullptr;
  EXPECT_EQ(Begin(), POP3_OK);
  p3_exchange_end(&exchange_);
  p3_exchange_end(&exchange_);
  EXPECT_EQ(auth_.ends, 1);
}

TEST_F(Exchange, TheLastLineExactlyAndOnePast) {
  ASSERT_EQ(Begin(), POP3_OK);
  EXPECT_EQ(Feed(POP3_AUTH_START, FakeAuth::Command("AUTH X")), "command AUTH X");
  for (int i = 1; i < P3_EXCHANGE_STEPS; i++) {
    ASSERT_EQ(Feed(POP3_AUTH_CHALLENGE, FakeAuth::Answer("x")), "respond x") << i;
  }
  EXPECT_EQ(Feed(POP3_AUTH_CHALLENGE, FakeAuth::Answer("x")),
            "failed more than 256 lines in one login");
  EXPECT_EQ(outcome_.error.status, POP3_ERR_LIMIT);
  EXPECT_EQ(auth_.steps.size(), static_cast<size_t>(P3_EXCHANGE_STEPS));
  p3_exchange_end(&exchange_);
  ASSERT_EQ(Begin(), POP3_OK);
  EXPECT_EQ(Feed(POP3_AUTH_START, FakeAuth::Command("AUTH X")), "command AUTH X");
}

}  // namespace
}  // namespace exchange_test
