#include "tests/testing/socket_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace pop3_testing {

SocketServer::SocketServer(Kind kind, Peer *peer) : peer_(peer) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
    error_ = strerror(errno);
    return;
  }
  wake_read_ = ends[0];
  wake_write_ = ends[1];
  int result = -1;
  if (kind == kTcp) {
    listen_fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t len = sizeof address;
    result = bind(listen_fd_, reinterpret_cast<sockaddr *>(&address), len);
    if (result == 0) {
      result = getsockname(listen_fd_, reinterpret_cast<sockaddr *>(&address), &len);
      port_ = ntohs(address.sin_port);
    }
  } else {
    // Not in TEST_TMPDIR: the path of a socket may have no more than 107 octets.
    char folder[] = "/tmp/pop3-test-XXXXXX";
    if (mkdtemp(folder) != nullptr) {
      folder_ = folder;
      path_ = folder_ + "/socket";
      listen_fd_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      sockaddr_un address = {};
      address.sun_family = AF_UNIX;
      memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
      result = bind(listen_fd_, reinterpret_cast<sockaddr *>(&address), sizeof address);
    }
  }
  if (result != 0 || listen(listen_fd_, 1) != 0) {
    error_ = strerror(errno);
    return;
  }
  thread_ = std::thread(&SocketServer::Run, this);
}

SocketServer::~SocketServer() {
  Stop();
  if (listen_fd_ >= 0) close(listen_fd_);
  if (wake_read_ >= 0) close(wake_read_);
  if (!path_.empty()) unlink(path_.c_str());
  if (!folder_.empty()) rmdir(folder_.c_str());
}

void SocketServer::Wake() {
  const ssize_t done = write(wake_write_, "w", 1);
  (void)done;  // a full pipe wakes as well
}

void SocketServer::Stop() {
  if (wake_write_ >= 0) {
    close(wake_write_);
    wake_write_ = -1;
  }
  if (thread_.joinable()) thread_.join();
}

// Await waits for |fd| or Wake. Returns whether |fd| is ready; |*stopped| says that Stop was
// called.
bool SocketServer::Await(int fd, bool write, bool *stopped) {
  pollfd fds[2] = {{fd, static_cast<short>(write ? POLLIN | POLLOUT : POLLIN), 0},
                   {wake_read_, POLLIN, 0}};
  while (poll(fds, 2, -1) < 0 && errno == EINTR) {
  }
  if (fds[1].revents != 0) {
    char drain[64];
    ssize_t n;
    while ((n = read(wake_read_, drain, sizeof drain)) > 0) {
    }
    if (n == 0) *stopped = true;
  }
  return fds[0].revents != 0;
}

void SocketServer::Run() {
  bool stopped = false;
  while (!stopped) {
    if (!Await(listen_fd_, false, &stopped)) continue;
    const int fd = accept4(listen_fd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) continue;
    const int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);  // fails on a Unix socket
    Serve(fd);
    close(fd);
    return;
  }
}

void SocketServer::Serve(int fd) {
  std::string out;
  size_t out_at = 0;
  PeerState state;
  bool shut = false;
  bool stopped = false;
  for (;;) {
    if (state.kind == PeerState::kOpen || state.kind == PeerState::kAgain) {
      if (out_at == out.size()) {
        out.clear();
        out_at = 0;
      }
      state = peer_->Turn(0, &out);
    }
    while (out_at < out.size()) {
      const ssize_t n = send(fd, out.data() + out_at, out.size() - out_at, MSG_NOSIGNAL);
      if (n > 0) {
        out_at += static_cast<size_t>(n);
      } else if (errno != EINTR) {
        break;
      }
    }
    const bool blocked = out_at < out.size() && (errno == EAGAIN || errno == EWOULDBLOCK);
    if (!blocked) out_at = out.size();  // sent, or the client is gone
    if (!blocked && state.kind == PeerState::kBroken) {
      const linger hard = {1, 0};
      setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
      return;
    }
    if (!blocked && state.kind == PeerState::kClosed && !shut) {
      shutdown(fd, SHUT_WR);
      shut = true;
    }
    char in[65536];
    ssize_t n = recv(fd, in, sizeof in, 0);
    if (n > 0) {
      // Behind the close the script hears nothing any more, but the octets must be taken, or else
      // the kernel resets the connection and what was sent is lost.
      if (!shut) peer_->Receive(reinterpret_cast<const uint8_t *>(in), static_cast<size_t>(n));
      continue;
    }
    if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) return;
    if (stopped) return;
    Await(fd, blocked, &stopped);
  }
}

}  // namespace pop3_testing
