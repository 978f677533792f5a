// Drives a transport through its function table as a host would, waiting with poll.
#ifndef POP3_TESTS_TRANSPORTS_DRIVE_H_
#define POP3_TESTS_TRANSPORTS_DRIVE_H_

#include <pop3/spi/transport.h>
#include <sys/resource.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/testing/test_host.h"

namespace pop3_testing {

// Text, Number make options.
pop3_option Text(const char *name, const char *text);
pop3_option Number(const char *name, int64_t number);

// Transport is one transport at the bottom of a chain.
class Transport {
 public:
  // The plugin's only transport.
  Transport(TestHost *host, const pop3_plugin *plugin);
  ~Transport() { Destroy(); }
  Transport(const Transport &) = delete;
  Transport &operator=(const Transport &) = delete;

  pop3_status Create(const std::string &target, uint32_t port,
                     const std::vector<pop3_option> &options = {});
  void Destroy();

  // Connect calls once; ConnectAll until the answer is no WANT, waiting in between for at most
  // |limit_ms| together (then the WANT is returned).
  pop3_io Connect();
  pop3_io ConnectAll(int limit_ms = 60000);

  // Send and Receive move everything, or stop at the first answer that is neither DONE nor a WANT.
  pop3_io Send(const std::string &data);
  pop3_io Receive(size_t len, std::string *out);
  pop3_io Read(std::string *out, size_t cap = 4096);
  pop3_io ReadWhenReady(std::string *out);
  pop3_io Shutdown();

  // Wait blocks until there is something to do; false if |limit_ms| passed.
  bool Wait(uint32_t events, int limit_ms = 60000);
  pop3_interest Interest(uint32_t events);

  // Queries: "?" or -1 if there is no answer.
  std::string AskText(uint32_t what);
  int64_t AskNumber(uint32_t what);

  const pop3_error &error() const { return error_; }
  const pop3_transport_ops *ops() const { return ops_; }
  void *self() const { return self_; }

 private:
  TestHost *host_;
  const pop3_transport_ops *ops_;
  void *self_ = nullptr;
  pop3_error error_ = POP3_ERROR_INIT;
};

// Listener is a TCP socket on a free port of a loopback address, or a Unix socket.
class Listener {
 public:
  // |address|: "127.0.0.1", "::1", "/path", "@abstract".
  explicit Listener(const std::string &address, uint16_t port = 0, int backlog = 16);
  ~Listener();
  Listener(const Listener &) = delete;
  Listener &operator=(const Listener &) = delete;

  bool ok() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  uint16_t port() const { return port_; }
  int Accept();  // blocking; the caller closes
  // Jam fills the queue so that no further connection is answered. False if that did not work.
  bool Jam();
  void Unjam();  // closes what jammed it

 private:
  int fd_ = -1;
  uint16_t port_ = 0;
  std::string address_;
  std::vector<int> jammed_;
};

// NoDescriptors lets every attempt to open one fail while it lives.
class NoDescriptors {
 public:
  NoDescriptors();
  ~NoDescriptors();
  NoDescriptors(const NoDescriptors &) = delete;
  NoDescriptors &operator=(const NoDescriptors &) = delete;

 private:
  struct rlimit before_;
};

// HasIpv6 says whether this machine has ::1; containers often do not.
bool HasIpv6();

// UnusedPort returns a port of |address| on which nobody listens.
uint16_t UnusedPort(const std::string &address);

}  // namespace pop3_testing

#endif  // POP3_TESTS_TRANSPORTS_DRIVE_H_
