// Answers to the challenges of AUTH on their way out.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "core/engine/engine.h"
#include "core/engine/engine_state.h"
#include "tests/core/engine_driver.h"

namespace engine_send_auth_test {
namespace {

using pop3_core_test::EngineDriver;
using pop3_core_test::Lines;
using pop3_core_test::Number;
using pop3_core_test::Request;

class EngineSendAuth : public ::testing::Test {
 protected:
  // Starts an exchange and has the server challenge.
  void Challenge(const std::string &challenge = "+ \r\n") {
    d_.StartReady();
    ASSERT_EQ(d_.Submit(POP3_CMD_AUTH, "LOGIN"), 1U);
    EXPECT_EQ(d_.Send(), "AUTH LOGIN\r\n");
    EXPECT_EQ(d_.Feed(challenge), POP3_OK);
    ASSERT_EQ(d_.challenges.size(), 1U);
    d_.audits.clear();
  }
  pop3_status Respond(const std::string &line) {
    err_ = POP3_ERROR_INIT;
    return pop3_engine_respond(d_.engine(), reinterpret_cast<const uint8_t *>(line.data()),
                               line.size(), &err_);
  }

  EngineDriver d_;
  pop3_error err_ = POP3_ERROR_INIT;
};

TEST_F(EngineSendAuth, AnExchange) {
  Challenge("+ VXNlcm5hbWU6\r\n");
  EXPECT_EQ(d_.challenges, Lines{"#1 VXNlcm5hbWU6"});
  EXPECT_EQ(d_.Send(), "") << "it is the plugin's turn";
  EXPECT_EQ(Respond("bXJvc2U="), POP3_OK);
  EXPECT_EQ(d_.Send(), "bXJvc2U=\r\n");
  d_.Feed("+ UGFzc3dvcmQ6\r\n");
  EXPECT_EQ(Respond("c2VjcmV0"), POP3_OK);
  EXPECT_EQ(d_.Send(), "c2VjcmV0\r\n");
  d_.Feed("+OK welcome\r\n");
  EXPECT_EQ(d_.log, Lines{"#1 done AUTH OK"});
  EXPECT_EQ(d_.audits, (Lines{"<redacted>", "<redacted>"}));
  EXPECT_EQ(p3_engine_authenticated(d_.engine()), 1);
}

TEST_F(EngineSendAuth, AnswersFromInsideTheCallback) {
  d_.on_challenge = [&](pop3_op_id, const std::string &text) {
    EXPECT_EQ(Respond("re:" + text), POP3_OK);
  };
  Challenge("+ one\r\n");
  EXPECT_EQ(d_.Send(), "re:one\r\n");
  d_.Feed("+ two\r\n");
  EXPECT_EQ(d_.Send(), "re:two\r\n");
  d_.Feed("-ERR no\r\n");
  EXPECT_EQ(d_.log, Lines{"#1 done AUTH REFUSED"});
}

TEST_F(EngineSendAuth, AnEmptyAnswerIsAnEmptyLine) {
  Challenge();
  EXPECT_EQ(Respond(""), POP3_OK);
  EXPECT_EQ(d_.Send(), "\r\n");
  EXPECT_EQ(d_.audits, Lines{""});
}

TEST_F(EngineSendAuth, NothingElseIsSentDuringAnExchange) {
  d_.StartReady({"PIPELINING"});
  d_.Submit(POP3_CMD_AUTH, "LOGIN");
  d_.Submit(POP3_CMD_STAT);
  d_.Send();
  d_.Feed("+ \r\n");
  EXPECT_EQ(d_.Send(), "");
  Respond("abc");
  EXPECT_EQ(d_.Send(), "abc\r\n");
  EXPECT_EQ(d_.Send(), "");
  d_.Feed("+OK\r\n");
  EXPECT_EQ(d_.Send(), "STAT\r\n");
}

TEST_F(EngineSendAuth, OutOfTurn) {
  d_.StartReady();
  EXPECT_EQ(Respond("abc"), POP3_ERR_STATE);
  d_.Run(Request(POP3_CMD_AUTH, "LOGIN"), "+ \r\n");
  EXPECT_EQ(Respond("abc"), POP3_OK);
  EXPECT_EQ(Respond("def"), POP3_ERR_STATE);
  EXPECT_STREQ(err_.text, "no challenge waits for a response");
  EXPECT_EQ(d_.Send(), "abc\r\n");
  EXPECT_EQ(Respond("def"), POP3_ERR_STATE);
  EXPECT_EQ(d_.Send(), "");
}

TEST_F(EngineSendAuth, LineEndsAndNulsAreRefused) {
  Challenge();
  for (const std::string &line :
       {std::string("a\r\nDELE 1"), std::string("\n"), std::string("\r"), std::string(1, '\0')}) {
    EXPECT_EQ(Respond(line), POP3_ERR_ARGUMENT);
    EXPECT_EQ(d_.Send(), "");
  }
  EXPECT_EQ(Respond("YQ=="), POP3_OK) << "the turn is not lost";
}

TEST_F(EngineSendAuth, TheLimitExactlyAndOnePast) {
  d_.limits.max_auth_line = 100;
  Challenge();
  EXPECT_EQ(Respond(std::string(99, 'x')), POP3_ERR_ARGUMENT);
  EXPECT_STREQ(err_.text, "a response of 101 octets: 100 are allowed (limit max_auth_line)");
  EXPECT_EQ(Respond(std::string(98, 'x')), POP3_OK);
  EXPECT_EQ(d_.Send().size(), 100U);
}

TEST_F(EngineSendAuth, TheSmallestLimitStillLetsAnExchangeBeCancelled) {
  d_.limits.max_auth_line = 1;
  d_.StartReady();
  d_.Run(Request(POP3_CMD_AUTH, "LOGIN"), "");
  d_.Feed("+\r\n");
  EXPECT_EQ(pop3_engine_error(d_.engine())->status, POP3_ERR_LIMIT);

  EngineDriver d;
  d.limits.max_auth_line = 3;
  d.StartReady();
  d.Run(Request(POP3_CMD_AUTH, "LOGIN"), "+\r\n");
  EXPECT_EQ(pop3_engine_respond(d.engine(), reinterpret_cast<const uint8_t *>("ab"), 2, nullptr),
            POP3_ERR_ARGUMENT);
  EXPECT_EQ(pop3_engine_respond(d.engine(), reinterpret_cast<const uint8_t *>("*"), 1, nullptr),
            POP3_OK);
}

TEST_F(EngineSendAuth, ALongAnswerThroughASmallBuffer) {
  d_.limits.send_buffer = 512;
  Challenge();
  std::string line;
  for (int i = 0; line.size() < 300000; i++) line += std::to_string(i);
  ASSERT_EQ(Respond(line), POP3_OK);
  d_.Submit(POP3_CMD_NOOP);
  std::string got;
  size_t most = 1;
  for (std::string part; !(part = d_.Send(most)).empty(); most = most * 7 % 1000 + 1) got += part;
  EXPECT_EQ(got, line + "\r\n");
  d_.Feed("+OK\r\n");
  EXPECT_EQ(d_.engine()->response.octets, nullptr);
  EXPECT_EQ(d_.Send(), "NOOP\r\n");
}

TEST_F(EngineSendAuth, AnswersAreWiped) {
  d_.allocator.Forbid("sesame");
  d_.limits.send_buffer = 512;
  Challenge();
  ASSERT_EQ(Respond(std::string(600, 'x') + "sesame" + std::string(600, 'x')), POP3_OK);
  for (int i = 0; i < 3; i++) {
    const std::string part = d_.Send(512);
    const uint8_t *send = d_.engine()->send.octets;
    const std::string text(reinterpret_cast<const char *>(send), 512);
    EXPECT_EQ(text.find("sesame"), std::string::npos);
  }
  d_.Feed("+ again\r\n");
  ASSERT_EQ(Respond("sesame"), POP3_OK);  // and freed before it is sent
}

TEST_F(EngineSendAuth, TheGateRefusesAnAnswer) {
  Challenge();
  d_.on_gate = [](pop3_command command, pop3_error *err) {
    EXPECT_EQ(command, POP3_CMD_AUTH);
    return pop3_error_set(err, POP3_ERR_POLICY, "test", 0, "not here");
  };
  EXPECT_EQ(Respond("c2VjcmV0"), POP3_ERR_POLICY);
  EXPECT_STREQ(err_.text, "not here");
  EXPECT_EQ(d_.Send(), "");
  EXPECT_EQ(Respond("*"), POP3_OK) << "to cancel is always allowed";
  EXPECT_EQ(d_.Send(), "*\r\n");
  d_.Feed("-ERR cancelled\r\n");
  EXPECT_EQ(d_.log, Lines{"#1 done AUTH REFUSED"});
  EXPECT_EQ(pop3_engine_error(d_.engine()), nullptr);
}

TEST_F(EngineSendAuth, AnAuditVetoOfAnAnswer) {
  Challenge();
  d_.on_audit = [](const std::string &) { return false; };
  EXPECT_EQ(Respond("c2VjcmV0"), POP3_ERR_AUDIT);
  EXPECT_EQ(err_.status, POP3_ERR_AUDIT);
  EXPECT_EQ(d_.Send(), "");
  EXPECT_EQ(d_.log, Lines{"#1 done AUTH POP3_ERR_AUDIT"});
  EXPECT_EQ(Respond("x"), POP3_ERR_AUDIT) << "sticky";
}

TEST_F(EngineSendAuth, WithoutAChallengeHookEachChallengeIsCancelled) {
  d_.options.challenge = nullptr;
  d_.StartReady();
  d_.Run(Request(POP3_CMD_AUTH, "LOGIN"), "+ \r\n");
  EXPECT_EQ(d_.Send(), "*\r\n");
  d_.Feed("-ERR\r\n");
  EXPECT_EQ(d_.log, Lines{"#1 done AUTH REFUSED"});
}

TEST_F(EngineSendAuth, CancellingTheCommandCancelsTheExchange) {
  Challenge();
  EXPECT_EQ(pop3_engine_cancel(d_.engine(), 1, nullptr), POP3_OK);
  EXPECT_EQ(d_.log, Lines{"#1 done AUTH POP3_ERR_CANCELLED"});
  EXPECT_EQ(d_.Send(), "*\r\n");
  d_.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(d_.Send(), "");
  d_.Feed("-ERR ok then\r\n");
  EXPECT_EQ(d_.Send(), "NOOP\r\n");
}

TEST_F(EngineSendAuth, CancelledBeforeTheChallengeCame) {
  d_.StartReady();
  d_.Submit(POP3_CMD_AUTH, "LOGIN");
  d_.Send();
  EXPECT_EQ(pop3_engine_cancel(d_.engine(), 1, nullptr), POP3_OK);
  d_.Feed("+ \r\n");
  EXPECT_EQ(d_.challenges, Lines());
  EXPECT_EQ(d_.Send(), "*\r\n");
  d_.Feed("-ERR\r\n");
  EXPECT_EQ(d_.Run(POP3_CMD_NOOP, "+OK\r\n"), 2U);
  EXPECT_EQ(d_.status_of(2), POP3_OK);
}

TEST_F(EngineSendAuth, CancelledInsideTheChallenge) {
  d_.on_challenge = [&](pop3_op_id id, const std::string &) {
    EXPECT_EQ(pop3_engine_cancel(d_.engine(), id, nullptr), POP3_OK);
  };
  Challenge();
  EXPECT_EQ(d_.Send(), "*\r\n");
}

// The "*" is what keeps the dialogue in step: if there is no memory for it, the engine fails rather
// than wait for ever.
TEST_F(EngineSendAuth, NoMemoryToCancel) {
  Challenge();
  d_.allocator.FailFrom(d_.allocator.calls() + 1);
  EXPECT_EQ(Respond("abc"), POP3_ERR_MEMORY);
  EXPECT_EQ(pop3_engine_error(d_.engine()), nullptr) << "an answer can be given again";
  EXPECT_EQ(pop3_engine_cancel(d_.engine(), 1, nullptr), POP3_OK);
  if (pop3_engine_error(d_.engine()) == nullptr) {
    EXPECT_EQ(d_.Send(), "*\r\n");
  } else {
    EXPECT_EQ(pop3_engine_error(d_.engine())->status, POP3_ERR_MEMORY);
  }
}

// Two challenges at once: the second is not a challenge that anything could answer.
TEST_F(EngineSendAuth, AChallengeTooEarly) {
  d_.on_challenge = [&](pop3_op_id, const std::string &) { EXPECT_EQ(Respond("x"), POP3_OK); };
  d_.StartReady();
  d_.Run(Request(POP3_CMD_AUTH, "LOGIN"), "+ \r\n+ \r\n");
  ASSERT_NE(pop3_engine_error(d_.engine()), nullptr);
  EXPECT_EQ(pop3_engine_error(d_.engine())->status, POP3_ERR_PROTOCOL);
  EXPECT_EQ(d_.log, Lines{"#1 done AUTH POP3_ERR_PROTOCOL"});
}

// A refusal that comes while a long answer is still on its way: the answer's line is finished, so
// that the next command begins a line.
TEST_F(EngineSendAuth, ARefusalBeforeTheAnswerIsSent) {
  d_.limits.send_buffer = 512;
  Challenge();
  ASSERT_EQ(Respond(std::string(2000, 'x')), POP3_OK);
  d_.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(d_.Send(600).size(), 600U);
  d_.Feed("-ERR too long\r\n");
  EXPECT_EQ(d_.log, Lines{"#1 done AUTH REFUSED"});
  EXPECT_EQ(d_.Send(), std::string(1400, 'x') + "\r\nNOOP\r\n");
}

// With the quirk "+OK" may be meant as a challenge as long as nothing of substance was sent; behind
// that it is the success that it says.
TEST_F(EngineSendAuth, PlusOkIsAChallengeInTheFirstRoundOnly) {
  d_.options.quirks = POP3_QUIRK_BIT(POP3_QUIRK_AUTH_PLUS);
  Challenge("+OK VXNlcm5hbWU6\r\n");
  EXPECT_EQ(d_.challenges, Lines{"#1 VXNlcm5hbWU6"});
  ASSERT_EQ(Respond("bXJvc2U="), POP3_OK);
  d_.Send();
  d_.Feed("+OK UGFzc3dvcmQ6\r\n");
  EXPECT_EQ(d_.log, Lines{"#1 done AUTH OK"});
  EXPECT_EQ(d_.challenges.size(), 1U);
}

TEST_F(EngineSendAuth, PlusOkIsNoChallengeToAnInitialResponse) {
  d_.options.quirks = POP3_QUIRK_BIT(POP3_QUIRK_AUTH_PLUS);
  d_.StartReady();
  pop3_request initial = Request(POP3_CMD_AUTH, "PLAIN");
  initial.arg2 = "AHNlc2FtZQBz";
  initial.arg2_len = 12;
  d_.Run(initial, "+OK UGFzc3dvcmQ6\r\n");
  EXPECT_EQ(d_.log, Lines{"#1 done AUTH OK"});
  EXPECT_EQ(d_.challenges, Lines());
}

// An answer that comes later than the server's next words: they are read then, not lost.
TEST_F(EngineSendAuth, TheServerSpeaksAhead) {
  Challenge("+ \r\n-ERR too slow\r\n");
  EXPECT_EQ(d_.log, Lines());
  EXPECT_EQ(Respond("abc"), POP3_OK);
  EXPECT_EQ(d_.Send(), "abc\r\n");
  EXPECT_EQ(pop3_engine_resume(d_.engine()), POP3_OK);
  EXPECT_EQ(d_.log, Lines{"#1 done AUTH REFUSED"});
}

}  // namespace
}  // namespace engine_send_auth_test
