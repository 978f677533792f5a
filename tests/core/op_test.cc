#include "core/engine/op.h"

#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "tests/testing/failing_allocator.h"

namespace op_test {
namespace {

using pop3_testing::FailingAllocator;

p3_op *NewOp(p3_op_queue *queue, const std::string &line, size_t secret = SIZE_MAX) {
  return p3_op_new(queue, reinterpret_cast<const uint8_t *>(line.data()), line.size(),
                   secret == SIZE_MAX ? line.size() : secret);
}

class OpQueue : public ::testing::Test {
 protected:
  void SetUp() override { p3_op_queue_init(&queue_, allocator_.get()); }
  void TearDown() override {
    p3_op_queue_cleanup(&queue_);
    EXPECT_EQ(allocator_.live_blocks(), 0U);
    EXPECT_EQ(allocator_.unwiped(), 0U);
  }

  FailingAllocator allocator_;
  p3_op_queue queue_;
};

// What the queue should hold.
struct ModelOp {
  p3_op *op;
  pop3_op_id id;
  size_t octets;
  bool in_flight;
};

void Check(const p3_op_queue &queue, const std::deque<ModelOp> &model) {
  size_t in_flight = 0;
  size_t octets = 0;
  const p3_op *at = queue.head;
  const p3_op *unsent = nullptr;
  for (const ModelOp &m : model) {
    ASSERT_EQ(at, m.op);
    ASSERT_EQ(at->line_len, m.octets);
    ASSERT_EQ(p3_op_in_flight(&queue, at), m.in_flight ? 1 : 0);
    ASSERT_EQ(p3_op_find(&queue, m.id), at->detached ? nullptr : at);
    if (m.in_flight) {
      in_flight++;
      octets += m.octets;
    } else if (unsent == nullptr) {
      unsent = at;
    }
    at = at->next;
  }
  ASSERT_EQ(at, nullptr);
  ASSERT_EQ(queue.tail, model.empty() ? nullptr : model.back().op);
  ASSERT_EQ(queue.unsent, unsent);
  ASSERT_EQ(queue.num_queued, model.size());
  ASSERT_EQ(queue.num_in_flight, in_flight);
  ASSERT_EQ(queue.octets_in_flight, octets);
}

TEST_F(OpQueue, RandomOperationsAgreeWithAModel) {
  std::mt19937 random(3);
  std::deque<ModelOp> model;
  pop3_op_id last_id = 0;
  for (int round = 0; round < 20000; round++) {
    const unsigned dice = static_cast<unsigned>(random() % 10);
    size_t unsent = 0;
    while (unsent < model.size() && model[unsent].in_flight) unsent++;
    if (dice < 4 && model.size() < 40) {
      const std::string line(random() % 100, 'l');
      p3_op *op = NewOp(&queue_, line);
      ASSERT_NE(op, nullptr);
      op->id = ++last_id;
      p3_op_push(&queue_, op);
      model.push_back({op, op->id, line.size(), false});
    } else if (dice < 6 && unsent < model.size()) {
      p3_op_set_in_flight(&queue_);
      model[unsent].in_flight = true;
    } else if (dice < 8 && !model.empty()) {
      p3_op *op = p3_op_pop(&queue_);
      ASSERT_EQ(op, model.front().op);
      ASSERT_EQ(op->next, nullptr);
      model.pop_front();
      p3_op_free(&queue_, op);
    } else if (dice == 8 && unsent < model.size()) {
      const size_t pick = unsent + random() % (model.size() - unsent);
      p3_op *op = model[pick].op;
      p3_op_remove_unsent(&queue_, op);
      ASSERT_EQ(op->next, nullptr);
      model.erase(model.begin() + static_cast<std::ptrdiff_t>(pick));
      p3_op_free(&queue_, op);
    } else if (!model.empty()) {
      model[random() % model.size()].op->detached = 1;
    }
    ASSERT_NO_FATAL_FAILURE(Check(queue_, model));
  }
}

TEST_F(OpQueue, EmptyQueue) {
  EXPECT_EQ(p3_op_pop(&queue_), nullptr);
  EXPECT_EQ(p3_op_find(&queue_, 1), nullptr);
  EXPECT_EQ(allocator_.calls(), 0U);
}

// A line of any length is kept whole, whether it fits into the operation or not.
TEST_F(OpQueue, LinesOfEveryLength) {
  for (size_t len = 0; len <= 3 * P3_OP_INLINE_LINE; len++) {
    std::string line;
    for (size_t i = 0; i < len; i++) line += static_cast<char>('a' + i % 26);
    p3_op *op = NewOp(&queue_, line);
    ASSERT_NE(op, nullptr);
    line.assign(line.size(), '#');  // a copy, not a reference
    EXPECT_EQ(op->line_len, len);
    for (size_t i = 0; i < len; i++) EXPECT_EQ(op->line[i], static_cast<uint8_t>('a' + i % 26));
    EXPECT_EQ(op->line == op->inline_line, len <= P3_OP_INLINE_LINE);
    p3_op_free(&queue_, op);
  }
}

TEST_F(OpQueue, AReusedOperationIsEmpty) {
  p3_op *op = NewOp(&queue_, "RETR 1\r\n");
  ASSERT_NE(op, nullptr);
  op->id = 7;
  op->number = 1;
  op->flags = 1;
  op->detached = 1;
  p3_watch watch;
  op->watch = &watch;
  op->sink.done = [](void *, const pop3_result *) {};
  p3_op_free(&queue_, op);
  p3_op *again = NewOp(&queue_, "NOOP\r\n");
  ASSERT_EQ(again, op) << "a spare one is taken first";
  EXPECT_EQ(again->id, 0U);
  EXPECT_EQ(again->number, 0U);
  EXPECT_EQ(again->flags, 0U);
  EXPECT_EQ(again->detached, 0);
  EXPECT_EQ(again->watch, nullptr);
  EXPECT_EQ(again->sink.done, nullptr);
  EXPECT_EQ(again->next, nullptr);
  p3_op_free(&queue_, again);
}

TEST_F(OpQueue, SparesAreBounded) {
  for (int i = 0; i < 2000; i++) p3_op_push(&queue_, NewOp(&queue_, "NOOP\r\n"));
  const size_t full = allocator_.live_octets();
  while (p3_op *op = p3_op_pop(&queue_)) p3_op_free(&queue_, op);
  EXPECT_LT(allocator_.live_octets(), full / 2);
  EXPECT_LE(queue_.num_spare, 512U);
}

TEST_F(OpQueue, SecretsAreWipedWhereverTheyWere) {
  allocator_.Forbid("sesame");
  // In the operation itself, behind it, and in an operation that is never sent.
  p3_op_free(&queue_, NewOp(&queue_, "PASS sesame\r\n", 5));
  ASSERT_NE(queue_.spare, nullptr);
  EXPECT_EQ(std::string(reinterpret_cast<char *>(queue_.spare), sizeof(p3_op)).find("sesame"),
            std::string::npos);
  p3_op_free(&queue_, NewOp(&queue_, "PASS sesame" + std::string(100, 'x') + "\r\n", 5));
  p3_op_push(&queue_, NewOp(&queue_, "PASS sesame\r\n", 5));
  p3_op_push(&queue_, NewOp(&queue_, "PASS sesame" + std::string(100, 'x') + "\r\n", 5));
}

TEST_F(OpQueue, AFailedAllocationLeavesTheQueueAsItWas) {
  allocator_.FailFrom(1);
  EXPECT_EQ(NewOp(&queue_, "NOOP\r\n"), nullptr);
  EXPECT_EQ(NewOp(&queue_, std::string(100, 'x')), nullptr);
  allocator_.FailAt(allocator_.calls() + 2);  // the line, not the operation
  EXPECT_EQ(NewOp(&queue_, std::string(100, 'x')), nullptr);
  allocator_.NeverFail();
  p3_op *op = NewOp(&queue_, std::string(100, 'x'));
  ASSERT_NE(op, nullptr);
  p3_op_push(&queue_, op);
  EXPECT_EQ(queue_.num_queued, 1U);
}

TEST(Sink, IsCopiedAsFarAsBothKnowIt) {
  struct {
    pop3_sink sink;
    void *later;
  } newer = {POP3_SINK_INIT, nullptr};
  newer.sink.size = sizeof(newer);
  newer.sink.arg = &newer;
  pop3_sink copy;
  ASSERT_EQ(p3_sink_copy(&copy, &newer.sink, nullptr), POP3_OK);
  EXPECT_EQ(copy.size, sizeof(copy));
  EXPECT_EQ(copy.arg, &newer);
  newer.sink.size = static_cast<uint32_t>(offsetof(pop3_sink, arg));
  ASSERT_EQ(p3_sink_copy(&copy, &newer.sink, nullptr), POP3_OK);
  EXPECT_EQ(copy.arg, nullptr);
  ASSERT_EQ(p3_sink_copy(&copy, nullptr, nullptr), POP3_OK);
  EXPECT_EQ(copy.done, nullptr);
}

TEST(Sink, WithoutASizeIsRefused) {
  pop3_sink zeroed = {};
  pop3_sink copy;
  pop3_error err = POP3_ERROR_INIT;
  EXPECT_EQ(p3_sink_copy(&copy, &zeroed, &err), POP3_ERR_ARGUMENT);
  EXPECT_STREQ(err.text, "sink.size is 0: start from POP3_SINK_INIT");
  EXPECT_EQ(copy.size, sizeof(copy)) << "empty";
}

}  // namespace
}  // namespace op_test
