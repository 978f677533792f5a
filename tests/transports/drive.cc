#include "tests/transports/drive.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstring>

namespace pop3_testing {

namespace {

int64_t RealMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

pop3_option Text(const char *name, const char *text) { return {name, text, 0, nullptr}; }
pop3_option Number(const char *name, int64_t number) { return {name, nullptr, number, nullptr}; }

Transport::Transport(TestHost *host, const pop3_plugin *plugin)
    : host_(host), ops_(plugin->transports[0]) {}

pop3_status Transport::Create(const std::string &target, uint32_t port,
                              const std::vector<pop3_option> &options) {
  pop3_transport_config config = {sizeof(config), port, target.c_str(), options.data(),
                                  options.size()};
  return ops_->create(host_->get(), &config, nullptr, &self_, &error_);
}

void Transport::Destroy() {
  if (self_ != nullptr) ops_->destroy(self_);
  self_ = nullptr;
}

pop3_io Transport::Connect() { return ops_->connect(self_, &error_); }

pop3_io Transport::ConnectAll(int limit_ms) {
  const int64_t until = RealMs() + limit_ms;
  for (;;) {
    const pop3_io io = Connect();
    if (io != POP3_IO_WANT_READ && io != POP3_IO_WANT_WRITE) return io;
    const int64_t left = until - RealMs();
    if (left <= 0) return io;
    Wait(0, static_cast<int>(left));
  }
}

pop3_io Transport::Send(const std::string &data) {
  size_t at = 0;
  while (at < data.size()) {
    size_t len = 0;
    const pop3_io io = ops_->write(self_, reinterpret_cast<const uint8_t *>(data.data()) + at,
                                   data.size() - at, &len, &error_);
    if (io == POP3_IO_DONE) {
      EXPECT_GT(len, 0u);
      at += len;
    } else if (io != POP3_IO_WANT_WRITE || !Wait(POP3_WAIT_WRITE)) {
      return io;
    }
  }
  return POP3_IO_DONE;
}

pop3_io Transport::Read(std::string *out, size_t cap) {
  std::string buf(cap, '\0');
  size_t len = 0;
  const pop3_io io = ops_->read(self_, reinterpret_cast<uint8_t *>(&buf[0]), cap, &len, &error_);
  if (io == POP3_IO_DONE) {
    EXPECT_GT(len, 0u);
    EXPECT_LE(len, cap);
    out->append(buf, 0, len);
  }
  return io;
}

pop3_io Transport::ReadWhenReady(std::string *out) {
  for (;;) {
    const pop3_io io = Read(out);
    if (io != POP3_IO_WANT_READ || !Wait(POP3_WAIT_READ)) return io;
  }
}

pop3_io Transport::Receive(size_t len, std::string *out) {
  while (out->size() < len) {
    const pop3_io io = ReadWhenReady(out);
    if (io != POP3_IO_DONE) return io;
  }
  return POP3_IO_DONE;
}

pop3_io Transport::Shutdown() { return ops_->shutdown(self_, &error_); }

pop3_interest Transport::Interest(uint32_t events) {
  pop3_interest io = POP3_INTEREST_INIT;
  io.events = events;
  ops_->interest(self_, &io);
  return io;
}

bool Transport::Wait(uint32_t events, int limit_ms) {
  const pop3_interest io = Interest(events);
  struct pollfd fds[POP3_INTEREST_FDS];
  for (uint32_t i = 0; i < io.num_fds; i++) {
    fds[i].fd = io.fds[i].fd;
    fds[i].events = static_cast<short>(((io.fds[i].events & POP3_WAIT_READ) ? POLLIN : 0) |
                                       ((io.fds[i].events & POP3_WAIT_WRITE) ? POLLOUT : 0));
  }
  int64_t timeout = limit_ms;
  bool is_due = false;
  if (io.deadline_ms != POP3_NO_DEADLINE) {
    int64_t left = io.deadline_ms - host_->now_ms();
    if (left < 0) left = 0;
    if (left <= timeout) {
      timeout = left;
      is_due = true;
    }
  }
  return poll(fds, io.num_fds, static_cast<int>(timeout)) > 0 || is_due;
}

std::string Transport::AskText(uint32_t what) {
  pop3_answer answer = POP3_ANSWER_INIT;
  if (ops_->query(self_, what, &answer) != POP3_OK) return "?";
  return std::string(reinterpret_cast<const char *>(answer.data), answer.data_len);
}

int64_t Transport::AskNumber(uint32_t what) {
  pop3_answer answer = POP3_ANSWER_INIT;
  if (ops_->query(self_, what, &answer) != POP3_OK) return -1;
  return answer.number;
}

namespace {

socklen_t MakeAddress(const std::string &text, uint16_t port, struct sockaddr_storage *out) {
  std::memset(out, 0, sizeof(*out));
  if (text[0] == '/' || text[0] == '@') {
    auto *un = reinterpret_cast<struct sockaddr_un *>(out);
    un->sun_family = AF_UNIX;
    std::memcpy(un->sun_path, text.data(), text.size());
    if (text[0] == '@') un->sun_path[0] = '\0';
    return static_cast<socklen_t>(offsetof(struct sockaddr_un, sun_path) + text.size() +
                                  (text[0] == '/' ? 1 : 0));
  }
  if (text.find(':') != std::string::npos) {
    auto *v6 = reinterpret_cast<struct sockaddr_in6 *>(out);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr);
    return sizeof(*v6);
  }
  auto *v4 = reinterpret_cast<struct sockaddr_in *>(out);
  v4->sin_family = AF_INET;
  v4->sin_port = htons(port);
  inet_pton(AF_INET, text.c_str(), &v4->sin_addr);
  return sizeof(*v4);
}

int NewSocket(int family) {
  const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  if (family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
  if (family != AF_UNIX) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  return fd;
}

uint16_t PortOf(int fd) {
  struct sockaddr_storage sa;
  socklen_t len = sizeof(sa);
  if (getsockname(fd, reinterpret_cast<struct sockaddr *>(&sa), &len) != 0) return 0;
  if (sa.ss_family == AF_INET) return ntohs(reinterpret_cast<sockaddr_in *>(&sa)->sin_port);
  if (sa.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6 *>(&sa)->sin6_port);
  return 0;
}

}  // namespace

Listener::Listener(const std::string &address, uint16_t port, int backlog) : address_(address) {
  struct sockaddr_storage sa;
  const socklen_t len = MakeAddress(address, port, &sa);
  const int fd = NewSocket(sa.ss_family);
  if (bind(fd, reinterpret_cast<struct sockaddr *>(&sa), len) != 0 || listen(fd, backlog) != 0) {
    close(fd);
    return;
  }
  fd_ = fd;
  port_ = PortOf(fd);
}

Listener::~Listener() {
  Unjam();
  if (fd_ >= 0) close(fd_);
  if (address_[0] == '/') unlink(address_.c_str());
}

int Listener::Accept() {
  struct pollfd ready = {fd_, POLLIN, 0};
  if (poll(&ready, 1, 60000) != 1) return -1;
  return accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
}

bool Listener::Jam() {
  struct sockaddr_storage sa;
  const socklen_t len = MakeAddress(address_, port_, &sa);
  for (int i = 0; i < 64; i++) {
    const int fd = NewSocket(sa.ss_family);
    jammed_.push_back(fd);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    if (connect(fd, reinterpret_cast<struct sockaddr *>(&sa), len) == 0) continue;
    if (errno == EAGAIN) return true;
    struct pollfd ready = {fd, POLLOUT, 0};
    if (errno != EINPROGRESS || poll(&ready, 1, 100) == 0) return true;
  }
  return false;
}

void Listener::Unjam() {
  for (int fd : jammed_) close(fd);
  jammed_.clear();
}

NoDescriptors::NoDescriptors() {
  const int next = dup(0);  // the lowest free one
  EXPECT_GE(next, 0);
  close(next);
  getrlimit(RLIMIT_NOFILE, &before_);
  struct rlimit limit = before_;
  limit.rlim_cur = static_cast<rlim_t>(next);
  EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

NoDescriptors::~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

bool HasIpv6() { return Listener("::1").ok(); }

uint16_t UnusedPort(const std::string &address) { return Listener(address).port(); }

}  // namespace pop3_testing
