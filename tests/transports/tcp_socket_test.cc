#include "transports/tcp_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "tests/testing/test_host.h"
#include "tests/transports/drive.h"

namespace pop3_testing {
namespace tcp_socket_test {
namespace {

int GetOption(int fd, int level, int name) {
  int value = -1;
  socklen_t len = sizeof(value);
  return getsockopt(fd, level, name, &value, &len) == 0 ? value : -1;
}

class TcpSocket : public ::testing::Test {
 protected:
  TcpSocket() : fds_(CountFds()) {
    std::memset(&options_, 0, sizeof(options_));
    options_.nodelay = P3_TCP_DEFAULT;
    options_.keepalive = P3_TCP_DEFAULT;
  }
  ~TcpSocket() override {
    if (fd_ >= 0) close(fd_);
    EXPECT_EQ(CountFds(), fds_);
  }

  // Starts, and waits for the outcome.
  p3_attempt Try(const char *address, uint16_t port, int limit_ms = 60000) {
    addresses_.count = 1;
    EXPECT_EQ(p3_address_parse(&addresses_.at[0], address, port), 1);
    p3_tcp_attempts attempts = {&options_, &addresses_};
    failure_ = {0, nullptr};
    p3_attempt how = p3_tcp_race_ops.start(&attempts, 0, &fd_, &failure_);
    if (how != P3_ATTEMPT_PENDING) return how;
    struct pollfd ready = {fd_, POLLOUT, 0};
    poll(&ready, 1, limit_ms);
    how = p3_tcp_race_ops.check(&attempts, 0, fd_, &failure_);
    if (how == P3_ATTEMPT_FAILED) {
      p3_tcp_race_ops.close(&attempts, fd_);
      fd_ = -1;
    }
    return how;
  }

  int fds_;
  int fd_ = -1;
  p3_tcp_options options_;
  p3_address_list addresses_;
  p3_attempt_failure failure_;
};

TEST_F(TcpSocket, ConnectsWithTheUsualSettings) {
  Listener server("127.0.0.1");
  ASSERT_EQ(Try("127.0.0.1", server.port()), P3_ATTEMPT_CONNECTED);
  EXPECT_EQ(fcntl(fd_, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  EXPECT_EQ(fcntl(fd_, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
  EXPECT_EQ(GetOption(fd_, IPPROTO_TCP, TCP_NODELAY), 1);
  EXPECT_EQ(GetOption(fd_, SOL_SOCKET, SO_KEEPALIVE), 1);
}

TEST_F(TcpSocket, ConnectsWithoutThem) {
  Listener server("127.0.0.1");
  options_.nodelay = 0;
  options_.keepalive = 0;
  ASSERT_EQ(Try("127.0.0.1", server.port()), P3_ATTEMPT_CONNECTED);
  EXPECT_EQ(GetOption(fd_, IPPROTO_TCP, TCP_NODELAY), 0);
  EXPECT_EQ(GetOption(fd_, SOL_SOCKET, SO_KEEPALIVE), 0);
}

TEST_F(TcpSocket, SaysThatItWasRefused) {
  EXPECT_EQ(Try("127.0.0.1", UnusedPort("127.0.0.1")), P3_ATTEMPT_FAILED);
  EXPECT_EQ(failure_.sys_errno, ECONNREFUSED);
}

TEST_F(TcpSocket, StaysPendingWithoutAnAnswer) {
  Listener server("127.0.0.3", 0, 0);
  ASSERT_TRUE(server.Jam());
  EXPECT_EQ(Try("127.0.0.3", server.port(), 50), P3_ATTEMPT_PENDING);
  server.Unjam();
}

TEST_F(TcpSocket, BindsToASourceAddress) {
  Listener server("127.0.0.1");
  ASSERT_EQ(p3_address_parse(&options_.source, "127.0.0.5", 0), 1);
  ASSERT_EQ(Try("127.0.0.1", server.port()), P3_ATTEMPT_CONNECTED);
  struct sockaddr_in local = {};
  socklen_t len = sizeof(local);
  getsockname(fd_, reinterpret_cast<sockaddr *>(&local), &len);
  EXPECT_EQ(ntohl(local.sin_addr.s_addr), 0x7f000005u);
}

TEST_F(TcpSocket, SaysThatASourceAddressIsForeign) {
  ASSERT_EQ(p3_address_parse(&options_.source, "198.51.100.7", 0), 1);
  EXPECT_EQ(Try("127.0.0.1", 9), P3_ATTEMPT_FAILED);
  EXPECT_EQ(failure_.sys_errno, EADDRNOTAVAIL);
  EXPECT_STREQ(failure_.words, "the source address is not of this machine");
}

class ReservedPort : public TcpSocket, public ::testing::WithParamInterface<const char *> {};

TEST_P(ReservedPort, IsUsedOrRefusedInWords) {
  if (!HasIpv6() && std::string(GetParam()) == "::1") GTEST_SKIP() << "no IPv6";
  Listener server(GetParam());
  options_.source_reserved = 1;
  const p3_attempt how = Try(GetParam(), server.port());
  if (how == P3_ATTEMPT_FAILED) {
    EXPECT_EQ(failure_.sys_errno, EACCES);
    EXPECT_STREQ(failure_.words, "no permission to use a reserved source port");
    return;
  }
  struct sockaddr_storage local = {};
  socklen_t len = sizeof(local);
  getsockname(fd_, reinterpret_cast<sockaddr *>(&local), &len);
  p3_address address = {};
  address.len = len;
  std::memcpy(&address.of, &local, sizeof(address.of));
  EXPECT_GE(p3_address_port(&address), 512);
  EXPECT_LE(p3_address_port(&address), 1023);
  // The next one gets another port.
  const int first = fd_;
  EXPECT_EQ(Try(GetParam(), server.port()), P3_ATTEMPT_CONNECTED);
  close(first);
}

INSTANTIATE_TEST_SUITE_P(Families, ReservedPort, ::testing::Values("127.0.0.1", "::1"));

TEST_F(TcpSocket, IsNotFooledByConnectingToItself) {
  // A client that connects to its own source port is connected with itself, by TCP's simultaneous
  // open. The source port cannot be chosen by an option, so the socket is made by hand.
  const uint16_t port = UnusedPort("127.0.0.1");
  p3_address here;
  ASSERT_EQ(p3_address_parse(&here, "127.0.0.1", port), 1);
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  ASSERT_EQ(bind(fd_, &here.of.any, here.len), 0);
  ASSERT_EQ(connect(fd_, &here.of.any, here.len), 0);
  failure_ = {0, nullptr};
  EXPECT_EQ(p3_tcp_race_ops.check(nullptr, 0, fd_, &failure_), P3_ATTEMPT_FAILED);
  EXPECT_EQ(failure_.sys_errno, ECONNREFUSED);
}

TEST_F(TcpSocket, ChecksForeignDescriptors) {
  int code = 0;
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  EXPECT_EQ(p3_tcp_socket_check(pair[0], &code), nullptr);
  close(pair[0]);
  close(pair[1]);
  EXPECT_STREQ(p3_tcp_socket_check(pair[0], &code), "is not open");
  EXPECT_EQ(code, EBADF);
  ASSERT_EQ(pipe(pair), 0);
  EXPECT_STREQ(p3_tcp_socket_check(pair[0], &code), "is not a socket");
  close(pair[0]);
  close(pair[1]);
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
  EXPECT_STREQ(p3_tcp_socket_check(pair[0], &code), "is not a stream socket");
  close(pair[0]);
  close(pair[1]);
  const int fresh = socket(AF_INET, SOCK_STREAM, 0);
  EXPECT_STREQ(p3_tcp_socket_check(fresh, &code), "is not connected");
  EXPECT_EQ(code, ENOTCONN);
  close(fresh);
}

TEST_F(TcpSocket, SaysWhenASettingIsNotTaken) {
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  EXPECT_EQ(p3_tcp_socket_tune(pair[0], P3_TCP_DEFAULT, 1), 0);
  EXPECT_NE(p3_tcp_socket_tune(pair[0], 1, P3_TCP_DEFAULT), 0);
  close(pair[0]);
  close(pair[1]);
  EXPECT_EQ(p3_tcp_socket_tune(-1, P3_TCP_DEFAULT, 1), EBADF);
}

}  // namespace
}  // namespace tcp_socket_test
}  // namespace pop3_testing
