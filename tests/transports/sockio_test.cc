#include "transports/sockio.h"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "tests/testing/test_host.h"
#include "tests/transports/drive.h"

namespace pop3_testing {
namespace sockio_test {
namespace {

class SockIo : public ::testing::Test {
 protected:
  SockIo() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds_), 0); }
  ~SockIo() override {
    p3_sock_close(&fds_[0]);
    p3_sock_close(&fds_[1]);
  }

  pop3_io Read(std::string *out) {
    uint8_t buf[64];
    size_t len = 0;
    const pop3_io io = p3_sock_read(host_.get(), "x", fds_[0], buf, sizeof(buf), &len, &error_);
    if (io == POP3_IO_DONE) out->assign(reinterpret_cast<char *>(buf), len);
    return io;
  }

  pop3_io Write(const std::string &data, size_t *out_len) {
    return p3_sock_write(host_.get(), "x", fds_[0], reinterpret_cast<const uint8_t *>(data.data()),
                         data.size(), out_len, &error_);
  }

  TestHost host_;
  int fds_[2] = {-1, -1};
  pop3_error error_ = POP3_ERROR_INIT;
};

// The sockets of this test block: the functions must not.
TEST_F(SockIo, ReadsWithoutBlocking) {
  std::string got;
  EXPECT_EQ(Read(&got), POP3_IO_WANT_READ);
  ASSERT_EQ(write(fds_[1], "+OK", 3), 3);
  EXPECT_EQ(Read(&got), POP3_IO_DONE);
  EXPECT_EQ(got, "+OK");
  p3_sock_close(&fds_[1]);
  EXPECT_EQ(Read(&got), POP3_IO_EOF);
  EXPECT_EQ(Read(&got), POP3_IO_EOF);
}

TEST_F(SockIo, WritesWhatFits) {
  const std::string much(8 << 20, 'x');
  size_t len = 0;
  EXPECT_EQ(Write(much, &len), POP3_IO_DONE);
  EXPECT_GT(len, 0u);
  EXPECT_LT(len, much.size());
  while (Write(much, &len) == POP3_IO_DONE) {
  }
  EXPECT_EQ(Write("x", &len), POP3_IO_WANT_WRITE);
}

TEST_F(SockIo, SaysWhenThePeerHasGoneAndRaisesNoSignal) {
  signal(SIGPIPE, SIG_DFL);
  p3_sock_close(&fds_[1]);
  size_t len = 0;
  EXPECT_EQ(Write("QUIT\r\n", &len), POP3_IO_FAIL);
  EXPECT_EQ(error_.status, POP3_ERR_IO);
  EXPECT_EQ(error_.sys_errno, EPIPE);
  EXPECT_STREQ(error_.layer, "x");
  EXPECT_STREQ(error_.text, "writing failed: the server closed the connection");
}

TEST_F(SockIo, ClosesADescriptorOnce) {
  const int fd = fds_[0];
  p3_sock_close(&fds_[0]);
  EXPECT_EQ(fds_[0], -1);
  EXPECT_EQ(fcntl(fd, F_GETFD), -1);
  const int next = dup(fds_[1]);  // another's, which may have got the same number
  p3_sock_close(&fds_[0]);
  EXPECT_NE(fcntl(next, F_GETFD), -1);
  close(next);
}

TEST_F(SockIo, ShutsDownOneWay) {
  EXPECT_EQ(p3_sock_shutdown(host_.get(), "x", fds_[0], &error_), POP3_IO_DONE);
  char buf[4];
  EXPECT_EQ(read(fds_[1], buf, sizeof(buf)), 0);
  ASSERT_EQ(write(fds_[1], "bye", 3), 3);
  std::string got;
  EXPECT_EQ(Read(&got), POP3_IO_DONE);
  EXPECT_EQ(got, "bye");
}

TEST_F(SockIo, FailsOnWhatIsNoSocket) {
  p3_sock_close(&fds_[0]);
  fds_[0] = open("/dev/null", O_RDWR | O_CLOEXEC);
  std::string got;
  size_t len = 0;
  EXPECT_EQ(Read(&got), POP3_IO_FAIL);
  EXPECT_EQ(error_.sys_errno, ENOTSOCK);
  EXPECT_EQ(Write("x", &len), POP3_IO_FAIL);
  EXPECT_EQ(p3_sock_shutdown(host_.get(), "x", fds_[0], &error_), POP3_IO_FAIL);
  EXPECT_EQ(error_.sys_errno, ENOTSOCK);
}

TEST(SockWords, SaysEachInWords) {
  for (int code : {ECONNREFUSED, ETIMEDOUT, ENETUNREACH, EHOSTUNREACH, ENETDOWN, EADDRNOTAVAIL,
                   EADDRINUSE, EAFNOSUPPORT, ECONNRESET, EACCES, EMFILE, EBADF}) {
    char buf[P3_SOCK_WORDS_MAX];
    const std::string words = p3_sock_words(code, buf, sizeof(buf));
    EXPECT_GE(words.size(), 5u);
    EXPECT_EQ(words.find("nknown"), std::string::npos) << words;
  }
  char tiny[2];
  EXPECT_STREQ(p3_sock_words(EBADF, tiny, sizeof(tiny)), "failed");
}

TEST(SockInterest, AddsAndLowers) {
  pop3_interest io = POP3_INTEREST_INIT;
  p3_sock_wait(&io, -1, POP3_WAIT_READ);
  p3_sock_wait(&io, 5, 0);
  EXPECT_EQ(io.num_fds, 0u) << "a pause must not be woken by a hang-up";
  for (int i = 0; i < POP3_INTEREST_FDS + 3; i++) p3_sock_wait(&io, i, POP3_WAIT_READ);
  EXPECT_EQ(io.num_fds, static_cast<uint32_t>(POP3_INTEREST_FDS));
  EXPECT_EQ(io.fds[2].fd, 2);
  EXPECT_EQ(io.fds[2].events, POP3_WAIT_READ);
  p3_sock_call_at(&io, 500);
  EXPECT_EQ(io.deadline_ms, 500);
  p3_sock_call_at(&io, 700);
  EXPECT_EQ(io.deadline_ms, 500);
  p3_sock_call_at(&io, 300);
  EXPECT_EQ(io.deadline_ms, 300);
}

}  // namespace
}  // namespace sockio_test
}  // namespace pop3_testing
