
#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <pop3/plugins/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "tests/testing/test_host.h"
#include "tests/transports/drive.h"
#include "tests/transports/net_calls.h"

namespace pop3_testing {
namespace tcp_test {
namespace {

class Tcp : public ::testing::Test {
 protected:
  Tcp() : fds_(CountFds()), tcp_(&host_, pop3_plugin_tcp(POP3_ABI)) {}
  ~Tcp() override {
    tcp_.Destroy();
    NetCalls::Reset();
    if (peer_ >= 0) close(peer_);
    // The thread of a look-up that was given up may still have a file of the C library's open.
    EXPECT_EQ(SettledFds(fds_), fds_) << "descriptors leak";
  }

  // Connected: tcp_ on one side, peer_ on the other.
  void ConnectTo(Listener *server, const std::vector<pop3_option> &options = {}) {
    ASSERT_EQ(tcp_.Create("127.0.0.1", server->port(), options), POP3_OK) << tcp_.error().text;
    ASSERT_EQ(tcp_.ConnectAll(), POP3_IO_DONE) << tcp_.error().text;
    peer_ = server->Accept();
    ASSERT_GE(peer_, 0);
  }

  int fds_;
  TestHost host_;
  Transport tcp_;
  int peer_ = -1;
};

TEST_F(Tcp, DescribesItself) {
  const pop3_plugin *plugin = pop3_plugin_tcp(POP3_ABI);
  EXPECT_EQ(plugin->num_transports, 1u);
  EXPECT_EQ(plugin->num_auths, 0u);
  EXPECT_STREQ(tcp_.ops()->name, "tcp");
  EXPECT_EQ(tcp_.ops()->flags, POP3_TRANSPORT_BOTTOM);
  EXPECT_EQ(pop3_plugin_tcp(POP3_ABI + (UINT32_C(1) << 16)), nullptr);
}

TEST_F(Tcp, ConnectsAndTalks) {
  Listener server("127.0.0.1");
  ConnectTo(&server);
  EXPECT_EQ(tcp_.Connect(), POP3_IO_DONE) << "again does no harm";
  EXPECT_EQ(tcp_.Send("CAPA\r\n"), POP3_IO_DONE);
  char buf[16];
  EXPECT_EQ(read(peer_, buf, sizeof(buf)), 6);
  std::string got;
  EXPECT_EQ(tcp_.Read(&got), POP3_IO_WANT_READ);
  EXPECT_EQ(write(peer_, "+OK\r\n", 5), 5);
  EXPECT_EQ(tcp_.Receive(5, &got), POP3_IO_DONE);
  EXPECT_EQ(got, "+OK\r\n");
  EXPECT_EQ(shutdown(peer_, SHUT_WR), 0);
  EXPECT_EQ(tcp_.ReadWhenReady(&got), POP3_IO_EOF);
  EXPECT_EQ(host_.notes().size(), 1u);
}

TEST_F(Tcp, AnswersQueries) {
  Listener server("127.0.0.1");
  ASSERT_EQ(tcp_.Create("127.0.0.1", server.port(), {Text("tcp.source_address", "127.0.0.5")}),
            POP3_OK);
  EXPECT_EQ(tcp_.AskNumber(POP3_QUERY_FD), -1) << "not connected yet";
  EXPECT_EQ(tcp_.AskNumber(POP3_QUERY_IS_LOCAL), -1);
  EXPECT_EQ(tcp_.AskText(POP3_QUERY_PEER_NAME), "?");
  ASSERT_EQ(tcp_.ConnectAll(), POP3_IO_DONE);
  EXPECT_GE(tcp_.AskNumber(POP3_QUERY_FD), 0);
  EXPECT_EQ(tcp_.AskNumber(POP3_QUERY_IS_LOCAL), 1);
  EXPECT_EQ(tcp_.AskNumber(POP3_QUERY_ONLY_ONCE), 0);
  EXPECT_EQ(tcp_.AskText(POP3_QUERY_PEER_NAME), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(tcp_.AskText(POP3_QUERY_LOCAL_NAME).substr(0, 10), "127.0.0.5:");
  for (uint32_t what : {POP3_QUERY_IS_ENCRYPTED, POP3_QUERY_TLS_VERSION, POP3_QUERY_CB_TLS_UNIQUE,
                        POP3_QUERY_PLUGIN}) {
    EXPECT_EQ(tcp_.AskNumber(what), -1) << what;
  }
}

TEST_F(Tcp, KnowsThatAServerIsNotOnThisMachine) {
  Listener server("127.0.0.1");
  for (const char *address : {"192.0.2.1", "2001:db8::1", "128.0.0.1"}) {
    NetCalls::peer = address;
    ConnectTo(&server);
    EXPECT_EQ(tcp_.AskNumber(POP3_QUERY_IS_LOCAL), 0) << address;
    EXPECT_NE(tcp_.AskText(POP3_QUERY_PEER_NAME).find(address), std::string::npos);
    tcp_.Destroy();
    ASSERT_EQ(tcp_.Create("", 0, {Number("tcp.fd", peer_)}), POP3_OK) << tcp_.error().text;
    EXPECT_EQ(tcp_.AskNumber(POP3_QUERY_IS_LOCAL), 0) << "a descriptor that was handed in";
    tcp_.Destroy();
    close(peer_);
    peer_ = -1;
  }
}

TEST_F(Tcp, ConnectsElsewhere) {
  Listener server("127.0.0.1");
  ASSERT_EQ(tcp_.Create(
                "mail.example", 110,
                {Text("tcp.connect_host", "127.0.0.1"), Number("tcp.connect_port", server.port())}),
            POP3_OK)
      << tcp_.error().text;
  ASSERT_EQ(tcp_.ConnectAll(), POP3_IO_DONE) << tcp_.error().text;
  EXPECT_EQ(tcp_.AskText(POP3_QUERY_PEER_NAME), "127.0.0.1:" + std::to_string(server.port()));
  tcp_.Destroy();
  const std::string longer(300, 'x');
  ASSERT_EQ(tcp_.Create("m", 110, {Text("tcp.connect_host", longer.c_str())}), POP3_OK);
  EXPECT_EQ(tcp_.ConnectAll(), POP3_IO_FAIL);
  EXPECT_EQ(tcp_.error().status, POP3_ERR_RESOLVE);
}

TEST_F(Tcp, LooksUpNames) {
  Listener server("127.0.0.1");
  ASSERT_EQ(tcp_.Create("localhost", server.port()), POP3_OK);
  EXPECT_NE(tcp_.Interest(0).deadline_ms, POP3_NO_DEADLINE) << "wants to be called";
  EXPECT_EQ(tcp_.ConnectAll(), POP3_IO_DONE) << tcp_.error().text;
}

TEST_F(Tcp, LetsTheFamiliesOfANameTakeTurns) {
  NetCalls::name = "turns.example";
  NetCalls::addresses = {"127.0.0.2", "127.0.0.3", "::1"};
  const uint16_t port = UnusedPort("127.0.0.2");
  ASSERT_EQ(tcp_.Create("turns.example", port), POP3_OK);
  EXPECT_EQ(tcp_.ConnectAll(), POP3_IO_FAIL);
  const std::string text = tcp_.error().text;
  const size_t second = text.find("[::1]:");
  EXPECT_LT(text.find("127.0.0.2:"), second) << text;
  EXPECT_LT(second, text.find("127.0.0.3:")) << text;
}

TEST_F(Tcp, SaysThatThereIsNoSuchName) {
  // A part of more than 63 octets is no name at all: no name server is asked.
  const std::string name = std::string(64, 'x') + ".example";
  ASSERT_EQ(tcp_.Create(name, 110), POP3_OK);
  EXPECT_EQ(tcp_.ConnectAll(), POP3_IO_FAIL);
  EXPECT_EQ(tcp_.error().status, POP3_ERR_RESOLVE);
  EXPECT_NE(tcp_.error().lib_code, 0);
  EXPECT_EQ(std::string(tcp_.error().text).find("cannot look up \"" + name + "\": "), 0u);
}

TEST_F(Tcp, SaysWhoRefused) {
  if (!HasIpv6()) GTEST_SKIP() << "no IPv6";
  const uint16_t port = UnusedPort("127.0.0.1");
  const std::string p = std::to_string(port);
  ASSERT_EQ(tcp_.Create("mail.example", port, {Text("tcp.resolve", "mail.example:::1,127.0.0.1")}),
            POP3_OK);
  EXPECT_EQ(tcp_.ConnectAll(), POP3_IO_FAIL);
  EXPECT_EQ(tcp_.error().status, POP3_ERR_CONNECT);
  EXPECT_EQ(tcp_.error().sys_errno, ECONNREFUSED);
  EXPECT_EQ(std::string(tcp_.error().text),
            "cannot connect to mail.example: [::1]:" + p + " refused; 127.0.0.1:" + p + " refused");
  EXPECT_EQ(tcp_.AskText(POP3_QUERY_PEER_NAME), "?") << "a dead one may be asked";
  EXPECT_EQ(tcp_.Interest(POP3_WAIT_READ).num_fds, 0u);
}

TEST_F(Tcp, CutsALongListOfRefusals) {
  const uint16_t port = UnusedPort("127.0.0.1");
  // However long the first ones are, so that the cut falls everywhere.
  for (int more = 0; more <= 16; more++) {
    std::string resolve = "mail.example:";
    for (int i = 0; i < 32; i++) {
      const int digits = i >= 8 ? 1 : 1 + more / 8 + (i < more % 8 ? 1 : 0);
      resolve += (i > 0 ? ",127.0." : "127.0.") + std::to_string(10 + i) + "." +
                 std::string("111", static_cast<size_t>(digits));
    }
    ASSERT_EQ(tcp_.Create("mail.example", port, {Text("tcp.resolve", resolve.c_str())}), POP3_OK);
    EXPECT_EQ(tcp_.ConnectAll(), POP3_IO_FAIL);
    const std::string text = tcp_.error().text;
    EXPECT_LT(text.size(), static_cast<size_t>(POP3_ERROR_TEXT_MAX) - 1);
    EXPECT_NE(text.find(" refused; and "), std::string::npos) << text;
    EXPECT_EQ(text.substr(text.size() - 5), " more") << text;
    tcp_.Destroy();
  }
}

TEST_F(Tcp, RacesABlackHole) {
  Listener hole("127.0.0.2", 0, 0);
  ASSERT_TRUE(hole.Jam());
  Listener server("127.0.0.3", hole.port());
  ASSERT_TRUE(server.ok());
  ASSERT_EQ(tcp_.Create("mail.example", hole.port(),
                        {Text("tcp.resolve", "mail.example:127.0.0.2,127.0.0.3"),
                         Number("tcp.attempt_delay_ms", 40)}),
            POP3_OK);
  const int64_t start = host_.now_ms();
  ASSERT_EQ(tcp_.Connect(), POP3_IO_WANT_WRITE);
  const pop3_interest io = tcp_.Interest(0);
  EXPECT_EQ(io.num_fds, 1u);
  EXPECT_GE(io.deadline_ms, start + 40);
  ASSERT_EQ(tcp_.ConnectAll(), POP3_IO_DONE) << tcp_.error().text;
  EXPECT_GE(host_.now_ms(), start + 40);
  EXPECT_EQ(tcp_.AskText(POP3_QUERY_PEER_NAME).substr(0, 10), "127.0.0.3:");
}

TEST_F(Tcp, WaitsForEverIfNobodyEndsIt) {
  // The deadline is the host's business: no black hole of ours ends by itself.
  Listener hole("127.0.0.2", 0, 0);
  ASSERT_TRUE(hole.Jam());
  ASSERT_EQ(tcp_.Create("127.0.0.2", hole.port()), POP3_OK);
  EXPECT_EQ(tcp_.ConnectAll(300), POP3_IO_WANT_WRITE);
  EXPECT_EQ(tcp_.Interest(0).num_fds, 1u);
  EXPECT_EQ(tcp_.Interest(0).deadline_ms, POP3_NO_DEADLINE);
}

TEST_F(Tcp, TakesTheFamilyThatAnswers) {
  Listener server("127.0.0.1");
  ASSERT_EQ(tcp_.Create("mail.example", server.port(),
                        {Text("tcp.resolve", "mail.example:::1,127.0.0.1")}),
            POP3_OK);
  ASSERT_EQ(tcp_.ConnectAll(), POP3_IO_DONE) << tcp_.error().text;
  EXPECT_EQ(tcp_.AskText(POP3_QUERY_PEER_NAME).substr(0, 10), "127.0.0.1:");
}

TEST_F(Tcp, PrefersTheFirstOfTwoFamilies) {
  if (!HasIpv6()) GTEST_SKIP() << "no IPv6";
  Listener v4("127.0.0.1");
  Listener v6("::1", v4.port());
  ASSERT_TRUE(v6.ok());
  ASSERT_EQ(
      tcp_.Create("mail.example", v4.port(), {Text("tcp.resolve", "mail.example:[::1],127.0.0.1")}),
      POP3_OK);
  ASSERT_EQ(tcp_.ConnectAll(), POP3_IO_DONE) << tcp_.error().text;
  EXPECT_EQ(tcp_.AskText(POP3_QUERY_PEER_NAME).substr(0, 6), "[::1]:");
  EXPECT_EQ(tcp_.AskNumber(POP3_QUERY_IS_LOCAL), 1);
  tcp_.Destroy();
  ASSERT_EQ(tcp_.Create(
                "mail.example", v4.port(),
                {Text("tcp.resolve", "mail.example:[::1],127.0.0.1"), Text("tcp.family", "ipv4")}),
            POP3_OK);
  ASSERT_EQ(tcp_.ConnectAll(), POP3_IO_DONE) << tcp_.error().text;
  EXPECT_EQ(tcp_.AskText(POP3_QUERY_PEER_NAME).substr(0, 10), "127.0.0.1:");
}

TEST_F(Tcp, SaysThatAFamilyIsNotThere) {
  EXPECT_EQ(tcp_.Create("127.0.0.1", 110, {Text("tcp.family", "ipv6")}), POP3_ERR_RESOLVE);
  EXPECT_NE(std::string(tcp_.error().text).find("no IPv6 address"), std::string::npos);
  EXPECT_EQ(tcp_.Create("::1", 110, {Text("tcp.source_address", "127.0.0.1")}), POP3_ERR_RESOLVE);
  EXPECT_NE(std::string(tcp_.error().text).find("tcp.source_address"), std::string::npos);
}

TEST_F(Tcp, RefusesTargetsThatAreNone) {
  EXPECT_EQ(tcp_.Create("", 110), POP3_ERR_ARGUMENT);
  EXPECT_EQ(tcp_.Create("127.0.0.1", 0), POP3_ERR_ARGUMENT);
  EXPECT_EQ(tcp_.Create("127.0.0.1", 65536), POP3_ERR_ARGUMENT);
  EXPECT_EQ(tcp_.Create("127.0.0.1", 110, {Number("tcp.no_such", 1)}), POP3_ERR_ARGUMENT);
  EXPECT_NE(std::string(tcp_.error().text).find("tcp.no_such"), std::string::npos);
}

TEST_F(Tcp, SaysThatTheServerReset) {
  Listener server("127.0.0.1");
  ConnectTo(&server);
  const struct linger at_once = {1, 0};
  setsockopt(peer_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close(peer_);
  peer_ = -1;
  std::string got;
  EXPECT_EQ(tcp_.ReadWhenReady(&got), POP3_IO_FAIL);
  EXPECT_EQ(tcp_.error().status, POP3_ERR_IO);
  EXPECT_EQ(tcp_.error().sys_errno, ECONNRESET);
  EXPECT_STREQ(tcp_.error().text, "reading failed: the server reset the connection");
  EXPECT_EQ(tcp_.AskText(POP3_QUERY_PEER_NAME), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(tcp_.AskNumber(POP3_QUERY_IS_LOCAL), 1);
  // No signal ends the process, and to shut down what is gone is no failure.
  EXPECT_EQ(tcp_.Send("QUIT\r\n"), POP3_IO_FAIL);
  EXPECT_EQ(tcp_.Shutdown(), POP3_IO_DONE);
}

TEST_F(Tcp, StillHearsThePeersLastWords) {
  Listener server("127.0.0.1");
  ConnectTo(&server);
  ASSERT_EQ(tcp_.Send("NOOP\r\n"), POP3_IO_DONE);
  ASSERT_EQ(write(peer_, "-ERR shutting down\r\n", 20), 20);
  close(peer_);  // with something unread: the kernel resets
  peer_ = -1;
  pop3_io io = POP3_IO_DONE;
  for (int i = 0; i < 1000 && io == POP3_IO_DONE; i++) io = tcp_.Send("NOOP\r\n");
  EXPECT_EQ(io, POP3_IO_FAIL);
  std::string got;
  EXPECT_EQ(tcp_.Receive(20, &got), POP3_IO_DONE) << tcp_.error().text;
  EXPECT_EQ(got, "-ERR shutting down\r\n");
  EXPECT_NE(tcp_.ReadWhenReady(&got), POP3_IO_DONE);
}

TEST_F(Tcp, ShutsDownInOrder) {
  Listener server("127.0.0.1");
  ConnectTo(&server);
  EXPECT_EQ(tcp_.Send("QUIT\r\n"), POP3_IO_DONE);
  EXPECT_EQ(tcp_.Shutdown(), POP3_IO_DONE);
  char buf[16];
  EXPECT_EQ(recv(peer_, buf, 6, MSG_WAITALL), 6);
  EXPECT_EQ(read(peer_, buf, sizeof(buf)), 0);
}

TEST_F(Tcp, TellsWhatToWaitFor) {
  Listener server("127.0.0.1");
  ConnectTo(&server);
  EXPECT_EQ(tcp_.Interest(0).num_fds, 0u);
  for (uint32_t events : {POP3_WAIT_READ, POP3_WAIT_WRITE, POP3_WAIT_READ | POP3_WAIT_WRITE}) {
    const pop3_interest io = tcp_.Interest(events);
    ASSERT_EQ(io.num_fds, 1u);
    EXPECT_EQ(io.fds[0].fd, tcp_.AskNumber(POP3_QUERY_FD));
    EXPECT_EQ(io.fds[0].events, events);
    EXPECT_EQ(io.deadline_ms, POP3_NO_DEADLINE);
  }
}

TEST_F(Tcp, MovesMuchBothWays) {
  Listener server("127.0.0.1");
  ConnectTo(&server);
  std::string data(24 << 20, '\0');
  for (size_t i = 0; i < data.size(); i++) data[i] = static_cast<char>(i * 2654435761u >> 24);
  std::string seen_by_peer(data.size(), '\0');
  bool sent = false;
  std::thread peer([&] {
    size_t at = 0;
    while (at < seen_by_peer.size()) {
      const ssize_t got = recv(peer_, &seen_by_peer[at], seen_by_peer.size() - at, 0);
      if (got <= 0) return;
      at += static_cast<size_t>(got);
    }
    sent = send(peer_, data.data(), data.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(data.size());
  });
  EXPECT_EQ(tcp_.Send(data), POP3_IO_DONE);  // takes partial writes
  std::string got;
  EXPECT_EQ(tcp_.Receive(data.size(), &got), POP3_IO_DONE);
  peer.join();
  EXPECT_TRUE(sent);
  EXPECT_TRUE(got == data);
  EXPECT_TRUE(seen_by_peer == data);
}

TEST_F(Tcp, UsesABorrowedDescriptorAndLeavesItAlone) {
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
  ASSERT_EQ(tcp_.Create("", 0, {Number("tcp.fd", pair[0])}), POP3_OK) << tcp_.error().text;
  EXPECT_EQ(tcp_.Connect(), POP3_IO_DONE);
  EXPECT_EQ(tcp_.AskNumber(POP3_QUERY_FD), pair[0]);
  EXPECT_EQ(tcp_.AskNumber(POP3_QUERY_IS_LOCAL), 1);
  EXPECT_EQ(tcp_.AskNumber(POP3_QUERY_ONLY_ONCE), 1);
  EXPECT_EQ(tcp_.AskText(POP3_QUERY_PEER_NAME), "unix socket");
  std::string got;
  EXPECT_EQ(tcp_.Read(&got), POP3_IO_WANT_READ) << "though the descriptor blocks";
  EXPECT_EQ(fcntl(pair[0], F_GETFL) & O_NONBLOCK, 0) << "which is left as it is";
  EXPECT_EQ(write(pair[1], "+OK\r\n", 5), 5);
  EXPECT_EQ(tcp_.Receive(5, &got), POP3_IO_DONE);
  EXPECT_EQ(tcp_.Shutdown(), POP3_IO_DONE);
  tcp_.Destroy();
  EXPECT_EQ(write(pair[0], "still here", 10), 10);
  close(pair[0]);
  close(pair[1]);
}

TEST_F(Tcp, ClosesADescriptorThatItWasGiven) {
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
  ASSERT_EQ(tcp_.Create("", 0, {Number("tcp.fd", pair[0]), Number("tcp.own_fd", 1)}), POP3_OK);
  EXPECT_EQ(tcp_.Connect(), POP3_IO_DONE);
  EXPECT_EQ(tcp_.Shutdown(), POP3_IO_DONE);
  char buf[1];
  EXPECT_EQ(read(pair[1], buf, 1), 0);
  tcp_.Destroy();
  EXPECT_EQ(fcntl(pair[0], F_GETFD), -1);
  close(pair[1]);
}

TEST_F(Tcp, RefusesADescriptorThatWillNotDo) {
  int pair[2];
  ASSERT_EQ(pipe(pair), 0);
  EXPECT_EQ(tcp_.Create("", 0, {Number("tcp.fd", pair[0]), Number("tcp.own_fd", 1)}),
            POP3_ERR_ARGUMENT);
  EXPECT_EQ(std::string(tcp_.error().text),
            "option tcp.fd: descriptor " + std::to_string(pair[0]) + " is not a socket");
  EXPECT_NE(fcntl(pair[0], F_GETFD), -1) << "still the caller's";
  close(pair[0]);
  close(pair[1]);
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
  EXPECT_EQ(tcp_.Create("", 0, {Number("tcp.fd", pair[0]), Number("tcp.nodelay", 1)}),
            POP3_ERR_ARGUMENT);
  close(pair[0]);
  close(pair[1]);
}

TEST_F(Tcp, SetsOnAForeignDescriptorWhatItIsAskedTo) {
  Listener server("127.0.0.1");
  ConnectTo(&server);
  tcp_.Destroy();
  const int fd = peer_;
  int value = 1;
  socklen_t len = sizeof(value);
  ASSERT_EQ(tcp_.Create("", 0, {Number("tcp.fd", fd)}), POP3_OK);
  getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &len);
  EXPECT_EQ(value, 0);
  tcp_.Destroy();
  ASSERT_EQ(tcp_.Create("", 0, {Number("tcp.fd", fd), Number("tcp.keepalive", 1)}), POP3_OK);
  getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &len);
  EXPECT_EQ(value, 1);
  EXPECT_EQ(tcp_.AskNumber(POP3_QUERY_IS_LOCAL), 1);
}

TEST_F(Tcp, MayBeDestroyedAtAnyPoint) {
  Listener server("127.0.0.1", 0, 128);  // nobody accepts those that got as far as connecting
  Listener hole("127.0.0.2", 0, 0);
  ASSERT_TRUE(hole.Jam());
  // New.
  ASSERT_EQ(tcp_.Create("localhost", server.port()), POP3_OK);
  tcp_.Destroy();
  // The look-up runs.
  for (int i = 0; i < 50; i++) {
    ASSERT_EQ(tcp_.Create("localhost", server.port()), POP3_OK);
    EXPECT_NE(tcp_.Connect(), POP3_IO_FAIL);
    tcp_.Destroy();
  }
  // The race runs.
  ASSERT_EQ(tcp_.Create("127.0.0.2", hole.port()), POP3_OK);
  EXPECT_EQ(tcp_.Connect(), POP3_IO_WANT_WRITE);
  tcp_.Destroy();
  // Connected, half closed, failed.
  ConnectTo(&server);
  tcp_.Shutdown();
  tcp_.Destroy();
  ASSERT_EQ(tcp_.Create("127.0.0.1", UnusedPort("127.0.0.1")), POP3_OK);
  EXPECT_EQ(tcp_.ConnectAll(), POP3_IO_FAIL);
  tcp_.Destroy();
  tcp_.ops()->destroy(nullptr);
}

TEST_F(Tcp, SurvivesEveryFailedAllocation) {
  Listener server("127.0.0.1");
  for (bool persistently : {false, true}) {
    for (int nth = 0;; nth++) {
      host_.FailAllocation(nth, persistently);
      pop3_status status = tcp_.Create("localhost", server.port());
      if (status == POP3_OK && tcp_.ConnectAll() == POP3_IO_FAIL) status = tcp_.error().status;
      tcp_.Destroy();
      EXPECT_EQ(status, host_.has_failed() ? POP3_ERR_MEMORY : POP3_OK) << tcp_.error().text;
      EXPECT_EQ(host_.live(), 0);
      if (!host_.has_failed()) break;
      ASSERT_LT(nth, 10);
    }
  }
}

TEST_F(Tcp, SaysWhenThereIsNoDescriptorLeft) {
  ASSERT_EQ(tcp_.Create("127.0.0.1", 110), POP3_OK);
  {
    NoDescriptors none;
    EXPECT_EQ(tcp_.ConnectAll(), POP3_IO_FAIL);
  }
  EXPECT_EQ(tcp_.error().sys_errno, EMFILE);
  EXPECT_STREQ(tcp_.error().text, "cannot connect: 127.0.0.1:110 too many open files");
}

}  // namespace
}  // namespace tcp_test
}  // namespace pop3_testing
