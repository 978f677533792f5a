#include <gtest/gtest.h>
#include <pop3/collect.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/core/engine_driver.h"
#include "tests/testing/failing_allocator.h"

namespace line_sink_test {
namespace {

using pop3_core_test::EngineDriver;
using pop3_core_test::Number;
using pop3_testing::FailingAllocator;
using pop3_testing::ForEachAllocationFailure;

using Strings = std::vector<std::string>;

// Reader is a program that takes lines. Each piece stands in memory of its own, so that a sanitizer
// sees who looks behind it.
struct Reader {
  Reader() { pop3_lines_sink(&lines, &sink); }
  ~Reader() { pop3_lines_cleanup(&lines); }
  Reader(const Reader &) = delete;
  Reader &operator=(const Reader &) = delete;

  static pop3_sink_verdict OnLine(void *arg, const uint8_t *data, size_t data_len) {
    auto *self = static_cast<Reader *>(arg);
    self->seen.emplace_back(data, data + data_len);
    self->where.push_back(data);
    return self->seen.size() == self->at ? self->verdict : POP3_SINK_CONTINUE;
  }
  pop3_sink_verdict Put(const std::string &text) {
    const std::vector<uint8_t> octets(text.begin(), text.end());
    return sink.body(sink.arg, octets.data(), octets.size());
  }
  void Done(pop3_status status = POP3_OK) {
    pop3_result result{};
    result.size = sizeof(result);
    result.status = status;
    sink.done(sink.arg, &result);
  }

  pop3_lines lines = POP3_LINES_INIT(OnLine, this);
  pop3_sink sink = POP3_SINK_INIT;
  Strings seen;
  std::vector<const uint8_t *> where;
  size_t at = 0;  // the line, from 1, that |verdict| answers
  pop3_sink_verdict verdict = POP3_SINK_CONTINUE;
};

TEST(LineSink, OneCallForEachLine) {
  Reader r;
  EXPECT_EQ(r.sink.size, sizeof(r.sink));
  EXPECT_EQ(r.sink.item, nullptr);
  EXPECT_EQ(r.Put("Subject: x\r\n\r\nbody\r\n"), POP3_SINK_CONTINUE);
  EXPECT_EQ(r.seen, (Strings{"Subject: x", "", "body"}));
  EXPECT_EQ(r.lines.octets, 20U);
  EXPECT_EQ(r.lines.num_lines, 3U);
  r.Done();
  EXPECT_EQ(r.seen.size(), 3U);
  EXPECT_EQ(r.lines.status, POP3_OK);
  EXPECT_EQ(r.lines.octets, 20U) << "to be read after the end";
}

TEST(LineSink, WhatEndsALine) {
  Reader r;
  EXPECT_EQ(r.Put(std::string("a\nb\rc\r\r\n\n\r\n\0\r\n", 14)), POP3_SINK_CONTINUE);
  EXPECT_EQ(r.seen, (Strings{"a", "b\rc\r", "", "", std::string("\0", 1)}));
  EXPECT_EQ(r.lines.octets, 14U);
}

TEST(LineSink, AnyCutsGiveTheSame) {
  const std::string text = "one\r\n\r\n\rtwo\r\r\n\nthree\nfour\r\n\r";
  Reader whole;
  EXPECT_EQ(whole.Put(text), POP3_SINK_CONTINUE);
  whole.Done();
  for (size_t a = 0; a <= text.size(); a++) {
    for (size_t b = a; b <= text.size(); b++) {
      Reader r;
      EXPECT_EQ(r.Put(text.substr(0, a)), POP3_SINK_CONTINUE);
      EXPECT_EQ(r.Put(text.substr(a, b - a)), POP3_SINK_CONTINUE);
      EXPECT_EQ(r.Put(text.substr(b)), POP3_SINK_CONTINUE);
      r.Done();
      ASSERT_EQ(r.seen, whole.seen) << a << " " << b;
      ASSERT_EQ(r.lines.octets, text.size());
    }
  }
  Reader r;
  for (const char c : text) EXPECT_EQ(r.Put(std::string(1, c)), POP3_SINK_CONTINUE);
  r.Done();
  EXPECT_EQ(r.seen, whole.seen);
}

TEST(LineSink, ALineThatIsThereAsAWholeIsNotCopied) {
  FailingAllocator allocator;
  allocator.FailFrom(1);
  Reader r;
  r.lines.allocator = *allocator.get();
  const std::string text = "one\r\ntwo\r\n";
  const auto *data = reinterpret_cast<const uint8_t *>(text.data());
  EXPECT_EQ(r.sink.body(r.sink.arg, data, text.size()), POP3_SINK_CONTINUE);
  ASSERT_EQ(r.where.size(), 2U);
  EXPECT_EQ(r.where[0], data);
  EXPECT_EQ(r.where[1], data + 5);
  EXPECT_EQ(allocator.calls(), 0U);
}

TEST(LineSink, TheLastLineMayLackItsEnd) {
  Reader r;
  EXPECT_EQ(r.Put("one\r\ntw"), POP3_SINK_CONTINUE);
  EXPECT_EQ(r.Put("o\r"), POP3_SINK_CONTINUE);
  EXPECT_EQ(r.seen, Strings{"one"});
  r.Done();
  EXPECT_EQ(r.seen, (Strings{"one", "two\r"}));
  EXPECT_EQ(r.lines.octets, 9U);
  EXPECT_EQ(r.lines.num_lines, 2U);
}

// Half of a line must not be taken for a line.
TEST(LineSink, APieceOfALineIsDroppedOnFailure) {
  for (const pop3_status status : {POP3_ERR_EOF, POP3_ERR_CANCELLED, POP3_ERR_SINK}) {
    Reader r;
    EXPECT_EQ(r.Put("one\r\ntw"), POP3_SINK_CONTINUE);
    r.Done(status);
    EXPECT_EQ(r.seen, Strings{"one"});
    EXPECT_EQ(r.lines.octets, 5U);
    EXPECT_EQ(r.Put("next\r\n"), POP3_SINK_CONTINUE);
    EXPECT_EQ(r.seen, (Strings{"one", "next"}));
  }
}

TEST(LineSink, BeginsAnewWithEachMessage) {
  Reader r;
  EXPECT_EQ(r.Put("one\r\n"), POP3_SINK_CONTINUE);
  r.Done();
  EXPECT_EQ(r.Put("three\r\n"), POP3_SINK_CONTINUE);
  EXPECT_EQ(r.lines.octets, 7U);
  EXPECT_EQ(r.lines.num_lines, 1U);
  r.Done();
  r.Done(POP3_REFUSED);
  EXPECT_EQ(r.lines.octets, 0U) << "of a message without a body";
  EXPECT_EQ(r.lines.num_lines, 0U);
  r.lines.max_line = 3;
  EXPECT_EQ(r.Put("four\r\n"), POP3_SINK_STOP);
  EXPECT_EQ(r.lines.status, POP3_ERR_LIMIT);
  r.Done(POP3_ERR_SINK);
  EXPECT_EQ(r.lines.status, POP3_ERR_LIMIT) << "to be read after the end";
  EXPECT_EQ(r.Put("six\r\n"), POP3_SINK_CONTINUE);
  EXPECT_EQ(r.lines.status, POP3_OK);
}

// Whether a line is too long does not depend on how it comes.
TEST(LineSink, ALineOfMoreThanMaxLineStops) {
  const struct {
    const char *text;
    pop3_sink_verdict verdict;
  } cases[] = {{"a\r\n1234\r\n", POP3_SINK_CONTINUE}, {"a\r\n1234\n", POP3_SINK_CONTINUE},
               {"a\r\n12345\r\n", POP3_SINK_STOP},    {"a\r\n12345\n", POP3_SINK_STOP},
               {"a\r\n1234\r\r\n", POP3_SINK_STOP},   {"a\r\n1234\rx\n", POP3_SINK_STOP},
               {"a\r\n123\r\r\n", POP3_SINK_CONTINUE}};
  for (const auto &c : cases) {
    const std::string text = c.text;
    for (size_t piece = 1; piece <= text.size(); piece++) {
      Reader r;
      r.lines.max_line = 4;
      pop3_sink_verdict verdict = POP3_SINK_CONTINUE;
      for (size_t at = 0; at < text.size() && verdict == POP3_SINK_CONTINUE; at += piece) {
        verdict = r.Put(text.substr(at, piece));
      }
      EXPECT_EQ(verdict, c.verdict) << text << " by " << piece;
      const bool stops = c.verdict == POP3_SINK_STOP;
      EXPECT_EQ(r.lines.status, stops ? POP3_ERR_LIMIT : POP3_OK) << text << " by " << piece;
      EXPECT_EQ(r.seen.size(), stops ? 1U : 2U) << text << " by " << piece;
      if (stops) {
        EXPECT_EQ(r.Put("b\r\n"), POP3_SINK_STOP) << "stopped is stopped";
        r.Done(POP3_ERR_SINK);
        EXPECT_EQ(r.seen.size(), 1U);
      }
    }
  }
}

// A line without end takes no more memory than max_line.
TEST(LineSink, APieceOfMoreThanMaxLineStops) {
  Reader r;
  r.lines.max_line = 4;
  EXPECT_EQ(r.Put("123"), POP3_SINK_CONTINUE);
  EXPECT_EQ(r.Put("4\r"), POP3_SINK_CONTINUE) << "this CR may be the line's end";
  EXPECT_EQ(r.Put("\r"), POP3_SINK_STOP);
  EXPECT_EQ(r.lines.status, POP3_ERR_LIMIT);
  Reader other;
  other.lines.max_line = 4;
  EXPECT_EQ(other.Put("12345"), POP3_SINK_STOP);
}

TEST(LineSink, TheLimitOfItself) {
  Reader r;
  const std::string most(size_t{1} << 20, 'x');
  EXPECT_EQ(r.Put(most + "\r\n"), POP3_SINK_CONTINUE);
  EXPECT_EQ(r.Put(most.substr(1)), POP3_SINK_CONTINUE);
  EXPECT_EQ(r.Put("x\r"), POP3_SINK_CONTINUE);
  EXPECT_EQ(r.Put("\n"), POP3_SINK_CONTINUE);
  EXPECT_EQ(r.seen, (Strings{most, most}));
  EXPECT_EQ(r.Put(most + "x\r\n"), POP3_SINK_STOP);
  EXPECT_EQ(r.lines.status, POP3_ERR_LIMIT);
}

TEST(LineSink, ALastLineThatIsTooLong) {
  Reader r;
  r.lines.max_line = 4;
  EXPECT_EQ(r.Put("1234\r"), POP3_SINK_CONTINUE);
  r.Done();
  EXPECT_EQ(r.lines.status, POP3_ERR_LIMIT) << "nothing ended it, so its CR counts";
  EXPECT_EQ(r.seen, Strings{});
}

TEST(LineSink, StopIsAtOnce) {
  Reader r;
  r.at = 2;
  r.verdict = POP3_SINK_STOP;
  EXPECT_EQ(r.Put("1\r\n2\r\n3\r\n"), POP3_SINK_STOP);
  EXPECT_EQ(r.seen, (Strings{"1", "2"}));
  EXPECT_EQ(r.lines.status, POP3_OK) << "it was the caller's wish";
  EXPECT_EQ(r.lines.octets, 6U);
}

TEST(LineSink, PauseIsBehindTheLinesThatAreThere) {
  Reader r;
  r.at = 2;
  r.verdict = POP3_SINK_PAUSE;
  EXPECT_EQ(r.Put("1\r\n2\r\n3\r\n4"), POP3_SINK_PAUSE);
  EXPECT_EQ(r.seen, (Strings{"1", "2", "3"}));
  EXPECT_EQ(r.Put("\r\n"), POP3_SINK_CONTINUE);
  EXPECT_EQ(r.seen.size(), 4U);
}

TEST(LineSink, WithoutAFunctionItCounts) {
  pop3_lines lines = POP3_LINES_INIT(nullptr, nullptr);
  pop3_sink sink = POP3_SINK_INIT;
  pop3_lines_sink(&lines, &sink);
  const uint8_t text[] = {'a', '\n', 'b', '\n'};
  EXPECT_EQ(sink.body(sink.arg, text, 4), POP3_SINK_CONTINUE);
  EXPECT_EQ(lines.num_lines, 2U);
}

TEST(LineSink, EachAllocationMayFail) {
  const size_t count = ForEachAllocationFailure([](FailingAllocator &allocator) {
    Reader r;
    r.lines.allocator = *allocator.get();
    pop3_sink_verdict verdict = r.Put("one\r\ntwo");
    for (int i = 0; i < 100 && verdict == POP3_SINK_CONTINUE; i++) {
      verdict = r.Put(std::string(100, 'x'));
    }
    if (verdict == POP3_SINK_CONTINUE) verdict = r.Put("\r\n");
    EXPECT_EQ(verdict, allocator.has_failed() ? POP3_SINK_STOP : POP3_SINK_CONTINUE);
    EXPECT_EQ(r.lines.status, allocator.has_failed() ? POP3_ERR_MEMORY : POP3_OK);
    EXPECT_EQ(r.seen.size(), allocator.has_failed() ? 1U : 2U);
    r.Done(allocator.has_failed() ? POP3_ERR_SINK : POP3_OK);
  });
  EXPECT_GE(count, 4U);
}

TEST(LineSink, ItsMemoryIsKeptForTheNextLine) {
  FailingAllocator allocator;
  Reader r;
  r.lines.allocator = *allocator.get();
  for (int i = 0; i < 10; i++) {
    EXPECT_EQ(r.Put(std::string(500, 'x')), POP3_SINK_CONTINUE);
    EXPECT_EQ(r.Put("\r\n"), POP3_SINK_CONTINUE);
    r.Done();
  }
  EXPECT_EQ(allocator.calls(), 1U);
  pop3_lines_cleanup(&r.lines);
  EXPECT_EQ(allocator.live_blocks(), 0U);
  EXPECT_EQ(r.Put("again"), POP3_SINK_CONTINUE);
  EXPECT_EQ(r.Put("\r\n"), POP3_SINK_CONTINUE);
  EXPECT_EQ(r.seen.back(), "again");
  pop3_lines_cleanup(&r.lines);
  EXPECT_EQ(allocator.live_blocks(), 0U);
}

// --- In an engine

// Owned is a pop3_lines that its operation owns: |done| frees it, whenever that comes.
struct Owned {
  EngineDriver *driver = nullptr;
  pop3_lines lines = POP3_LINES_INIT(nullptr, nullptr);
  pop3_op_id op = 0;
  bool cancels = false;
  Strings *seen = nullptr;
  pop3_status *status = nullptr;

  static pop3_sink_verdict OnLine(void *arg, const uint8_t *data, size_t data_len) {
    auto *self = static_cast<Owned *>(arg);
    Strings *seen = self->seen;
    seen->emplace_back(data, data + data_len);
    if (self->cancels) {
      EXPECT_EQ(pop3_engine_cancel(self->driver->engine(), self->op, nullptr), POP3_OK);
    }
    return POP3_SINK_CONTINUE;
  }
  static void OnDone(void *arg, const pop3_result *result) {
    auto *self = static_cast<Owned *>(arg);
    *self->status = result->status;
    pop3_lines_cleanup(&self->lines);
    delete self;
  }
};

pop3_status RunOwned(bool cancels, const std::string &reply, Strings *seen) {
  EngineDriver d;
  d.StartReady();
  pop3_status status = POP3_ERR_STATE;
  auto *owned = new Owned;
  owned->driver = &d;
  owned->cancels = cancels;
  owned->seen = seen;
  owned->status = &status;
  owned->lines.line = Owned::OnLine;
  owned->lines.done = Owned::OnDone;
  owned->lines.arg = owned;
  pop3_sink sink = POP3_SINK_INIT;
  pop3_lines_sink(&owned->lines, &sink);
  const pop3_request request = Number(POP3_CMD_RETR, 1);
  EXPECT_EQ(pop3_engine_submit(d.engine(), &request, &sink, &owned->op, nullptr), POP3_OK);
  d.Send();
  EXPECT_EQ(d.Feed(reply), POP3_OK) << d.error_text();
  return status;
}

TEST(LineSink, InAnEngine) {
  Strings seen;
  EXPECT_EQ(RunOwned(false, "+OK\r\n..a\r\nb\r\n.\r\n", &seen), POP3_OK);
  EXPECT_EQ(seen, (Strings{".a", "b"}));
}

// The function of the caller ends its operation, whose |done| frees all: no line comes after that.
TEST(LineSink, CancelledInsideALine) {
  Strings seen;
  EXPECT_EQ(RunOwned(true, "+OK\r\na\r\nb\r\nc\r\n.\r\n", &seen), POP3_ERR_CANCELLED);
  EXPECT_EQ(seen, Strings{"a"});
}

}  // namespace
}  // namespace line_sink_test
