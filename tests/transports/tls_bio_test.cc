#include "transports/tls_bio.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "tests/testing/test_host.h"

namespace pop3_testing {
namespace tls_bio_test {
namespace {

// Below is a transport that does what a test told it.
struct Below {
  std::string incoming;
  std::string written;
  pop3_io read_io = POP3_IO_WANT_READ;    // when nothing is left
  pop3_io write_io = POP3_IO_WANT_WRITE;  // when there is no room
  size_t room = SIZE_MAX;
  size_t piece = SIZE_MAX;
  bool endless = false;
  int reads = 0;

  static pop3_io Read(void *arg, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
    auto *self = static_cast<Below *>(arg);
    self->reads++;
    const size_t len = std::min({self->incoming.size(), cap, self->piece});
    if (len == 0) {
      std::strcpy(err->text, "read failed below");
      return self->read_io;
    }
    memcpy(buf, self->incoming.data(), len);
    if (!self->endless) self->incoming.erase(0, len);
    *out_len = len;
    return POP3_IO_DONE;
  }
  static pop3_io Write(void *arg, const uint8_t *data, size_t data_len, size_t *out_len,
                       pop3_error *err) {
    auto *self = static_cast<Below *>(arg);
    const size_t len = std::min({data_len, self->room, self->piece});
    if (len == 0) {
      std::strcpy(err->text, "write failed below");
      return self->write_io;
    }
    self->written.append(reinterpret_cast<const char *>(data), len);
    self->room -= self->room == SIZE_MAX ? 0 : len;
    *out_len = len;
    return POP3_IO_DONE;
  }
};

class TlsBio : public ::testing::Test {
 protected:
  TlsBio() {
    ops_.read = Below::Read;
    ops_.write = Below::Write;
    EXPECT_EQ(p3_tls_bio_init(&bio_, host_.get(), &lower_, this, &error_), POP3_OK);
    p3_tls_bio_start(&bio_);
  }
  ~TlsBio() override { p3_tls_bio_cleanup(&bio_); }

  // "" and |*out_result| if nothing was read.
  std::string Read(int cap, int *out_result = nullptr) {
    std::string buf(static_cast<size_t>(cap), '\0');
    const int got = BIO_read(bio_.bio, buf.data(), cap);
    if (out_result != nullptr) *out_result = got;
    return got > 0 ? buf.substr(0, static_cast<size_t>(got)) : "";
  }

  TestHost host_;
  Below below_;
  pop3_transport_ops ops_ = {};
  pop3_layer lower_ = {&ops_, &below_};
  p3_tls_bio bio_;
  pop3_error error_ = POP3_ERROR_INIT;
};

TEST_F(TlsBio, ServesManyReadsFromOneBelow) {
  below_.incoming = std::string(
      "\x17\x03\x03\0\x03"
      "abc"
      "\x17\x03\x03\0\x02"
      "de",
      15);
  EXPECT_EQ(Read(5), std::string("\x17\x03\x03\0\x03", 5));
  EXPECT_EQ(p3_tls_bio_has_record(&bio_), 0) << "'abc' begins no record";
  EXPECT_EQ(Read(3), "abc");
  EXPECT_EQ(p3_tls_bio_has_record(&bio_), 1);
  EXPECT_EQ(Read(5), std::string("\x17\x03\x03\0\x02", 5));
  EXPECT_EQ(Read(100), "de");
  EXPECT_EQ(below_.reads, 1);
  EXPECT_EQ(bio_.octets_in, 15U);
  EXPECT_EQ(p3_tls_bio_owner(bio_.bio), this);
}

TEST_F(TlsBio, KnowsHalfARecord) {
  below_.incoming = std::string(
      "x\x17\x03\x03\0\x03"
      "ab",
      8);
  EXPECT_EQ(Read(1), "x");
  EXPECT_EQ(p3_tls_bio_has_record(&bio_), 0);
  below_.incoming = std::string("x\x17\x03\x03\0", 5);
  EXPECT_EQ(Read(100).size(), 7U);
  EXPECT_EQ(Read(1), "x");
  EXPECT_EQ(p3_tls_bio_has_record(&bio_), 0) << "half a header";
}

TEST_F(TlsBio, PassesOnWhatIsWaitedFor) {
  int result = 0;
  EXPECT_EQ(Read(5, &result), "");
  EXPECT_EQ(result, -1);
  EXPECT_TRUE(BIO_should_retry(bio_.bio));
  EXPECT_EQ(bio_.want, POP3_IO_WANT_READ);
  below_.read_io = POP3_IO_WANT_WRITE;
  Read(5, &result);
  EXPECT_TRUE(BIO_should_retry(bio_.bio));
  EXPECT_EQ(bio_.want, POP3_IO_WANT_WRITE) << "a read that wants to write";
  below_.room = 2;
  EXPECT_EQ(BIO_write(bio_.bio, "abc", 3), 2);
  below_.write_io = POP3_IO_WANT_READ;
  EXPECT_EQ(BIO_write(bio_.bio, "c", 1), -1);
  EXPECT_TRUE(BIO_should_retry(bio_.bio));
  EXPECT_EQ(bio_.want, POP3_IO_WANT_READ) << "a write that wants to read";
  EXPECT_EQ(below_.written, "ab");
  EXPECT_EQ(BIO_flush(bio_.bio), 1);
}

TEST_F(TlsBio, ForgetsWhatItWaitedForAtTheEnd) {
  int result = 0;
  Read(5, &result);
  EXPECT_TRUE(BIO_should_retry(bio_.bio));
  below_.read_io = POP3_IO_EOF;
  Read(5, &result);
  EXPECT_EQ(result, 0);
  EXPECT_FALSE(BIO_should_retry(bio_.bio)) << "there is nothing more to wait for";
  below_.room = 0;
  EXPECT_EQ(BIO_write(bio_.bio, "a", 1), -1);
  EXPECT_TRUE(BIO_should_retry(bio_.bio));
  below_.write_io = POP3_IO_FAIL;
  EXPECT_EQ(BIO_write(bio_.bio, "a", 1), -1);
  EXPECT_FALSE(BIO_should_retry(bio_.bio));
}

TEST_F(TlsBio, StopsAtTheEnd) {
  below_.read_io = POP3_IO_EOF;
  int result = -1;
  Read(5, &result);
  EXPECT_EQ(result, 0);
  EXPECT_FALSE(BIO_should_retry(bio_.bio));
  EXPECT_EQ(bio_.eof, 1);
  Read(5, &result);
  EXPECT_EQ(below_.reads, 1) << "it is not asked again";
}

TEST_F(TlsBio, KeepsTheFirstFailure) {
  below_.room = 0;
  below_.write_io = POP3_IO_FAIL;
  EXPECT_EQ(BIO_write(bio_.bio, "a", 1), -1);
  EXPECT_FALSE(BIO_should_retry(bio_.bio));
  EXPECT_EQ(bio_.write_failed, 1);
  EXPECT_STREQ(bio_.error.text, "write failed below");
  below_.room = SIZE_MAX;
  EXPECT_EQ(BIO_write(bio_.bio, "a", 1), -1) << "nothing is tried any more";
  EXPECT_EQ(below_.written, "");
  // The peer's last words can still be heard.
  below_.incoming = "alert";
  EXPECT_EQ(Read(5), "alert");
  below_.read_io = POP3_IO_FAIL;
  int result = 0;
  Read(5, &result);
  EXPECT_EQ(result, -1);
  EXPECT_EQ(bio_.read_failed, 1);
  EXPECT_STREQ(bio_.error.text, "write failed below");
  const int reads = below_.reads;
  Read(5, &result);
  EXPECT_EQ(below_.reads, reads);
}

TEST_F(TlsBio, CallsNoTransportWhoseReadHasFailed) {
  below_.read_io = POP3_IO_FAIL;
  int result = 0;
  Read(5, &result);
  EXPECT_EQ(BIO_write(bio_.bio, "a", 1), -1);
  EXPECT_FALSE(BIO_should_retry(bio_.bio));
  EXPECT_EQ(below_.written, "");
  EXPECT_STREQ(bio_.error.text, "read failed below");
}

TEST_F(TlsBio, TakesAnEndWhileWritingForAFailure) {
  below_.room = 0;
  below_.write_io = POP3_IO_EOF;
  EXPECT_EQ(BIO_write(bio_.bio, "a", 1), -1);
  EXPECT_EQ(bio_.error.status, POP3_ERR_EOF);
  EXPECT_EQ(bio_.write_failed, 1);
  below_.room = SIZE_MAX;
  EXPECT_EQ(BIO_write(bio_.bio, "a", 1), -1) << "nothing is tried any more";
  EXPECT_EQ(below_.written, "");
}

TEST_F(TlsBio, BoundsOneOperation) {
  below_.incoming = "endless ";
  below_.endless = true;
  bio_.want = POP3_IO_WANT_WRITE;  // of an operation before
  int result = 1;
  int reads = 0;
  while (result > 0 && reads++ < 10000) Read(100, &result);
  EXPECT_EQ(result, -1);
  EXPECT_TRUE(BIO_should_retry(bio_.bio));
  EXPECT_EQ(bio_.exhausted, 1);
  EXPECT_EQ(bio_.want, POP3_IO_WANT_READ);
  EXPECT_LT(below_.reads, 10000);
  p3_tls_bio_start(&bio_);
  EXPECT_EQ(bio_.exhausted, 0);
  EXPECT_EQ(Read(100), "endless ");
}

TEST_F(TlsBio, RemembersTheFirstOctets) {
  below_.incoming = "+OK" + std::string(100, 'x');
  below_.piece = 1;
  for (int i = 0; i < 103; i++) EXPECT_EQ(Read(5).size(), 1U);
  EXPECT_EQ(bio_.first_len, size_t{P3_TLS_FIRST_MAX});
  EXPECT_EQ(memcmp(bio_.first, "+OKxxx", 6), 0);
}

TEST_F(TlsBio, SaysThatMemoryRanOut) {
  p3_tls_bio other;
  host_.FailAllocation(0);
  EXPECT_EQ(p3_tls_bio_init(&other, host_.get(), &lower_, this, &error_), POP3_ERR_MEMORY);
  p3_tls_bio_cleanup(&other);
}

}  // namespace
}  // namespace tls_bio_test
}  // namespace pop3_testing
