#include "tools/mailboxd/outq.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>

#include "tests/mailboxd/support.h"

namespace outq_test {
namespace {

class Outq : public testing::Test {
 protected:
  ~Outq() override { outq_clear(&q_); }

  outq q_ = {};
};

blob *BlobOf(const std::string &text) {
  blob *b = blob_new(text.size());
  memcpy(b->data, text.data(), text.size());
  b->len = text.size();
  return b;
}

TEST_F(Outq, EmptyHoldsNoMemory) {
  EXPECT_EQ(nullptr, q_.spans);
  outq_string(&q_, "+OK\r\n");
  EXPECT_EQ(5U, q_.octets);
  outq_sent(&q_, 5);
  EXPECT_EQ(nullptr, q_.spans);
  EXPECT_EQ(nullptr, q_.text);
}

TEST_F(Outq, NeighbouringTextIsOneSpan) {
  outq_string(&q_, "+OK ");
  outq_number(&q_, 0);
  outq_string(&q_, " ");
  outq_number(&q_, UINT64_MAX);
  outq_string(&q_, "\r\n");
  EXPECT_EQ(1U, q_.count);
  EXPECT_EQ("+OK 0 18446744073709551615\r\n", TakeAll(&q_));
}

TEST_F(Outq, BodiesAreReferredTo) {
  const std::string text(5000, 'b');
  blob *b = BlobOf(text);
  outq_string(&q_, "+OK\r\n");
  outq_refer(&q_, b, b->data, b->len);
  outq_string(&q_, ".\r\n");
  EXPECT_EQ(2U, b->refs);
  EXPECT_EQ(3U, q_.count);
  EXPECT_EQ("+OK\r\n" + text + ".\r\n", TakeAll(&q_));
  EXPECT_EQ(1U, b->refs);
  blob_unref(b);
}

TEST_F(Outq, IovecObeysItsLimits) {
  blob *b = BlobOf(std::string(1000, 'b'));
  for (int i = 0; i < 3; i++) {
    outq_string(&q_, "text");
    outq_refer(&q_, b, b->data, b->len);
  }
  blob_unref(b);
  iovec iov[8];
  uint64_t octets = 0;
  EXPECT_EQ(6U, outq_iovec(&q_, iov, 8, UINT64_MAX, &octets));
  EXPECT_EQ(3012U, octets);
  EXPECT_EQ(2U, outq_iovec(&q_, iov, 2, UINT64_MAX, &octets));
  EXPECT_EQ(1004U, octets);
  EXPECT_EQ(2U, outq_iovec(&q_, iov, 8, 10, &octets));
  EXPECT_EQ(10U, octets);
  EXPECT_EQ(6U, iov[1].iov_len);
  EXPECT_EQ(0U, outq_iovec(&q_, iov, 8, 0, &octets));
}

TEST_F(Outq, GetsFull) {
  blob *b = BlobOf(std::string(300, 'b'));
  while (!outq_full(&q_)) {
    outq_string(&q_, "x");
    outq_refer(&q_, b, b->data, b->len);
  }
  EXPECT_GE(q_.count, OUTQ_MAX_SPANS);
  outq_string(&q_, "more");  // is advice only
  outq_clear(&q_);
  EXPECT_EQ(1U, b->refs);
  const std::string large(OUTQ_MAX_OCTETS, 'l');
  outq_text(&q_, large.data(), large.size());
  EXPECT_TRUE(outq_full(&q_));
  EXPECT_EQ(large, TakeAll(&q_));
  blob_unref(b);
}

// Whatever is added and however it is taken: the same octets come out.
TEST_F(Outq, Random) {
  std::mt19937 random(7);
  blob *b = BlobOf(std::string(4000, 'b') + std::string(4000, 'c'));
  std::string in, out;
  for (int round = 0; round < 20000; round++) {
    if (random() % 2 == 0) {
      const std::string text(random() % 40, static_cast<char>('a' + random() % 26));
      outq_text(&q_, text.data(), text.size());
      in += text;
    } else if (random() % 3 == 0) {
      const size_t from = random() % 4000, len = random() % 4000;
      outq_refer(&q_, b, b->data + from, len);
      in.append(reinterpret_cast<char *>(b->data) + from, len);
    }
    if (random() % 3 == 0) {
      iovec iov[4];
      uint64_t octets = 0;
      const size_t n = outq_iovec(&q_, iov, 4, random() % 6000, &octets);
      for (size_t i = 0; i < n; i++) {
        out.append(static_cast<char *>(iov[i].iov_base), iov[i].iov_len);
      }
      outq_sent(&q_, octets);
    }
  }
  out += TakeAll(&q_);
  EXPECT_EQ(in, out);
  EXPECT_EQ(1U, b->refs);
  blob_unref(b);
}

}  // namespace
}  // namespace outq_test
