// What comes in: any chunking, any end, pauses, what is not wanted.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "core/engine/engine.h"
#include "core/engine/engine_state.h"
#include "tests/core/engine_driver.h"

namespace engine_recv_test {
namespace {

using pop3_core_test::EngineDriver;
using pop3_core_test::Lines;
using pop3_core_test::Number;
using pop3_core_test::Request;

class EngineRecv : public ::testing::Test {
 protected:
  EngineDriver d_;
};

// A pipelined batch with every kind of response.
const std::vector<pop3_request> &Batch() {
  static const std::vector<pop3_request> kBatch = {
      Number(POP3_CMD_STAT, 0),      Number(POP3_CMD_LIST, 0),
      Number(POP3_CMD_LIST, 2),      Number(POP3_CMD_UIDL, 0),
      Number(POP3_CMD_UIDL, 1),      Number(POP3_CMD_RETR, 1),
      Number(POP3_CMD_RETR, 9),      Number(POP3_CMD_RETR, 3),
      Number(POP3_CMD_TOP, 1, 2),    Number(POP3_CMD_DELE, 1),
      Number(POP3_CMD_RSET, 0),      Number(POP3_CMD_LAST, 0),
      Request(POP3_CMD_RAW, "XTND"), Request(POP3_CMD_RAW_MULTI, "XLST"),
      Number(POP3_CMD_LANG, 0),      Request(POP3_CMD_USER, "u"),
      Number(POP3_CMD_CAPA, 0)};
  return kBatch;
}

const char kReplies[] =
    "+OK 2 320\r\n"
    "+OK 2 messages\r\n1 120\r\n2 200 extra\r\n.\r\n"
    "+OK 2 200\r\n"
    "+OK\r\n1 abc\r\n2 .def\r\n.\r\n"
    "+OK 1 abc\r\n"
    "+OK message follows\r\nA: b\r\n\r\n..dot\r\n.x\r\n\r.\n.\n\r\n.\r\n"
    "-ERR no such message\r\n"
    "+OK\r\n.\r\n"
    "+OK\r\nA: b\r\n\r\n.\r\n"
    "-ERR [SYS/PERM] read-only\r\n"
    "+ok\r\n"
    "+OK 1\r\n"
    "+OK whatever\r\n"
    "+OK\r\n..a\r\n\r\nb\r\n.\r\n"
    "+OK\r\nen English\r\nfr\r\n.\r\n"
    "+OK\r\n"
    "+OK\r\nTOP\r\nPIPELINING\r\n.\r\n";

Lines BatchLog() {
  return {"#2 done STAT OK count 2 octets 320",
          "#3 item 1 120",
          "#3 item 2 200",
          "#3 done LIST OK",
          "#4 done LIST OK number 2 octets 200",
          "#5 item 1 abc",
          "#5 item 2 .def",
          "#5 done UIDL OK",
          "#6 done UIDL OK number 1 text abc",
          "#7 body A: b\r\n\r\n.dot\r\nx\r\n\r.\n.\n\r\n",
          "#7 done RETR OK",
          "#8 done RETR REFUSED",
          "#9 done RETR OK",
          "#10 body A: b\r\n\r\n",
          "#10 done TOP OK",
          "#11 done DELE REFUSED",
          "#12 done RSET OK",
          "#13 done LAST OK number 1",
          "#14 done raw OK",
          "#15 item .a",
          "#15 item ",
          "#15 item b",
          "#15 done raw OK",
          "#16 item en",
          "#16 item fr",
          "#16 done LANG OK",
          "#17 done USER OK",
          "#18 item TOP",
          "#18 item PIPELINING",
          "#18 done CAPA OK"};
}

void StartBatch(EngineDriver *d) {
  d->StartReady({"PIPELINING"});
  for (const pop3_request &request : Batch()) ASSERT_NE(d->Submit(request), 0U) << d->err().text;
  d->Send();
  ASSERT_EQ(pop3_engine_in_flight(d->engine()), Batch().size());
}

TEST_F(EngineRecv, ABatchInOnePiece) {
  StartBatch(&d_);
  EXPECT_EQ(d_.Feed(kReplies), POP3_OK) << d_.error_text();
  EXPECT_EQ(d_.log, BatchLog());
  EXPECT_EQ(pop3_engine_pending(d_.engine()), 0U);
}

TEST_F(EngineRecv, ABatchInPiecesOfAnySize) {
  for (size_t piece = 1; piece < 40; piece++) {
    EngineDriver d;
    StartBatch(&d);
    d.piece = piece;
    EXPECT_EQ(d.Feed(kReplies), POP3_OK) << d.error_text();
    ASSERT_EQ(d.log, BatchLog()) << piece;
  }
}

TEST_F(EngineRecv, ABatchInEverySplitInTwo) {
  const std::string replies = kReplies;
  for (size_t cut = 1; cut < replies.size(); cut++) {
    EngineDriver d;
    StartBatch(&d);
    EXPECT_EQ(d.Feed(replies.substr(0, cut)), POP3_OK);
    EXPECT_EQ(d.Feed(replies.substr(cut)), POP3_OK) << d.error_text();
    ASSERT_EQ(d.log, BatchLog()) << cut;
  }
}

// The smallest buffer: what does not fit is read later.
TEST_F(EngineRecv, ABatchThroughTheSmallestBuffer) {
  for (size_t piece : {1U, 7U, 511U, 512U, 100000U}) {
    EngineDriver d;
    d.limits.recv_buffer = 512;
    StartBatch(&d);
    d.piece = piece;
    EXPECT_EQ(d.Feed(kReplies), POP3_OK) << d.error_text();
    EXPECT_EQ(d.log, BatchLog());
  }
}

// Pausing at each piece and resuming gives the same, and nothing is read in between.
TEST_F(EngineRecv, ABatchWithAPauseAtEachPiece) {
  for (size_t piece : {1U, 3U, 50U, 100000U}) {
    EngineDriver d;
    StartBatch(&d);
    d.piece = piece;
    d.on_piece = [](pop3_op_id) { return POP3_SINK_PAUSE; };
    d.Feed(kReplies);
    int pauses = 0;
    while (pop3_engine_paused(d.engine()) != 0) {
      size_t cap = 99;
      EXPECT_EQ(pop3_engine_recv_buf(d.engine(), &cap), nullptr);
      EXPECT_EQ(cap, 0U);
      const size_t before = d.log.size();
      EXPECT_EQ(d.Feed(""), POP3_OK);
      EXPECT_EQ(d.log.size(), before);
      ASSERT_EQ(d.Resume(), POP3_OK);
      ASSERT_LT(++pauses, 1000);
    }
    EXPECT_GE(pauses, 12);
    EXPECT_EQ(d.log, BatchLog()) << piece;
  }
}

// Stopping at the first piece of each response: the rest is dropped, the next answers are right.
TEST_F(EngineRecv, ABatchWithAStopAtEachFirstPiece) {
  for (size_t piece : {1U, 3U, 50U, 100000U}) {
    EngineDriver d;
    StartBatch(&d);
    d.piece = piece;
    d.on_piece = [](pop3_op_id) { return POP3_SINK_STOP; };
    EXPECT_EQ(d.Feed(kReplies), POP3_OK) << d.error_text();
    int stopped = 0;
    for (const std::string &line : d.log) {
      if (line.find("POP3_ERR_SINK") != std::string::npos) stopped++;
    }
    EXPECT_EQ(stopped, 7);
    EXPECT_EQ(d.status_of(9), POP3_OK) << "an empty body has no piece to stop at";
    EXPECT_EQ(d.status_of(13), POP3_OK);
    EXPECT_EQ(d.status_of(17), POP3_OK);
    EXPECT_EQ(pop3_engine_pending(d.engine()), 0U);
  }
}

// The end of the connection behind each octet: every operation that had its whole answer has it,
// all others end with POP3_ERR_EOF, and the text says where it was.
TEST_F(EngineRecv, EofBehindEachOctet) {
  const std::string replies = kReplies;
  for (size_t cut = 0; cut < replies.size(); cut++) {
    EngineDriver d;
    StartBatch(&d);
    ASSERT_EQ(d.Feed(replies.substr(0, cut)), POP3_OK);
    const size_t pending = pop3_engine_pending(d.engine());
    ASSERT_GT(pending, 0U);
    EXPECT_EQ(d.Eof(), POP3_ERR_EOF);
    size_t eofs = 0;
    for (const std::string &line : d.log) {
      if (line.find("POP3_ERR_EOF") != std::string::npos) eofs++;
    }
    EXPECT_EQ(eofs, pending) << cut;
    EXPECT_EQ(d.error_text().find("the server closed the connection "), 0U) << d.error_text();
    EXPECT_EQ(d.Eof(), POP3_ERR_EOF) << "sticky";
    EXPECT_EQ(d.Feed("+OK\r\n"), POP3_ERR_EOF);
  }
}

TEST_F(EngineRecv, WhereTheEndCame) {
  const struct {
    const char *octets;
    const char *text;
  } cases[] = {
      {"", "the server closed the connection instead of answering RETR"},
      {"+O", "the server closed the connection in the middle of the status line of RETR"},
      {"+OK\r\nbody", "the server closed the connection in the middle of the response to RETR"},
      {"+OK\r\n", "the server closed the connection in the middle of the response to RETR"},
      {"-ERR\r\n", "the server closed the connection before DELE was sent"},
  };
  for (const auto &c : cases) {
    EngineDriver d;
    d.StartReady();
    d.Submit(POP3_CMD_RETR, 1);
    d.Submit(POP3_CMD_DELE, 1);
    d.Send();
    d.Feed(c.octets);
    EXPECT_EQ(d.Eof(), POP3_ERR_EOF);
    EXPECT_EQ(d.error_text(), c.text);
  }
}

TEST_F(EngineRecv, EofWithNothingDueIsNoFailure) {
  d_.StartReady();
  EXPECT_EQ(d_.Eof(), POP3_OK);
  EXPECT_EQ(p3_engine_closed(d_.engine()), 1);
  EXPECT_EQ(pop3_engine_error(d_.engine()), nullptr);
  EXPECT_EQ(d_.Eof(), POP3_OK);
  EXPECT_EQ(d_.Submit(POP3_CMD_NOOP), 0U);
  EXPECT_EQ(d_.err().status, POP3_ERR_STATE);
  size_t cap = 9;
  EXPECT_EQ(pop3_engine_recv_buf(d_.engine(), &cap), nullptr);
  EXPECT_EQ(cap, 0U);
}

TEST_F(EngineRecv, LastWordsWithoutALineEnd) {
  d_.StartReady();
  EXPECT_EQ(d_.Feed("-ERR idle for too lo"), POP3_OK);
  EXPECT_EQ(d_.Eof(), POP3_ERR_UNSOLICITED);
  EXPECT_EQ(d_.error_text(),
            "the server sent an unsolicited line and closed the connection: \"-ERR idle for too "
            "lo\"");
}

TEST_F(EngineRecv, EofWhileChallenged) {
  d_.StartReady();
  d_.Run(Request(POP3_CMD_AUTH, "LOGIN"), "+ \r\n");
  EXPECT_EQ(d_.Eof(), POP3_ERR_EOF);
  EXPECT_EQ(d_.log, Lines{"#1 done AUTH POP3_ERR_EOF"});
}

TEST_F(EngineRecv, UnsolicitedOctets) {
  for (const char *octets : {"+OK\r\n", "-ERR shutting down\r\n", "\r\n", "garbage\r\n"}) {
    EngineDriver d;
    d.options.debug_level = 1;
    d.StartReady();
    EXPECT_EQ(d.Feed(octets), POP3_ERR_UNSOLICITED);
    EXPECT_NE(d.error_text().find("unsolicited line from the server"), std::string::npos);
    EXPECT_EQ(d.traces.size(), 1U) << "the trace shows it";
  }
}

TEST_F(EngineRecv, UnsolicitedBehindAReplyAndBehindTheGreeting) {
  d_.StartReady();
  EXPECT_EQ(d_.Run(POP3_CMD_NOOP, "+OK\r\n+OK\r\n"), 1U);
  EXPECT_EQ(d_.status_of(1), POP3_OK) << "its own answer was there";
  EXPECT_EQ(pop3_engine_error(d_.engine())->status, POP3_ERR_UNSOLICITED);

  EngineDriver d;
  ASSERT_EQ(d.Start(), POP3_OK);
  d.Submit(POP3_CMD_STAT);
  EXPECT_EQ(d.Feed("+OK ready\r\n+OK 1 2\r\n"), POP3_ERR_UNSOLICITED);
  EXPECT_EQ(d.log, Lines{"#1 done STAT POP3_ERR_UNSOLICITED"}) << "no answer ahead of its time";
}

// A command that |done| submits does not get what the server sent before it.
TEST_F(EngineRecv, UnsolicitedIsNotTheAnswerToWhatDoneSubmits) {
  d_.StartReady({"PIPELINING"});
  d_.on_done = [&](const pop3_result &) {
    d_.on_done = nullptr;
    d_.Submit(POP3_CMD_STAT);
  };
  d_.Run(POP3_CMD_NOOP, "+OK\r\n+OK 7 7\r\n");
  EXPECT_EQ(d_.log, (Lines{"#2 done NOOP OK", "#3 done STAT POP3_ERR_UNSOLICITED"}));
}

TEST_F(EngineRecv, TheBuffer) {
  d_.limits.recv_buffer = 4096;
  ASSERT_EQ(d_.Start(), POP3_OK);
  size_t cap = 0;
  uint8_t *buf = pop3_engine_recv_buf(d_.engine(), &cap);
  ASSERT_NE(buf, nullptr);
  EXPECT_EQ(cap, 4096U);
  EXPECT_EQ(pop3_engine_recv_buf(d_.engine(), &cap), buf) << "asking twice changes nothing";
  memcpy(buf, "+OK", 3);
  EXPECT_EQ(pop3_engine_recv_ack(d_.engine(), 3), POP3_OK);
  EXPECT_EQ(pop3_engine_recv_buf(d_.engine(), &cap), buf + 3);
  EXPECT_EQ(cap, 4096U - 3);
  EXPECT_EQ(pop3_engine_recv_ack(d_.engine(), 0), POP3_OK);
  memcpy(buf + 3, "\r\n", 2);
  EXPECT_EQ(pop3_engine_recv_ack(d_.engine(), 2), POP3_OK);
  EXPECT_NE(pop3_engine_greeting(d_.engine()), nullptr);
  EXPECT_EQ(pop3_engine_recv_buf(d_.engine(), &cap), buf);
  EXPECT_EQ(cap, 4096U);
}

TEST_F(EngineRecv, AckOfMoreThanTheBufferHolds) {
  d_.limits.recv_buffer = 512;
  ASSERT_EQ(d_.Start(), POP3_OK);
  size_t cap = 0;
  ASSERT_NE(pop3_engine_recv_buf(d_.engine(), &cap), nullptr);
  EXPECT_EQ(pop3_engine_recv_ack(d_.engine(), cap + 1), POP3_ERR_STATE);
  EXPECT_EQ(pop3_engine_error(d_.engine())->status, POP3_ERR_STATE);

  EngineDriver early;
  ASSERT_EQ(early.Start(), POP3_OK);
  EXPECT_EQ(pop3_engine_recv_ack(early.engine(), 1), POP3_ERR_STATE) << "no buffer yet";
}

TEST_F(EngineRecv, NoBufferInsideACallback) {
  StartBatch(&d_);
  d_.on_piece = [&](pop3_op_id) {
    size_t cap = 7;
    EXPECT_EQ(pop3_engine_recv_buf(d_.engine(), &cap), nullptr);
    EXPECT_EQ(cap, 0U);
    return POP3_SINK_CONTINUE;
  };
  EXPECT_EQ(d_.Feed(kReplies), POP3_OK);
  EXPECT_EQ(d_.log, BatchLog());
}

TEST_F(EngineRecv, NoMemoryForTheBuffer) {
  ASSERT_EQ(d_.Start(), POP3_OK);
  d_.Submit(POP3_CMD_NOOP);
  d_.allocator.FailFrom(d_.allocator.calls() + 1);
  size_t cap = 9;
  EXPECT_EQ(pop3_engine_recv_buf(d_.engine(), &cap), nullptr);
  EXPECT_EQ(cap, 0U);
  ASSERT_NE(pop3_engine_error(d_.engine()), nullptr);
  EXPECT_EQ(pop3_engine_error(d_.engine())->status, POP3_ERR_MEMORY);
  EXPECT_EQ(d_.log, Lines{"#1 done NOOP POP3_ERR_MEMORY"});
}

TEST_F(EngineRecv, AckInsideACallbackIsAFailure) {
  StartBatch(&d_);
  d_.on_done = [&](const pop3_result &) {
    d_.on_done = nullptr;
    EXPECT_EQ(pop3_engine_recv_ack(d_.engine(), 0), POP3_ERR_STATE);
  };
  EXPECT_EQ(d_.Feed(kReplies), POP3_ERR_STATE);
}

// A message is handed out from the receive buffer, however long it is: no memory is taken for it.
TEST_F(EngineRecv, ALongMessageTakesNoMemory) {
  d_.limits.recv_buffer = 4096;
  d_.StartReady();
  d_.Submit(POP3_CMD_RETR, 1);
  d_.Send();
  d_.Feed("+OK\r\n");
  const size_t calls = d_.allocator.calls();
  const std::string lines = "some line of text\r\n..with a dot\r\n";
  uint64_t octets = 0;
  for (int i = 0; i < 20000; i++) {
    ASSERT_EQ(d_.Feed(lines), POP3_OK);
    octets += lines.size() - 1;
    d_.log.resize(1);
    d_.log[0].clear();
  }
  uint64_t told = 0;
  d_.on_done = [&](const pop3_result &result) { told = result.octets; };
  EXPECT_EQ(d_.Feed(".\r\n"), POP3_OK);
  EXPECT_EQ(told, octets);
  EXPECT_EQ(d_.allocator.calls(), calls);
}

TEST_F(EngineRecv, SpansPointIntoTheReceiveBuffer) {
  d_.StartReady();
  pop3_sink sink = POP3_SINK_INIT;
  sink.arg = d_.engine();
  sink.body = [](void *arg, const uint8_t *data, size_t data_len) {
    const auto *engine = static_cast<const pop3_engine *>(arg);
    EXPECT_GE(data, engine->recv.octets);
    EXPECT_LE(data + data_len, engine->recv.octets + engine->limits.recv_buffer);
    return POP3_SINK_CONTINUE;
  };
  const pop3_request request = Number(POP3_CMD_RETR, 1);
  ASSERT_EQ(pop3_engine_submit(d_.engine(), &request, &sink, nullptr, nullptr), POP3_OK);
  d_.Send();
  EXPECT_EQ(d_.Feed("+OK\r\na\r\n..b\r\nc\r\n.\r\n"), POP3_OK);
}

// The whole answer had been read when the sink paused: that the server hung up behind it does not
// take it away.
TEST_F(EngineRecv, EofWhilePausedWithTheAnswerInTheBuffer) {
  d_.StartReady();
  d_.on_piece = [](pop3_op_id) { return POP3_SINK_PAUSE; };
  d_.Run(Number(POP3_CMD_RETR, 1), "+OK\r\na\r\n..b\r\n.\r\n");
  ASSERT_EQ(pop3_engine_paused(d_.engine()), 1);
  EXPECT_EQ(d_.Eof(), POP3_OK);
  EXPECT_EQ(d_.log, Lines{"#1 body a\r\n"}) << "and no more, though it is there";
  while (pop3_engine_paused(d_.engine()) != 0) d_.Resume();
  EXPECT_EQ(d_.log, (Lines{"#1 body a\r\n.b\r\n", "#1 done RETR OK"}));
  EXPECT_EQ(p3_engine_closed(d_.engine()), 1);
  EXPECT_EQ(pop3_engine_error(d_.engine()), nullptr);
}

TEST_F(EngineRecv, EofWhilePausedInTheMiddle) {
  d_.StartReady();
  d_.on_piece = [](pop3_op_id) { return POP3_SINK_PAUSE; };
  d_.Run(Number(POP3_CMD_RETR, 1), "+OK\r\na\r\n..b\r\n");
  ASSERT_EQ(pop3_engine_paused(d_.engine()), 1);
  (void)d_.Eof();
  while (pop3_engine_paused(d_.engine()) != 0) d_.Resume();
  EXPECT_EQ(d_.log, (Lines{"#1 body a\r\n.b\r\n", "#1 done RETR POP3_ERR_EOF"}));
}

}  // namespace
}  // namespace engine_recv_test
