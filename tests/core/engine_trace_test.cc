// What trace, audit hook and errors show, and above all what they do not.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/engine/engine.h"
#include "core/engine/engine_state.h"
#include "tests/core/engine_driver.h"

namespace engine_trace_test {
namespace {

using pop3_core_test::EngineDriver;
using pop3_core_test::Lines;
using pop3_core_test::Number;
using pop3_core_test::Request;

class EngineTrace : public ::testing::Test {
 protected:
  void Start(uint32_t level) {
    d_.options.debug_level = level;
    d_.StartReady();
  }
  // Everything that anybody could have seen.
  std::string Seen(const EngineDriver &d) {
    std::string all = d.error_text() + "\n" + errors_;
    for (const Lines *lines : {&d.traces, &d.audits, &d.log}) {
      for (const std::string &line : *lines) all += line + "\n";
    }
    return all;
  }
  void KeepErrors(EngineDriver *d) {
    d->on_done = [this](const pop3_result &r) {
      if (r.error != nullptr) errors_ += std::string(r.error->text) + "\n";
      if (r.reply != nullptr) errors_ += std::string(r.reply->text) + "\n";
    };
  }

  EngineDriver d_;
  std::string errors_;
};

void Dialogue(EngineDriver *d) {
  d->Run(POP3_CMD_LIST, "+OK two\r\n1 11\r\n..x\r\n.\r\n");
  d->Run(Number(POP3_CMD_RETR, 1), "+OK\r\na\r\n..b\r\n.\r\n");
  d->Run(POP3_CMD_NOOP, "-ERR no\r\n");
}

TEST_F(EngineTrace, LevelZeroIsSilent) {
  Start(0);
  Dialogue(&d_);
  EXPECT_EQ(d_.traces, Lines());
}

TEST_F(EngineTrace, LevelOneShowsCommandsAndReplies) {
  Start(1);
  Dialogue(&d_);
  EXPECT_EQ(d_.traces, (Lines{"C LIST", "R +OK two", "C RETR 1", "R +OK", "C NOOP", "R -ERR no"}));
}

TEST_F(EngineTrace, LevelTwoShowsEveryLine) {
  Start(2);
  Dialogue(&d_);
  std::string bodies;
  Lines others;
  for (const std::string &line : d_.traces) {
    if (line[0] == 'B') {
      bodies += line.substr(2);
    } else {
      others.push_back(line);
    }
  }
  EXPECT_EQ(bodies, "a\r\n.b\r\n");
  EXPECT_EQ(others, (Lines{"C LIST", "R +OK two", "L 1 11", "L ..x", "L .", "C RETR 1", "R +OK",
                           "C NOOP", "R -ERR no"}));
}

TEST_F(EngineTrace, TheLevelCanBeChanged) {
  Start(0);
  pop3_engine_set_debug_level(d_.engine(), 1);
  d_.Run(POP3_CMD_NOOP, "+OK\r\n");
  pop3_engine_set_debug_level(d_.engine(), 0);
  d_.Run(POP3_CMD_NOOP, "+OK\r\n");
  EXPECT_EQ(d_.traces, (Lines{"C NOOP", "R +OK"}));
}

TEST_F(EngineTrace, TheGreetingIsShown) {
  d_.options.debug_level = 1;
  ASSERT_EQ(d_.Start(), POP3_OK);
  d_.Feed("+OK hello\r\n");
  EXPECT_EQ(d_.traces, Lines{"R +OK hello"});
}

// Commands with secrets: what is shown of each, at both levels and to the audit hook.
TEST_F(EngineTrace, Redaction) {
  static const std::string kDigest(32, 'd');
  pop3_request apop = Request(POP3_CMD_APOP, "mrose");
  apop.arg2 = kDigest.data();
  apop.arg2_len = kDigest.size();
  pop3_request initial = Request(POP3_CMD_AUTH, "PLAIN");
  initial.arg2 = "AHNlc2FtZQBz";
  initial.arg2_len = 12;
  pop3_request secret = Request(POP3_CMD_RAW, "XTOKEN sesame");
  secret.flags = POP3_REQUEST_SECRET;
  pop3_request secret_multi = Request(POP3_CMD_RAW_MULTI, "XTOKEN sesame");
  secret_multi.flags = POP3_REQUEST_SECRET;
  const struct {
    pop3_request request;
    const char *shown;
    bool redacted;
  } cases[] = {
      {Request(POP3_CMD_PASS, "sesame"), "PASS <redacted>", true},
      {Request(POP3_CMD_PASS, "s"), "PASS <redacted>", true},
      {apop, "APOP mrose <redacted>", true},
      {initial, "AUTH PLAIN <redacted>", true},
      {Request(POP3_CMD_AUTH, "PLAIN"), "AUTH PLAIN", false},
      {Request(POP3_CMD_RAW, "PASS sesame"), "PASS <redacted>", true},
      {Request(POP3_CMD_RAW, "pass sesame"), "pass <redacted>", true},
      {Request(POP3_CMD_RAW, "APOP sesame sesame"), "APOP sesame <redacted>", true},
      {secret, "XTOKEN <redacted>", true},
      {secret_multi, "XTOKEN <redacted>", true},
      {Request(POP3_CMD_USER, "sesame"), "USER sesame", false},
  };
  for (const uint32_t level : {1U, 2U}) {
    for (const auto &c : cases) {
      EngineDriver d;
      d.options.debug_level = level;
      d.StartReady();
      d.Run(c.request, "-ERR\r\n");
      ASSERT_GE(d.traces.size(), 1U);
      EXPECT_EQ(d.traces[0], std::string("C ") + c.shown + (c.redacted ? " (redacted)" : ""));
      EXPECT_EQ(d.audits, Lines{c.shown});
    }
  }
}

TEST_F(EngineTrace, LongSecretsAreReplacedAsAWhole) {
  d_.limits.max_command = 5000;
  Start(2);
  d_.Run(Request(POP3_CMD_USER, std::string(3000, 'u').c_str()), "+OK\r\n");
  EXPECT_EQ(d_.traces[0], "C USER " + std::string(3000, 'u')) << "shown whole: it is no secret";
  d_.traces.clear();
  const pop3_op_id id = d_.Submit(POP3_CMD_PASS, std::string(3000, 's'));
  EXPECT_NE(id, 0U);
  d_.Send();
  EXPECT_EQ(d_.traces, Lines{"C PASS <redacted> (redacted)"});
  d_.Feed("-ERR\r\n");
  // What stands before the secret is cut where the room ends, never the word behind it.
  const std::string name(3000, 'n');
  const std::string digest(32, 'd');
  pop3_request apop = Request(POP3_CMD_APOP, name.c_str());
  apop.arg2 = digest.data();
  apop.arg2_len = digest.size();
  d_.traces.clear();
  d_.Run(apop, "-ERR\r\n");
  ASSERT_GE(d_.traces.size(), 1U);
  EXPECT_NE(d_.traces[0].find("nnn<redacted>"), std::string::npos);
  EXPECT_EQ(d_.traces[0].find("ddd"), std::string::npos);
}

TEST_F(EngineTrace, ResponsesOfAuth) {
  Start(2);
  d_.Run(Request(POP3_CMD_AUTH, "LOGIN"), "+ VXNlcm5hbWU6\r\n");
  for (const char *line : {"c2VzYW1l", "", "*"}) {
    const std::string text = line;
    EXPECT_EQ(pop3_engine_respond(d_.engine(), reinterpret_cast<const uint8_t *>(line), text.size(),
                                  nullptr),
              POP3_OK);
    d_.Send();
    d_.Feed(text == "*" ? "-ERR\r\n" : "+ \r\n");
  }
  EXPECT_EQ(d_.traces, (Lines{"C AUTH LOGIN", "R + VXNlcm5hbWU6", "C <redacted> (redacted)", "R + ",
                              "C ", "R + ", "C *", "R -ERR"}));
  EXPECT_EQ(d_.audits, (Lines{"AUTH LOGIN", "<redacted>", "", "*"}));
}

// From the first response on, what the server says is as secret as what the client answers.
TEST_F(EngineTrace, ChallengesBehindTheFirstResponse) {
  for (const uint32_t level : {1U, 2U}) {
    EngineDriver d;
    d.options.debug_level = level;
    d.StartReady();
    KeepErrors(&d);
    d.Run(Request(POP3_CMD_AUTH, "SCRAM-SHA-1"), "+ \r\n");
    for (const char *reply : {"+ cj1ub25jZSxzPXNhbHQ=\r\n", "+ dj1zaWduYXR1cmU=\r\n",
                              "+OK [AUTH] dj1zaWduYXR1cmU=\r\n"}) {
      EXPECT_EQ(
          pop3_engine_respond(d.engine(), reinterpret_cast<const uint8_t *>("eHh4"), 4, nullptr),
          POP3_OK);
      d.Send();
      d.Feed(reply);
    }
    d.Run(POP3_CMD_NOOP, "+OK as ever\r\n");
    EXPECT_EQ(d.traces, (Lines{"C AUTH SCRAM-SHA-1", "R + ", "C <redacted> (redacted)",
                               "R + <redacted> (redacted)", "C <redacted> (redacted)",
                               "R + <redacted> (redacted)", "C <redacted> (redacted)",
                               "R +OK [AUTH]<redacted> (redacted)", "C NOOP", "R +OK as ever"}));
  }
}

// Also replies that are none, whose start an error would quote.
TEST_F(EngineTrace, AnswersToAnInitialResponse) {
  pop3_request initial = Request(POP3_CMD_AUTH, "SCRAM-SHA-1");
  initial.arg2 = "biwsbj1hLHI9eA==";
  initial.arg2_len = 16;
  const std::string replies[] = {
      "+ cz1zYWx0\r\n",
      "+cz1zYWx0\r\n",
      "cz1zYWx0\r\n",
      "* cz1zYWx0\r\n",
      "+ cz1zYWx0\n",
      "-ERR cz1zYWx0\r\n",
      "-ERR [AUTH/cz1zYWx0] no\r\n",
      "+OK cz1zYWx0\r\n",
      "+ERR cz1zYWx0\r\n",
      "+ cz1zYWx0" + std::string(10000, 'x') + "\r\n",
      std::string("+ cz1zYWx0\0\r\n", 13),
  };
  for (const std::string &reply : replies) {
    EngineDriver d;
    d.options.debug_level = 2;
    d.StartReady();
    d.Run(initial, reply);
    std::string seen = d.error_text() + "\n";
    for (const Lines *lines : {&d.traces, &d.audits}) {
      for (const std::string &line : *lines) seen += line + "\n";
    }
    EXPECT_EQ(seen.find("cz1zYWx0"), std::string::npos) << reply << "\n" << seen;
  }
}

// The caller still hears why the server refused: only the trace leaves that out.
TEST_F(EngineTrace, ARefusedExchangeSaysWhy) {
  Start(1);
  KeepErrors(&d_);
  pop3_request initial = Request(POP3_CMD_AUTH, "PLAIN");
  initial.arg2 = "AHNlc2FtZQBz";
  initial.arg2_len = 12;
  d_.Run(initial, "-ERR [IN-USE] come back\r\n");
  EXPECT_EQ(d_.traces[1], "R -ERR [IN-USE]<redacted> (redacted)");
  EXPECT_NE(errors_.find("come back"), std::string::npos);
}

// Servers that repeat what they did not understand, in every form that their reply may have.
TEST_F(EngineTrace, AServerThatEchoesThePassword) {
  const std::string replies[] = {
      "-ERR unknown command PASS hunter2\r\n",
      "-ERR hunter2\r\n",
      "-ERR hunter2 hunter2\r\n",
      "+OK welcome hunter2\r\n",
      "hunter2 is not a command\r\n",
      "PASS hunter2\r\n",
      "500 PASS hunter2\r\n",
      "-ERR hunter2\n",
      "+OKhunter2\r\n",
      "+ hunter2\r\n",
      "-ERR hunter2 " + std::string(10000, 'x') + "\r\n",
      "-ERR hunter2 " + std::string(10000, 'x'),
      std::string("-ERR hunter2 \0\r\n", 16),
  };
  for (const std::string &reply : replies) {
    for (const uint32_t level : {1U, 2U}) {
      for (const pop3_request &request :
           {Request(POP3_CMD_PASS, "hunter2"), Request(POP3_CMD_RAW, "PASS hunter2")}) {
        EngineDriver d;
        d.options.debug_level = level;
        d.StartReady();
        errors_.clear();
        KeepErrors(&d);
        d.Run(request, reply);
        EXPECT_EQ(Seen(d).find("hunter2"), std::string::npos) << reply << "\n" << Seen(d);
      }
    }
  }
}

TEST_F(EngineTrace, AServerThatEchoesAnInitialResponse) {
  pop3_request initial = Request(POP3_CMD_AUTH, "PLAIN");
  initial.arg2 = "AHNlc2FtZQBz";
  initial.arg2_len = 12;
  for (const char *reply : {"-ERR what is AHNlc2FtZQBz?\r\n", "AHNlc2FtZQBz\r\n",
                            "+ AHNlc2FtZQBz\r\n", "-ERR AHNlc2FtZQBz\n"}) {
    EngineDriver d;
    d.options.debug_level = 2;
    d.StartReady();
    errors_.clear();
    KeepErrors(&d);
    d.Run(initial, reply);
    EXPECT_EQ(Seen(d).find("AHNlc2FtZQBz"), std::string::npos) << reply << "\n" << Seen(d);
  }
}

TEST_F(EngineTrace, AServerThatEchoesAnAnswerToAChallenge) {
  for (const char *reply : {"-ERR what is c2VzYW1lc2VzYW1l?\r\n", "c2VzYW1lc2VzYW1l\r\n",
                            "+ c2VzYW1lc2VzYW1l\r\n", "-ERR c2VzYW1lc2VzYW1l\n"}) {
    EngineDriver d;
    d.options.debug_level = 2;
    d.StartReady();
    errors_.clear();
    KeepErrors(&d);
    d.Run(Request(POP3_CMD_AUTH, "LOGIN"), "+ \r\n");
    EXPECT_EQ(pop3_engine_respond(d.engine(), reinterpret_cast<const uint8_t *>("c2VzYW1lc2VzYW1l"),
                                  16, nullptr),
              POP3_OK);
    d.Send();
    d.Feed(reply);
    EXPECT_EQ(Seen(d).find("c2VzYW1lc2VzYW1l"), std::string::npos) << reply << "\n" << Seen(d);
  }
}

TEST_F(EngineTrace, AServerThatEchoesInAListing) {
  pop3_request secret = Request(POP3_CMD_RAW_MULTI, "XTOKEN sesame");
  secret.flags = POP3_REQUEST_SECRET;
  Start(2);
  d_.Run(secret, "+OK\r\nfine\r\nyou said sesame\r\n.\r\n");
  EXPECT_EQ(d_.traces, (Lines{"C XTOKEN <redacted> (redacted)", "R +OK", "L fine",
                              "L <redacted> (redacted)", "L ."}));
}

// Shorter secrets turn up by chance; of four octets there is a chance that it is none.
TEST_F(EngineTrace, TheShortestEchoThatIsHidden) {
  Start(1);
  KeepErrors(&d_);
  d_.Run(Request(POP3_CMD_PASS, "open"), "-ERR PASS open\r\n");
  EXPECT_EQ(Seen(d_).find("PASS open"), std::string::npos) << Seen(d_);
}

// An echo is not a failure, and no excuse to hide what is harmless.
TEST_F(EngineTrace, AnEchoIsStillARefusal) {
  Start(1);
  KeepErrors(&d_);
  d_.Run(Request(POP3_CMD_PASS, "hunter2"), "-ERR PASS hunter2?\r\n");
  EXPECT_EQ(d_.status_of(1), POP3_REFUSED);
  EXPECT_EQ(d_.traces, (Lines{"C PASS <redacted> (redacted)", "R <redacted> (redacted)"}));
  EXPECT_EQ(errors_,
            "PASS was refused with words that are not shown: they repeat the secret that was sent\n"
            "(not shown: the server repeated the secret)\n");
  d_.traces.clear();
  d_.Run(Request(POP3_CMD_PASS, "hunter2"), "-ERR [AUTH] wrong password\r\n");
  EXPECT_EQ(d_.traces[1], "R -ERR [AUTH] wrong password");
}

// What is hidden does not hide what happened: which command, and what a program can go by.
TEST_F(EngineTrace, WhatIsSaidOfAnEcho) {
  const struct {
    pop3_request request;
    const char *reply;
    pop3_status status;
    pop3_response_code code;
    const char *text;
  } cases[] = {
      {Request(POP3_CMD_PASS, "hunter2"), "-ERR [AUTH] not hunter2\r\n", POP3_REFUSED,
       POP3_CODE_AUTH,
       "PASS was refused with words that are not shown: they repeat the secret that was sent"},
      {Request(POP3_CMD_RAW, "pass hunter2"), "-ERR hunter2\r\n", POP3_REFUSED, POP3_CODE_NONE,
       "PASS was refused with words that are not shown: they repeat the secret that was sent"},
      {Request(POP3_CMD_PASS, "hunter2"), "pass: hunter2?\r\n", POP3_ERR_PROTOCOL, POP3_CODE_NONE,
       "the answer to PASS is no POP3 reply; its words are not shown: they repeat the secret that "
       "was sent"},
  };
  for (const auto &c : cases) {
    EngineDriver d;
    d.StartReady();
    d.on_done = [&](const pop3_result &r) {
      EXPECT_EQ(r.status, c.status);
      EXPECT_EQ(r.error->code, c.code);
      EXPECT_STREQ(r.error->text, c.text);
    };
    d.Run(c.request, c.reply);
    EXPECT_EQ(d.status_of(1), c.status);
  }
}

// The receive buffer does not keep what was echoed either.
TEST_F(EngineTrace, AnEchoIsWiped) {
  d_.allocator.Forbid("hunter2");
  Start(0);
  d_.Run(Request(POP3_CMD_PASS, "hunter2"), "-ERR PASS hunter2?\r\n");
  const std::string left(reinterpret_cast<const char *>(d_.engine()->recv.octets), 64);
  EXPECT_EQ(left.find("hunter2"), std::string::npos) << "at once, not only at the end";
}

// Nor do the buffers keep, once they are freed, what was repeated where nobody looks for it: in the
// reply to a later command, be its text longer than those before or followed by shorter ones.
TEST_F(EngineTrace, WhatIsRepeatedLaterIsWipedAtTheEnd) {
  for (const bool is_response : {false, true}) {
    for (const size_t before : {0, 100, 1000}) {
      EngineDriver d;
      d.allocator.Forbid("hunter2");
      d.StartReady();
      if (is_response) {
        d.Run(Request(POP3_CMD_AUTH, "LOGIN"), "+ \r\n");
        EXPECT_EQ(pop3_engine_respond(d.engine(), reinterpret_cast<const uint8_t *>("hunter2"), 7,
                                      nullptr),
                  POP3_OK);
        d.Send();
        d.Feed("+OK\r\n");
      } else {
        d.Run(Request(POP3_CMD_PASS, "hunter2"), "+OK\r\n");
      }
      d.Run(POP3_CMD_NOOP, "-ERR " + std::string(before, 'x') + "hunter2?\r\n");
      d.Run(POP3_CMD_NOOP, "+OK\r\n");
      d.Run(POP3_CMD_NOOP, "-ERR hunter2" + std::string(2 * before, 'x') + "\r\n");
      d.Run(POP3_CMD_NOOP, "-ERR " + std::string(4 * before, 'x') + "hunter2?\r\n");
      d.Run(POP3_CMD_NOOP, "+OK\r\n");
      EXPECT_EQ(pop3_engine_error(d.engine()), nullptr) << d.error_text();
    }
  }
}

// The receive buffer of a line that cannot be read either.
TEST_F(EngineTrace, AnEchoThatIsNoReplyIsWiped) {
  d_.allocator.Forbid("hunter2");
  Start(0);
  d_.Run(Request(POP3_CMD_PASS, "hunter2"), "-ERR PASS hunter2?\n");
  ASSERT_NE(pop3_engine_error(d_.engine()), nullptr);
  const std::string left(reinterpret_cast<const char *>(d_.engine()->recv.octets), 64);
  EXPECT_EQ(left.find("hunter2"), std::string::npos) << "at once, not only at the end";
}

TEST_F(EngineTrace, AuditIsAskedForEachLineBeforeItIsSent) {
  d_.StartReady({"PIPELINING"});
  for (uint32_t i = 1; i <= 3; i++) d_.Submit(POP3_CMD_DELE, i);
  EXPECT_EQ(d_.audits, Lines());
  d_.Send(1);
  EXPECT_EQ(d_.audits, (Lines{"DELE 1", "DELE 2", "DELE 3"}));
}

}  // namespace
}  // namespace engine_trace_test
