
#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pop3/plugins/unix.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <thread>

#include "tests/testing/privileges.h"
#include "tests/testing/test_host.h"
#include "tests/transports/drive.h"

namespace pop3_testing {
namespace unix_test {
namespace {

class Unix : public ::testing::Test {
 protected:
  Unix() : fds_(CountFds()), unix_(&host_, pop3_plugin_unix(POP3_ABI)) {
    char folder[] = "/tmp/pop3-unix-XXXXXX";  // short: a socket's path may have 107 octets
    folder_ = mkdtemp(folder);
  }
  ~Unix() override {
    unix_.Destroy();
    if (peer_ >= 0) close(peer_);
    unlink(Path("pop3").c_str());
    rmdir(folder_.c_str());
    EXPECT_EQ(CountFds(), fds_) << "descriptors leak";
  }

  std::string Path(const std::string &name) const { return folder_ + "/" + name; }

  void ConnectTo(Listener *server, const std::string &target) {
    ASSERT_EQ(unix_.Create(target, 0), POP3_OK) << unix_.error().text;
    ASSERT_EQ(unix_.ConnectAll(), POP3_IO_DONE) << unix_.error().text;
    peer_ = server->Accept();
    ASSERT_GE(peer_, 0);
  }

  // Fails to connect to |target|, with which words?
  std::string Refusal(const std::string &target) {
    EXPECT_EQ(unix_.Create(target, 0), POP3_OK) << unix_.error().text;
    EXPECT_EQ(unix_.ConnectAll(), POP3_IO_FAIL);
    unix_.Destroy();
    EXPECT_EQ(unix_.error().status, POP3_ERR_CONNECT);
    const std::string text = unix_.error().text;
    const std::string start = "cannot connect to " + target + ": ";
    EXPECT_EQ(text.substr(0, start.size()), start);
    return text.size() > start.size() ? text.substr(start.size()) : "";
  }

  int fds_;
  TestHost host_;
  Transport unix_;
  std::string folder_;
  int peer_ = -1;
};

TEST_F(Unix, DescribesItself) {
  EXPECT_STREQ(unix_.ops()->name, "unix");
  EXPECT_EQ(unix_.ops()->flags, POP3_TRANSPORT_BOTTOM);
  EXPECT_EQ(pop3_plugin_unix(POP3_ABI + (UINT32_C(1) << 16)), nullptr);
}

TEST_F(Unix, ConnectsToAPath) {
  Listener server(Path("pop3"));
  ConnectTo(&server, Path("pop3"));
  EXPECT_EQ(unix_.Connect(), POP3_IO_DONE) << "again does no harm";
  EXPECT_EQ(unix_.AskText(POP3_QUERY_PEER_NAME), Path("pop3"));
  EXPECT_EQ(unix_.AskText(POP3_QUERY_LOCAL_NAME), "unix socket");
  EXPECT_EQ(unix_.AskNumber(POP3_QUERY_IS_LOCAL), 1);
  const int fd = static_cast<int>(unix_.AskNumber(POP3_QUERY_FD));
  EXPECT_EQ(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  EXPECT_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
  EXPECT_EQ(unix_.AskNumber(POP3_QUERY_IS_ENCRYPTED), -1);
  EXPECT_EQ(unix_.AskNumber(POP3_QUERY_TLS_RESUMED), -1);
  EXPECT_EQ(host_.notes().size(), 1u);
}

TEST_F(Unix, ConnectsElsewhere) {
  Listener server(Path("pop3"));
  const std::string path = Path("pop3");
  ASSERT_EQ(unix_.Create("mail.example", 110, {Text("unix.path", path.c_str())}), POP3_OK);
  EXPECT_EQ(unix_.ConnectAll(), POP3_IO_DONE) << unix_.error().text;
  EXPECT_EQ(unix_.AskText(POP3_QUERY_PEER_NAME), path);
}

TEST_F(Unix, ConnectsToAnAbstractName) {
  const std::string name = "@pop3-test-" + std::to_string(getpid());
  Listener server(name);
  ASSERT_TRUE(server.ok());
  ConnectTo(&server, name);
  EXPECT_EQ(unix_.AskText(POP3_QUERY_PEER_NAME), name);
  close(peer_);
  peer_ = -1;
  std::string got;
  EXPECT_EQ(unix_.ReadWhenReady(&got), POP3_IO_EOF);
}

TEST_F(Unix, TakesNamesAsLongAsTheSystem) {
  const std::string abstract = "@" + std::string(107, 'n');
  Listener server(abstract);
  ASSERT_TRUE(server.ok());
  ConnectTo(&server, abstract);
  EXPECT_EQ(unix_.AskText(POP3_QUERY_PEER_NAME), abstract);
  close(peer_);
  unix_.Destroy();
  const std::string path = Path(std::string(107 - Path("").size(), 'p'));
  Listener other(path);
  ASSERT_TRUE(other.ok());
  ConnectTo(&other, path);
}

TEST_F(Unix, RefusesNamesThatAreNone) {
  EXPECT_EQ(unix_.Create("", 0), POP3_ERR_ARGUMENT);
  EXPECT_EQ(unix_.Create("@", 0), POP3_ERR_ARGUMENT);
  EXPECT_EQ(unix_.Create("/" + std::string(107, 'x'), 0), POP3_ERR_ARGUMENT);
  EXPECT_EQ(std::string(unix_.error().text),
            "the socket's path has 108 octets; the system allows 107");
  EXPECT_EQ(unix_.Create("@" + std::string(108, 'x'), 0), POP3_ERR_ARGUMENT);
  EXPECT_EQ(unix_.Create(std::string(100000, 'x'), 0), POP3_ERR_ARGUMENT);
}

TEST_F(Unix, SaysWhatIsWrongWithASocket) {
  EXPECT_EQ(Refusal(Path("pop3")), "there is no such socket");
  EXPECT_EQ(Refusal("/dev/null/pop3"), "a part of the path is not a directory");
  EXPECT_EQ(Refusal("@pop3-nobody-" + std::to_string(getpid())), "nobody listens there");
  close(open(Path("pop3").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  EXPECT_EQ(Refusal(Path("pop3")), "it is not a socket");
  unlink(Path("pop3").c_str());

  struct sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  Path("pop3").copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int datagram = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(bind(datagram, reinterpret_cast<sockaddr *>(&address), sizeof(address)), 0);
  EXPECT_EQ(Refusal(Path("pop3")), "it is not a stream socket");
  close(datagram);
  EXPECT_EQ(Refusal(Path("pop3")), "nobody listens on this socket");
}

TEST_F(Unix, SaysThatThereIsNoPermission) {
  Listener server(Path("pop3"));
  chmod(Path("pop3").c_str(), 0);
  const NoPrivileges none;
  EXPECT_EQ(Refusal(Path("pop3")), "no permission");
}

TEST_F(Unix, ChecksThePeersUser) {
  Listener server(Path("pop3"));
  ASSERT_EQ(unix_.Create(Path("pop3"), 0, {Number("unix.peer_uid", getuid())}), POP3_OK);
  EXPECT_EQ(unix_.ConnectAll(), POP3_IO_DONE);
  unix_.Destroy();
  ASSERT_EQ(unix_.Create(Path("pop3"), 0, {Number("unix.peer_uid", getuid() + 1)}), POP3_OK);
  EXPECT_EQ(unix_.ConnectAll(), POP3_IO_FAIL);
  EXPECT_EQ(unix_.error().status, POP3_ERR_POLICY);
  EXPECT_NE(std::string(unix_.error().text).find("unix.peer_uid"), std::string::npos);
  EXPECT_EQ(unix_.AskNumber(POP3_QUERY_IS_LOCAL), -1) << "it is not connected";
  unix_.Destroy();
  ASSERT_EQ(unix_.Create(Path("pop3"), 0, {Number("unix.peer_uid", UINT32_MAX - 1)}), POP3_OK);
  EXPECT_EQ(unix_.ConnectAll(), POP3_IO_FAIL) << "nor may it be a lesser number";
}

// 0 is a user like the others: root.
TEST_F(Unix, ChecksThatThePeerIsRoot) {
  const std::string name = "@pop3-root-" + std::to_string(getpid());
  const uid_t us = geteuid();
  if (us == 0) {
    ASSERT_EQ(seteuid(65534), 0);
  }
  Listener server(name);
  ASSERT_EQ(seteuid(us), 0);
  ASSERT_TRUE(server.ok());
  ASSERT_EQ(unix_.Create(name, 0, {Number("unix.peer_uid", 0)}), POP3_OK);
  EXPECT_EQ(unix_.ConnectAll(), POP3_IO_FAIL);
  EXPECT_EQ(unix_.error().status, POP3_ERR_POLICY) << unix_.error().text;
  unix_.Destroy();
  ASSERT_EQ(unix_.Create(name, 0, {Number("unix.peer_uid", us == 0 ? 65534 : us)}), POP3_OK);
  EXPECT_EQ(unix_.ConnectAll(), POP3_IO_DONE) << unix_.error().text;
}

TEST_F(Unix, RefusesOptionsThatItCannotUse) {
  const std::vector<pop3_option> bad = {
      Number("unix.peer", 0),
      Number("unix.peer_uid", -1),
      Number("unix.peer_uid", UINT32_MAX),
      Text("unix.peer_uid", "root"),
      Number("unix.path", 1),
  };
  for (const pop3_option &option : bad) {
    EXPECT_EQ(unix_.Create(Path("pop3"), 0, {option}), POP3_ERR_ARGUMENT);
    EXPECT_NE(std::string(unix_.error().text).find(option.name), std::string::npos);
  }
  EXPECT_EQ(unix_.Create(Path("pop3"), 0, {Number("tcp.whatever", 1), Number("unixx", 2)}),
            POP3_OK);
}

TEST_F(Unix, TriesAgainWhileTheQueueIsFull) {
  Listener server(Path("pop3"), 0, 0);
  ASSERT_TRUE(server.Jam());
  host_.SetClock(1000);
  ASSERT_EQ(unix_.Create(Path("pop3"), 0), POP3_OK);
  EXPECT_EQ(unix_.Interest(0).deadline_ms, 1000);
  int64_t pause = 1;
  for (int i = 0; i < 12; i++) {
    ASSERT_EQ(unix_.Connect(), POP3_IO_WANT_WRITE);
    const pop3_interest io = unix_.Interest(POP3_WAIT_WRITE);
    EXPECT_EQ(io.num_fds, 0u) << "the descriptor would say that it is ready";
    EXPECT_EQ(io.deadline_ms, host_.now_ms() + pause);
    EXPECT_EQ(unix_.Connect(), POP3_IO_WANT_WRITE);
    EXPECT_EQ(unix_.Interest(0).deadline_ms, io.deadline_ms) << "too early: nothing changes";
    host_.SetClock(io.deadline_ms);
    pause = pause * 2 < 100 ? pause * 2 : 100;
  }
  close(server.Accept());
  server.Unjam();
  EXPECT_EQ(unix_.Connect(), POP3_IO_DONE) << unix_.error().text;
}

TEST_F(Unix, MovesMuchBothWays) {
  Listener server(Path("pop3"));
  ConnectTo(&server, Path("pop3"));
  std::string data(16 << 20, '\0');
  for (size_t i = 0; i < data.size(); i++) data[i] = static_cast<char>(i * 2654435761u >> 24);
  std::thread echo([this] {
    char buf[65536];
    for (;;) {
      const ssize_t got = recv(peer_, buf, sizeof(buf), 0);
      if (got <= 0) break;
      if (send(peer_, buf, static_cast<size_t>(got), MSG_NOSIGNAL) != got) break;
    }
    shutdown(peer_, SHUT_WR);
  });
  std::string got;
  // An echo holds only as much as the kernel's buffers: send in pieces.
  for (size_t at = 0; at < data.size(); at += 65536) {
    ASSERT_EQ(unix_.Send(data.substr(at, 65536)), POP3_IO_DONE);
    ASSERT_EQ(unix_.Receive(at + 65536, &got), POP3_IO_DONE);
  }
  EXPECT_EQ(unix_.Shutdown(), POP3_IO_DONE);
  EXPECT_EQ(unix_.ReadWhenReady(&got), POP3_IO_EOF);
  echo.join();
  EXPECT_TRUE(got == data);
}

TEST_F(Unix, MayBeDestroyedAtAnyPoint) {
  Listener server(Path("pop3"), 0, 0);
  ASSERT_EQ(unix_.Create(Path("pop3"), 0), POP3_OK);
  unix_.Destroy();
  ASSERT_TRUE(server.Jam());
  ASSERT_EQ(unix_.Create(Path("pop3"), 0), POP3_OK);
  EXPECT_EQ(unix_.Connect(), POP3_IO_WANT_WRITE);
  unix_.Destroy();
  unix_.ops()->destroy(nullptr);
}

TEST_F(Unix, SurvivesEveryFailedAllocation) {
  Listener server(Path("pop3"));
  host_.FailAllocation(0);
  EXPECT_EQ(unix_.Create(Path("pop3"), 0), POP3_ERR_MEMORY);
  EXPECT_EQ(unix_.error().status, POP3_ERR_MEMORY);
  host_.FailAllocation(1);
  ASSERT_EQ(unix_.Create(Path("pop3"), 0), POP3_OK);
  EXPECT_EQ(unix_.ConnectAll(), POP3_IO_DONE);
  EXPECT_FALSE(host_.has_failed()) << "one allocation is all it takes";
}

TEST_F(Unix, SaysWhenThereIsNoDescriptorLeft) {
  ASSERT_EQ(unix_.Create(Path("pop3"), 0), POP3_OK);
  {
    NoDescriptors none;
    EXPECT_EQ(unix_.Connect(), POP3_IO_FAIL);
  }
  EXPECT_EQ(unix_.error().sys_errno, EMFILE);
}

}  // namespace
}  // namespace unix_test
}  // namespace pop3_testing
