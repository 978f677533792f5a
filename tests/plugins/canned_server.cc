#include "tests/plugins/canned_server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace pop3_testing {
namespace {

void Say(int fd, const std::string &text) {
  for (size_t done = 0; done < text.size();) {
    const ssize_t n = send(fd, text.data() + done, text.size() - done, MSG_NOSIGNAL);
    if (n <= 0) return;
    done += static_cast<size_t>(n);
  }
}

}  // namespace

CannedServer::CannedServer(const std::string &path) {
  struct sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  EXPECT_LT(path.size(), sizeof(address.sun_path));
  std::memcpy(address.sun_path, path.c_str(), path.size());
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(bind(listener_, reinterpret_cast<struct sockaddr *>(&address), sizeof(address)), 0);
  EXPECT_EQ(listen(listener_, 100), 0);
  thread_ = std::thread([this] {
    for (int client; (client = accept(listener_, nullptr, nullptr)) >= 0;) {
      clients_.emplace_back([this, client] { Serve(client); });
    }
  });
}

CannedServer::~CannedServer() {
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  for (std::thread &client : clients_) client.join();
  close(listener_);
}

bool CannedServer::Heard(const std::string &line) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::find(lines_.begin(), lines_.end(), line) != lines_.end();
}

void CannedServer::Answer(int fd, const std::string &line) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    lines_.push_back(line);
  }
  if (line == "CAPA") {
    Say(fd, "+OK\r\nUSER\r\nSASL PLAIN\r\n.\r\n");
  } else {
    Say(fd, line == "STAT" ? "+OK 3 4711\r\n" : "+OK\r\n");
  }
}

void CannedServer::Serve(int fd) {
  Say(fd, "+OK ready\r\n");
  std::string line;
  for (char octet; read(fd, &octet, 1) == 1;) {
    line += octet;
    if (octet != '\n') continue;
    Answer(fd, line.substr(0, line.size() - 2));
    line.clear();
  }
  close(fd);
}

}  // namespace pop3_testing
