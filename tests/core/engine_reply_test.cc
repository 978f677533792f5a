// What replies mean, command by command.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "core/engine/engine.h"
#include "tests/core/engine_driver.h"

namespace engine_reply_test {
namespace {

using pop3_core_test::EngineDriver;
using pop3_core_test::Lines;
using pop3_core_test::Number;
using pop3_core_test::Request;

class EngineReply : public ::testing::Test {
 protected:
  void SetUp() override { d_.StartReady(); }

  // Keeps the parts of the next result that outlive it.
  struct Kept {
    pop3_status status = POP3_OK;
    std::string error;
    pop3_response_code code = POP3_CODE_NONE;
    bool has_reply = false;
    std::string reply;
    pop3_response_code reply_code = POP3_CODE_NONE;
    uint32_t positive = 9;
    uint64_t octets = 0;
    uint32_t number = 0;
    pop3_quit_outcome quit = POP3_QUIT_UNKNOWN;
    const pop3_capabilities *capabilities = nullptr;
  };
  void Keep() {
    d_.on_done = [this](const pop3_result &r) {
      kept_ = Kept();
      kept_.status = r.status;
      if (r.error != nullptr) {
        kept_.error = r.error->text;
        kept_.code = r.error->code;
      }
      if (r.reply != nullptr) {
        kept_.has_reply = true;
        kept_.reply = r.reply->text;
        kept_.reply_code = r.reply->code;
        kept_.positive = r.reply->positive;
        EXPECT_EQ(strlen(r.reply->text), r.reply->text_len);
      }
      kept_.octets = r.octets;
      kept_.number = r.number;
      kept_.quit = r.quit;
      kept_.capabilities = r.capabilities;
    };
  }

  EngineDriver d_;
  Kept kept_;
};

// Every command but QUIT, which ends the dialogue.
std::vector<pop3_request> AllCommands() {
  static const std::string kDigest(32, 'a');
  pop3_request apop = Request(POP3_CMD_APOP, "u");
  apop.arg2 = kDigest.data();
  apop.arg2_len = kDigest.size();
  return {Number(POP3_CMD_CAPA, 0),        Request(POP3_CMD_USER, "u"),
          Request(POP3_CMD_PASS, "p"),     apop,
          Request(POP3_CMD_RPOP, "r"),     Request(POP3_CMD_AUTH, "PLAIN"),
          Number(POP3_CMD_STLS, 0),        Number(POP3_CMD_UTF8, 0),
          Number(POP3_CMD_LANG, 0),        Request(POP3_CMD_LANG, "fr"),
          Number(POP3_CMD_STAT, 0),        Number(POP3_CMD_LIST, 0),
          Number(POP3_CMD_LIST, 1),        Number(POP3_CMD_UIDL, 0),
          Number(POP3_CMD_UIDL, 1),        Number(POP3_CMD_RETR, 1),
          Number(POP3_CMD_TOP, 1, 2),      Number(POP3_CMD_DELE, 1),
          Number(POP3_CMD_RSET, 0),        Number(POP3_CMD_NOOP, 0),
          Number(POP3_CMD_LAST, 0),        Request(POP3_CMD_RAW, "X"),
          Request(POP3_CMD_RAW_MULTI, "X")};
}

TEST_F(EngineReply, ARefusalIsAResultForEveryCommand) {
  Keep();
  for (const pop3_request &request : AllCommands()) {
    SCOPED_TRACE(pop3_command_name(request.command));
    kept_ = Kept();
    d_.Run(request, "-ERR [IN-USE] do not\r\n");
    EXPECT_EQ(kept_.status, POP3_REFUSED);
    EXPECT_EQ(kept_.error, "[IN-USE] do not");
    EXPECT_EQ(kept_.code, POP3_CODE_IN_USE);
    EXPECT_EQ(kept_.reply, "[IN-USE] do not");
    EXPECT_EQ(kept_.reply_code, POP3_CODE_IN_USE);
    EXPECT_EQ(kept_.positive, 0U);
    EXPECT_EQ(kept_.capabilities, nullptr);
    EXPECT_EQ(pop3_engine_error(d_.engine()), nullptr) << "the session goes on";
    EXPECT_EQ(pop3_engine_upgrading(d_.engine()), 0);
    EXPECT_EQ(p3_engine_authenticated(d_.engine()), 0);
  }
}

TEST_F(EngineReply, ARefusalWithoutAReason) {
  Keep();
  for (const char *reply : {"-ERR\r\n", "-ERR \r\n", "-err\r\n"}) {
    d_.Run(POP3_CMD_NOOP, reply);
    EXPECT_EQ(kept_.status, POP3_REFUSED);
    EXPECT_EQ(kept_.error, "-ERR without a reason");
    EXPECT_EQ(kept_.reply, "");
  }
}

TEST_F(EngineReply, WhatIsNoReplyIsStickyForEveryCommand) {
  for (const char *line : {"hello", "", "OK", "+OKAY", "-ERROR", "+ERR", ".", "1 2", "+", "+ x"}) {
    for (const pop3_request &request : AllCommands()) {
      // To AUTH the last two are challenges.
      if (request.command == POP3_CMD_AUTH && line[0] == '+' && (line[1] == 0 || line[1] == ' ')) {
        continue;
      }
      EngineDriver d;
      d.StartReady();
      const pop3_op_id id = d.Run(request, std::string(line) + "\r\n");
      EXPECT_EQ(d.status_of(id), POP3_ERR_PROTOCOL)
          << pop3_command_name(request.command) << ": " << line;
      ASSERT_NE(pop3_engine_error(d.engine()), nullptr);
      EXPECT_EQ(d.Submit(POP3_CMD_NOOP), 0U);
    }
  }
}

TEST_F(EngineReply, SuccessOfTheSimpleOnes) {
  Keep();
  for (const pop3_command command :
       {POP3_CMD_UTF8, POP3_CMD_RSET, POP3_CMD_NOOP, POP3_CMD_STAT, POP3_CMD_LAST}) {
    d_.Run(command, "+OK 3 [not a code]\r\n");
    EXPECT_EQ(kept_.status, command == POP3_CMD_STAT ? POP3_ERR_PROTOCOL : POP3_OK);
    EXPECT_EQ(kept_.positive, 1U);
    EXPECT_EQ(kept_.reply, "3 [not a code]");
  }
}

TEST_F(EngineReply, LongTextsAreKeptWhole) {
  Keep();
  for (const size_t len : {1U, 255U, 256U, 257U, 8000U}) {
    const std::string text(len, 't');
    d_.Run(POP3_CMD_NOOP, "+OK " + text + "\r\n");
    EXPECT_EQ(kept_.reply, text);
  }
  d_.Run(POP3_CMD_NOOP, "+OK\r\n");
  EXPECT_EQ(kept_.reply, "");
}

// Hostile texts are cleaned where they become errors.
TEST_F(EngineReply, ErrorsAreCleanOneLiners) {
  Keep();
  d_.Run(POP3_CMD_NOOP, "-ERR \x1B[2Jboo\x07\xFF\r\n");
  EXPECT_EQ(kept_.error, "\\x1B[2Jboo\\x07\\xFF");
  EXPECT_EQ(kept_.reply, "\x1B[2Jboo\x07\xFF") << "as the server said it";
}

TEST_F(EngineReply, Stat) {
  for (const auto &[reply, log] : std::vector<std::pair<std::string, std::string>>{
           {"+OK 0 0\r\n", "done STAT OK count 0 octets 0"},
           {"+OK 4294967295 18446744073709551614 x y\r\n",
            "done STAT OK count 4294967295 octets 18446744073709551614"},
           {"+OK\r\n", "done STAT POP3_ERR_PROTOCOL"},
           {"+OK 1\r\n", "done STAT POP3_ERR_PROTOCOL"},
           {"+OK -1 5\r\n", "done STAT POP3_ERR_PROTOCOL"},
           {"+OK 4294967296 1\r\n", "done STAT POP3_ERR_PROTOCOL"},
           {"+OK 1 99999999999999999999\r\n", "done STAT POP3_ERR_PROTOCOL"}}) {
    d_.log.clear();
    const pop3_op_id id = d_.Run(POP3_CMD_STAT, reply);
    EXPECT_EQ(d_.log, Lines{"#" + std::to_string(id) + " " + log}) << reply;
    EXPECT_EQ(pop3_engine_error(d_.engine()), nullptr) << "only the operation fails";
  }
}

TEST_F(EngineReply, Last) {
  d_.Run(POP3_CMD_LAST, "+OK 0\r\n");
  d_.Run(POP3_CMD_LAST, "+OK 17 seen\r\n");
  d_.Run(POP3_CMD_LAST, "+OK none\r\n");
  EXPECT_EQ(d_.log, (Lines{"#1 done LAST OK number 0", "#2 done LAST OK number 17",
                           "#3 done LAST POP3_ERR_PROTOCOL number 0"}));
}

TEST_F(EngineReply, Bodies) {
  Keep();
  d_.Run(Number(POP3_CMD_RETR, 1), "+OK 9 octets\r\nA: b\r\n\r\n..\r\n.\r\n");
  EXPECT_EQ(kept_.octets, 11U);
  EXPECT_EQ(kept_.number, 1U);
  EXPECT_EQ(kept_.reply, "9 octets");
  d_.Run(Number(POP3_CMD_TOP, 2, 0), "+OK\r\n.\r\n");
  EXPECT_EQ(kept_.octets, 0U);
  pop3_request raw = Request(POP3_CMD_RAW_MULTI, "XRETR");
  raw.flags = POP3_REQUEST_RAW_BODY;
  d_.Run(raw, "+OK\r\nraw\r\n.\r\n");
  EXPECT_EQ(kept_.octets, 5U);
  EXPECT_EQ(d_.log, (Lines{"#1 body A: b\r\n\r\n.\r\n", "#1 done RETR OK", "#2 done TOP OK",
                           "#3 body raw\r\n", "#3 done raw OK"}));
}

TEST_F(EngineReply, ABodyThatSaysTheEndTwice) {
  d_.Run(Number(POP3_CMD_RETR, 1), "+OK\r\na\r\n.\r\n.\r\n");
  EXPECT_EQ(d_.status_of(1), POP3_OK);
  EXPECT_EQ(pop3_engine_error(d_.engine())->status, POP3_ERR_UNSOLICITED);
}

TEST_F(EngineReply, WithoutASink) {
  const std::vector<std::pair<pop3_request, std::string>> commands = {
      {Number(POP3_CMD_RETR, 1), "+OK\r\nx\r\n.\r\n"},
      {Number(POP3_CMD_LIST, 0), "+OK\r\n1 2\r\n.\r\n"},
      {Number(POP3_CMD_CAPA, 0), "+OK\r\nTOP\r\n.\r\n"},
      {Number(POP3_CMD_STAT, 0), "+OK 1 2\r\n"}};
  for (const auto &[request, reply] : commands) {
    ASSERT_EQ(pop3_engine_submit(d_.engine(), &request, nullptr, nullptr, nullptr), POP3_OK);
    d_.Send();
    EXPECT_EQ(d_.Feed(reply), POP3_OK) << d_.error_text();
    EXPECT_EQ(pop3_engine_pending(d_.engine()), 0U);
  }
  EXPECT_NE(pop3_engine_capabilities(d_.engine()), nullptr) << "learned all the same";
}

// A sink of a program that was built with an older, smaller struct.
TEST_F(EngineReply, ASmallerSink) {
  int bodies = 0;
  pop3_sink sink = POP3_SINK_INIT;
  sink.size = static_cast<uint32_t>(offsetof(pop3_sink, item));
  sink.arg = &bodies;
  sink.body = [](void *, const uint8_t *, size_t) { return POP3_SINK_CONTINUE; };
  sink.done = [](void *, const pop3_result *) { FAIL() << "beyond the size"; };
  const pop3_request request = Number(POP3_CMD_RETR, 1);
  ASSERT_EQ(pop3_engine_submit(d_.engine(), &request, &sink, nullptr, nullptr), POP3_OK);
  d_.Send();
  EXPECT_EQ(d_.Feed("+OK\r\nx\r\n.\r\n"), POP3_OK);
}

TEST_F(EngineReply, WhatCountsAsALogin) {
  static const std::string kDigest(32, 'a');
  pop3_request apop = Request(POP3_CMD_APOP, "u");
  apop.arg2 = kDigest.data();
  apop.arg2_len = kDigest.size();
  for (const pop3_request &request :
       {Request(POP3_CMD_PASS, "p"), apop, Request(POP3_CMD_RPOP, "r"),
        Request(POP3_CMD_AUTH, "EXTERNAL")}) {
    EngineDriver d;
    d.StartReady();
    d.Run(Request(POP3_CMD_USER, "u"), "+OK\r\n");
    EXPECT_EQ(p3_engine_authenticated(d.engine()), 0);
    d.Run(request, "+OK\r\n");
    EXPECT_EQ(p3_engine_authenticated(d.engine()), 1) << pop3_command_name(request.command);
  }
}

// --- QUIT

TEST_F(EngineReply, QuitCommitted) {
  Keep();
  d_.Run(POP3_CMD_QUIT, "+OK bye\r\n");
  EXPECT_EQ(kept_.quit, POP3_QUIT_COMMITTED);
  EXPECT_EQ(p3_engine_closed(d_.engine()), 1);
  EXPECT_EQ(pop3_engine_error(d_.engine()), nullptr);
  EXPECT_EQ(d_.Submit(POP3_CMD_NOOP), 0U);
  EXPECT_EQ(d_.err().status, POP3_ERR_STATE);
  EXPECT_EQ(d_.Send(), "");
  EXPECT_EQ(d_.Feed("whatever\r\n"), POP3_OK) << "nobody listens any more";
  EXPECT_EQ(d_.Eof(), POP3_OK);
}

TEST_F(EngineReply, ARawQuitIsOne) {
  Keep();
  d_.Submit(POP3_CMD_RAW, "quit");
  d_.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(d_.Send(), "quit\r\n");
  std::vector<pop3_quit_outcome> outcomes;
  d_.on_done = [&](const pop3_result &r) { outcomes.push_back(r.quit); };
  d_.Feed("+OK bye\r\n");
  EXPECT_EQ(outcomes, (std::vector<pop3_quit_outcome>{POP3_QUIT_COMMITTED, POP3_QUIT_UNKNOWN}));
  EXPECT_EQ(d_.status_of(2), POP3_ERR_STATE);
  EXPECT_EQ(p3_engine_closed(d_.engine()), 1);
  for (const pop3_command command : {POP3_CMD_RAW, POP3_CMD_RAW_MULTI}) {
    EngineDriver d;
    d.StartReady();
    d.on_done = [&](const pop3_result &r) { EXPECT_EQ(r.quit, POP3_QUIT_REFUSED); };
    d.Run(Request(command, "QUIT 1"), "-ERR no\r\n");
    EXPECT_EQ(p3_engine_closed(d.engine()), 1);
  }
}

// What is sent raw logs in as well, but AUTH, which only lists mechanisms.
TEST_F(EngineReply, ARawCommandThatLogsIn) {
  const struct {
    pop3_request request;
    const char *reply;
    int logs_in;
  } cases[] = {{Request(POP3_CMD_RAW, "pass x"), "+OK\r\n", 1},
               {Request(POP3_CMD_RAW, "APOP u d"), "+OK\r\n", 1},
               {Request(POP3_CMD_RAW, "RPOP u"), "+OK\r\n", 1},
               {Request(POP3_CMD_RAW, "PASS x"), "-ERR no\r\n", 0},
               {Request(POP3_CMD_RAW, "USER u"), "+OK\r\n", 0},
               {Request(POP3_CMD_RAW, "XPASS x"), "+OK\r\n", 0},
               {Request(POP3_CMD_RAW, "AUTH"), "+OK\r\n", 0},
               {Request(POP3_CMD_RAW_MULTI, "AUTH"), "+OK\r\nPLAIN\r\n.\r\n", 0}};
  for (const auto &c : cases) {
    EngineDriver d;
    d.StartReady();
    d.Run(c.request, c.reply);
    EXPECT_EQ(p3_engine_authenticated(d.engine()), c.logs_in) << c.request.arg;
  }
}

TEST_F(EngineReply, QuitRefused) {
  Keep();
  d_.Run(POP3_CMD_QUIT, "-ERR some deleted messages not removed\r\n");
  EXPECT_EQ(kept_.status, POP3_REFUSED);
  EXPECT_EQ(kept_.quit, POP3_QUIT_REFUSED);
  EXPECT_EQ(p3_engine_closed(d_.engine()), 1);
}

TEST_F(EngineReply, QuitUnknown) {
  Keep();
  d_.Run(POP3_CMD_QUIT, "");
  EXPECT_EQ(d_.Eof(), POP3_ERR_EOF);
  EXPECT_EQ(kept_.status, POP3_ERR_EOF);
  EXPECT_EQ(kept_.quit, POP3_QUIT_UNKNOWN);
}

TEST_F(EngineReply, QuitWithGarbageIsUnknown) {
  Keep();
  d_.Run(POP3_CMD_QUIT, "bye bye\r\n");
  EXPECT_EQ(kept_.status, POP3_ERR_PROTOCOL);
  EXPECT_EQ(kept_.quit, POP3_QUIT_UNKNOWN);
}

TEST_F(EngineReply, WhatIsQueuedBehindQuitIsToldThatItIsOver) {
  d_.Submit(POP3_CMD_QUIT);
  d_.Submit(POP3_CMD_NOOP);
  d_.Submit(POP3_CMD_STAT);
  EXPECT_EQ(d_.Send(), "QUIT\r\n");
  d_.Feed("+OK\r\n");
  EXPECT_EQ(d_.log, (Lines{"#1 done QUIT OK committed", "#2 done NOOP POP3_ERR_STATE",
                           "#3 done STAT POP3_ERR_STATE"}));
}

// --- STLS

TEST_F(EngineReply, StlsStandsStillUntilUpgraded) {
  EngineDriver d;
  ASSERT_EQ(d.Start(), POP3_OK);
  d.Feed("+OK <1@b>\r\n");
  d.Run(POP3_CMD_CAPA, "+OK\r\nSTLS\r\nPIPELINING\r\n.\r\n");
  d.Submit(POP3_CMD_STLS);
  d.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(d.Send(), "STLS\r\n");
  EXPECT_EQ(d.Feed("+OK begin\r\n"), POP3_OK);
  EXPECT_EQ(pop3_engine_upgrading(d.engine()), 1);
  size_t n = 9;
  EXPECT_EQ(pop3_engine_recv_buf(d.engine(), &n), nullptr);
  EXPECT_EQ(n, 0U);
  EXPECT_EQ(d.Send(), "");
  size_t len = 0;
  EXPECT_NE(pop3_engine_timestamp(d.engine(), &len), nullptr);
  pop3_engine_upgraded(d.engine());
  EXPECT_EQ(pop3_engine_upgrading(d.engine()), 0);
  EXPECT_NE(pop3_engine_timestamp(d.engine(), &len), nullptr) << "there is no other";
  EXPECT_EQ(pop3_engine_timestamp_problem(d.engine()), nullptr);
  EXPECT_EQ(pop3_engine_capabilities(d.engine()), nullptr);
  EXPECT_STREQ(pop3_engine_greeting(d.engine())->text, "<1@b>");
  EXPECT_EQ(d.Send(), "NOOP\r\n");
  d.Feed("+OK\r\n");
  for (int i = 0; i < 2; i++) d.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(d.Send(), "NOOP\r\n") << "PIPELINING is forgotten";
}

// Whatever follows the +OK in the clear, in whatever pieces, is fatal.
TEST_F(EngineReply, StlsInjection) {
  for (const char *more : {"+OK injected\r\n", "x", "\r\n", "\x16\x03\x01"}) {
    EngineDriver d;
    d.StartReady();
    d.Submit(POP3_CMD_STLS);
    d.Submit(POP3_CMD_STAT);
    d.Send();
    EXPECT_EQ(d.Feed(std::string("+OK go\r\n") + more), POP3_ERR_INJECTION);
    EXPECT_NE(d.error_text().find("injecting"), std::string::npos);
    EXPECT_EQ(d.status_of(2), POP3_ERR_INJECTION);
    EXPECT_EQ(d.Send(), "");
  }
}

// Also if |done| says at once that the transport is encrypted, which nobody can know yet.
TEST_F(EngineReply, StlsInjectionWithAHastyCallback) {
  d_.on_done = [&](const pop3_result &) { pop3_engine_upgraded(d_.engine()); };
  d_.Submit(POP3_CMD_STLS);
  d_.Send();
  EXPECT_EQ(d_.Feed("+OK go\r\n+OK injected\r\n"), POP3_ERR_INJECTION);
}

TEST_F(EngineReply, ACancelledStlsStillUpgrades) {
  d_.Submit(POP3_CMD_STLS);
  d_.Send();
  EXPECT_EQ(pop3_engine_cancel(d_.engine(), 1, nullptr), POP3_OK);
  d_.Feed("+OK go\r\n");
  EXPECT_EQ(pop3_engine_upgrading(d_.engine()), 1) << "the server speaks TLS from here on";
}

// The status line as it was on the wire, for those who have to show or compare it.
TEST_F(EngineReply, TheWholeLineIsKept) {
  std::string line;
  std::string text;
  d_.on_done = [&](const pop3_result &result) {
    line.assign(result.reply->line, result.reply->line_len);
    text.assign(result.reply->text, result.reply->text_len);
    EXPECT_EQ(result.reply->line[result.reply->line_len], 0);
  };
  d_.Run(POP3_CMD_NOOP, "+ok  fine [x]\r\n");
  EXPECT_EQ(line, "+ok  fine [x]");
  EXPECT_EQ(text, " fine [x]");
  d_.Run(POP3_CMD_NOOP, "-ERR\r\n");
  EXPECT_EQ(line, "-ERR");
  EXPECT_EQ(text, "");
  d_.Run(Request(POP3_CMD_PASS, "hunter2"), "-ERR PASS hunter2\r\n");
  EXPECT_EQ(line.find("hunter2"), std::string::npos) << line;
  const pop3_reply *greeting = pop3_engine_greeting(d_.engine());
  EXPECT_EQ(std::string(greeting->line, greeting->line_len).find("+OK"), 0U);
  EXPECT_EQ(greeting->line + 4, greeting->text);
}

}  // namespace
}  // namespace engine_reply_test
