// A server of ours for one connection: X-HMAC for "tim", with the example of login/x_hmac_test.cc,
// and three messages.
#ifndef MONOREPO_MAIL_TEST_SERVER_H_
#define MONOREPO_MAIL_TEST_SERVER_H_

#include <gtest/gtest.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <string>
#include <thread>

class TestServer {
 public:
  TestServer() {
    char folder[] = "/tmp/monorepo.XXXXXX";
    if (mkdtemp(folder) == nullptr) return;
    folder_ = folder;
    path_ = folder_ + "/pop3";
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
    listen_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    // Whoever waits for a client that does not come has waited long enough.
    const timeval patience = {60, 0};
    setsockopt(listen_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (bind(listen_, reinterpret_cast<sockaddr *>(&address), sizeof(address)) != 0 ||
        listen(listen_, 1) != 0) {
      ADD_FAILURE() << "there is no socket " << path_;
    }
    thread_ = std::thread([this] { Serve(); });
  }
  ~TestServer() {
    Join();
    close(listen_);
    unlink(path_.c_str());
    rmdir(folder_.c_str());
  }
  TestServer(const TestServer &) = delete;
  TestServer &operator=(const TestServer &) = delete;

  const std::string &path() const { return path_; }
  // Heard waits for the end of the connection and returns the client's lines, joined.
  const std::string &Heard() {
    Join();
    return heard_;
  }

 private:
  void Join() {
    if (thread_.joinable()) thread_.join();
  }

  void Serve() {
    const int fd = accept4(listen_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    FILE *in = fdopen(fd, "r");
    Say(fd, "+OK ready");
    char line[1024];
    while (fgets(line, sizeof(line), in) != nullptr) {
      const std::string said(line, strcspn(line, "\r\n"));
      heard_ += said + "\n";
      if (said == "CAPA") {
        Say(fd, "+OK\r\nSASL PLAIN X-HMAC\r\n.");
      } else if (said == "AUTH X-HMAC") {
        Say(fd, "+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2U+");
      } else if (said == kResponse) {
        Say(fd, "+OK welcome, tim");
      } else if (said == "STAT") {
        Say(fd, "+OK 3 960");
      } else if (said == "QUIT") {
        Say(fd, "+OK bye");
        break;
      } else {
        Say(fd, "-ERR no");
      }
    }
    fclose(in);
  }

  static void Say(int fd, const std::string &text) {
    const std::string octets = text + "\r\n";
    // A client that has gone is the test's affair.
    (void)send(fd, octets.data(), octets.size(), MSG_NOSIGNAL);
  }

  static constexpr char kResponse[] =
      "dGltIGFlMmU5OWRjZWIzMGMzOGM0YWJmY2RjMmIwYWIwNTU3ODA1MDJhMWIxMDBmMWI0Y2Y3ZTdiYWM2MTgyNmU3Yzk"
      "=";

  std::string folder_, path_, heard_;
  int listen_ = -1;
  std::thread thread_;
};

#endif  // MONOREPO_MAIL_TEST_SERVER_H_
