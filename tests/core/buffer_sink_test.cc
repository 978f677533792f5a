#include <gtest/gtest.h>
#include <pop3/collect.h>

#include <string>

#include "tests/testing/failing_allocator.h"

namespace buffer_sink_test {
namespace {

using pop3_testing::FailingAllocator;
using pop3_testing::ForEachAllocationFailure;

pop3_sink_verdict Put(const pop3_sink &sink, const std::string &text) {
  return sink.body(sink.arg, reinterpret_cast<const uint8_t *>(text.data()), text.size());
}

std::string Contents(const pop3_buffer &buffer) {
  if (buffer.data == nullptr) return "";
  EXPECT_EQ(buffer.data[buffer.len], 0);
  return std::string(buffer.data, buffer.data + buffer.len);
}

TEST(BufferSink, Appends) {
  pop3_buffer buffer;
  pop3_buffer_init(&buffer, 0, nullptr);
  EXPECT_EQ(buffer.max, uint64_t{1} << 30);
  EXPECT_EQ(buffer.data, nullptr);
  pop3_sink sink = POP3_SINK_INIT;
  pop3_buffer_sink(&buffer, &sink);
  EXPECT_EQ(sink.size, sizeof(sink));
  EXPECT_EQ(sink.item, nullptr);
  EXPECT_EQ(sink.done, nullptr);
  EXPECT_EQ(Put(sink, ""), POP3_SINK_CONTINUE);
  EXPECT_EQ(Contents(buffer), "");
  EXPECT_EQ(Put(sink, "abc"), POP3_SINK_CONTINUE);
  EXPECT_EQ(Put(sink, std::string("d\0e", 3)), POP3_SINK_CONTINUE);
  EXPECT_EQ(Contents(buffer), std::string("abcd\0e", 6));
  EXPECT_EQ(buffer.status, POP3_OK);
  pop3_buffer_cleanup(&buffer);
  EXPECT_EQ(buffer.data, nullptr);
  EXPECT_EQ(buffer.len, 0U);
  EXPECT_EQ(Put(sink, "again"), POP3_SINK_CONTINUE);
  EXPECT_EQ(Contents(buffer), "again");
  pop3_buffer_cleanup(&buffer);
}

TEST(BufferSink, AnySplitGivesTheSame) {
  std::string text;
  for (int i = 0; i < 10000; i++) text += static_cast<char>(i * 7);
  for (size_t piece : {1U, 2U, 3U, 100U, 4095U, 4096U, 4097U, 9999U, 10000U}) {
    FailingAllocator allocator;
    pop3_buffer buffer;
    pop3_buffer_init(&buffer, 0, allocator.get());
    pop3_sink sink = POP3_SINK_INIT;
    pop3_buffer_sink(&buffer, &sink);
    for (size_t at = 0; at < text.size(); at += piece) {
      ASSERT_EQ(Put(sink, text.substr(at, piece)), POP3_SINK_CONTINUE);
    }
    EXPECT_EQ(Contents(buffer), text);
    EXPECT_LE(allocator.calls(), 3U) << "growth is geometric";
    pop3_buffer_cleanup(&buffer);
    EXPECT_EQ(allocator.live_blocks(), 0U);
  }
}

TEST(BufferSink, StopsAtTheMaximum) {
  for (uint64_t max : {1U, 10U, 4095U, 4096U, 4097U, 100000U}) {
    FailingAllocator allocator;
    pop3_buffer buffer;
    pop3_buffer_init(&buffer, max, allocator.get());
    pop3_sink sink = POP3_SINK_INIT;
    pop3_buffer_sink(&buffer, &sink);
    for (uint64_t i = 0; i < max; i++) ASSERT_EQ(Put(sink, "x"), POP3_SINK_CONTINUE);
    EXPECT_EQ(Put(sink, "x"), POP3_SINK_STOP);
    EXPECT_EQ(buffer.status, POP3_ERR_LIMIT);
    EXPECT_EQ(Put(sink, ""), POP3_SINK_STOP) << "stopped is stopped";
    EXPECT_EQ(buffer.len, max) << "what fitted stays";
    EXPECT_LE(buffer.cap, max + 1);
    pop3_buffer_cleanup(&buffer);
  }
}

TEST(BufferSink, ASpanThatDoesNotFitIsNotTakenInPart) {
  pop3_buffer buffer;
  pop3_buffer_init(&buffer, 5, nullptr);
  pop3_sink sink = POP3_SINK_INIT;
  pop3_buffer_sink(&buffer, &sink);
  EXPECT_EQ(Put(sink, "abc"), POP3_SINK_CONTINUE);
  EXPECT_EQ(Put(sink, "def"), POP3_SINK_STOP);
  EXPECT_EQ(Contents(buffer), "abc");
  pop3_buffer_cleanup(&buffer);
  EXPECT_EQ(buffer.status, POP3_OK);
  EXPECT_EQ(Put(sink, "defgh"), POP3_SINK_CONTINUE) << "the maximum stays";
  EXPECT_EQ(Put(sink, "i"), POP3_SINK_STOP);
  pop3_buffer_cleanup(&buffer);
}

TEST(BufferSink, ThereIsNoMaximumBeyondAllMemory) {
  pop3_buffer buffer;
  pop3_buffer_init(&buffer, UINT64_MAX, nullptr);
  pop3_sink sink = POP3_SINK_INIT;
  pop3_buffer_sink(&buffer, &sink);
  EXPECT_EQ(Put(sink, "abc"), POP3_SINK_CONTINUE);
  EXPECT_EQ(sink.body(sink.arg, buffer.data, SIZE_MAX - 3), POP3_SINK_STOP);
  EXPECT_EQ(buffer.status, POP3_ERR_MEMORY);
  EXPECT_EQ(Contents(buffer), "abc");
  pop3_buffer_cleanup(&buffer);
}

TEST(BufferSink, EachAllocationMayFail) {
  size_t count = ForEachAllocationFailure([](FailingAllocator &allocator) {
    pop3_buffer buffer;
    pop3_buffer_init(&buffer, 0, allocator.get());
    pop3_sink sink = POP3_SINK_INIT;
    pop3_buffer_sink(&buffer, &sink);
    std::string expected;
    const std::string piece(1000, 'x');
    for (int i = 0; i < 100 && buffer.status == POP3_OK; i++) {
      if (Put(sink, piece) == POP3_SINK_CONTINUE) expected += piece;
    }
    // A failure to double is made good by growing a little.
    if (buffer.status == POP3_OK) {
      EXPECT_EQ(expected.size(), 100000U);
    } else {
      EXPECT_EQ(buffer.status, POP3_ERR_MEMORY);
      EXPECT_TRUE(allocator.has_failed());
    }
    EXPECT_EQ(Contents(buffer), expected);
    pop3_buffer_cleanup(&buffer);
  });
  EXPECT_GE(count, 5U);
}

TEST(BufferSink, WhereThereIsNoRoomToDoubleWhatIsNeededWillDo) {
  FailingAllocator allocator;
  pop3_buffer buffer;
  pop3_buffer_init(&buffer, 0, allocator.get());
  pop3_sink sink = POP3_SINK_INIT;
  pop3_buffer_sink(&buffer, &sink);
  EXPECT_EQ(Put(sink, std::string(4000, 'x')), POP3_SINK_CONTINUE);
  allocator.FailAt(allocator.calls() + 1);
  EXPECT_EQ(Put(sink, std::string(1000, 'x')), POP3_SINK_CONTINUE);
  EXPECT_EQ(Contents(buffer), std::string(5000, 'x'));
  EXPECT_EQ(buffer.cap, 5001U);
  pop3_buffer_cleanup(&buffer);
}

TEST(BufferSink, AHundredMebibytes) {
  pop3_buffer buffer;
  pop3_buffer_init(&buffer, 0, nullptr);
  pop3_sink sink = POP3_SINK_INIT;
  pop3_buffer_sink(&buffer, &sink);
  const std::string piece(65536, 'x');
  for (int i = 0; i < 1600; i++) ASSERT_EQ(Put(sink, piece), POP3_SINK_CONTINUE);
  EXPECT_EQ(buffer.len, 1600U * 65536U);
  pop3_buffer_cleanup(&buffer);
}

}  // namespace
}  // namespace buffer_sink_test
