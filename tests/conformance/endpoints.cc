// The endpoints and far ends over sockets.
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "tests/conformance/conformance.h"

namespace pop3_conformance {

namespace {

// How long to wait for a connection that has been made already.
constexpr int kAcceptMs = 60000;

std::unique_ptr<FarEnd> AcceptFrom(int listener) {
  struct pollfd wait = {listener, POLLIN, 0};
  if (poll(&wait, 1, kAcceptMs) != 1) return nullptr;
  const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return nullptr;
  return std::make_unique<SocketEnd>(fd);
}

}  // namespace

SocketEnd::SocketEnd(int fd) : fd_(fd) {}

SocketEnd::~SocketEnd() {
  if (fd_ >= 0) close(fd_);
}

void SocketEnd::Flush() {
  while (fd_ >= 0 && !unsent_.empty()) {
    const ssize_t put = send(fd_, unsent_.data(), unsent_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put <= 0) return;
    unsent_.erase(0, static_cast<size_t>(put));
  }
  if (closing_ && fd_ >= 0) shutdown(fd_, SHUT_WR);
  closing_ = false;
}

void SocketEnd::Say(const std::string &text) {
  unsent_ += text;
  Flush();
}

bool SocketEnd::Hear(std::string *out) {
  Flush();
  char buf[65536];
  while (fd_ >= 0 && !ended_) {
    const ssize_t got = recv(fd_, buf, sizeof(buf), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) break;
    if (got <= 0) {
      ended_ = true;
      break;
    }
    out->append(buf, static_cast<size_t>(got));
  }
  return !ended_;
}

void SocketEnd::Close() {
  closing_ = true;
  Flush();
}

bool SocketEnd::Reset() {
  // Unread octets or a linger of zero: both make close a reset, one of them on every socket.
  const struct linger at_once = {1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close(fd_);
  fd_ = -1;
  ended_ = true;
  return true;
}

TcpEndpoint::TcpEndpoint() {
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t len = sizeof(address);
  if (bind(fd_, reinterpret_cast<sockaddr *>(&address), len) == 0 && listen(fd_, 8) == 0 &&
      getsockname(fd_, reinterpret_cast<sockaddr *>(&address), &len) == 0) {
    host = "127.0.0.1";
    port = ntohs(address.sin_port);
  }
}

TcpEndpoint::~TcpEndpoint() {
  if (fd_ >= 0) close(fd_);
}

std::unique_ptr<FarEnd> TcpEndpoint::Accept() { return AcceptFrom(fd_); }

UnixEndpoint::UnixEndpoint() {
  char folder[] = "/tmp/pop3-conf-XXXXXX";  // short: a socket's path may have 107 octets
  if (mkdtemp(folder) == nullptr) return;
  folder_ = folder;
  host = folder_ + "/pop3";
  fd_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  host.copy(address.sun_path, sizeof(address.sun_path) - 1);
  if (bind(fd_, reinterpret_cast<sockaddr *>(&address), sizeof(address)) != 0 ||
      listen(fd_, 8) != 0) {
    close(fd_);
    fd_ = -1;
  }
}

UnixEndpoint::~UnixEndpoint() {
  if (fd_ >= 0) close(fd_);
  if (folder_.empty()) return;
  unlink(host.c_str());
  rmdir(folder_.c_str());
}

std::unique_ptr<FarEnd> UnixEndpoint::Accept() { return AcceptFrom(fd_); }

}  // namespace pop3_conformance
