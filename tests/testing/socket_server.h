// A Peer behind a real TCP or Unix socket, in a thread.
#ifndef POP3_TESTS_TESTING_SOCKET_SERVER_H_
#define POP3_TESTS_TESTING_SOCKET_SERVER_H_

#include <cstdint>
#include <string>
#include <thread>

#include "tests/testing/peer.h"

namespace pop3_testing {

// SocketServer serves one connection with |peer|, on a free port of 127.0.0.1 or on a socket in a
// directory of its own.
class SocketServer {
 public:
  enum Kind { kTcp, kUnix };

  SocketServer(Kind kind, Peer *peer);
  ~SocketServer();
  SocketServer(const SocketServer &) = delete;
  SocketServer &operator=(const SocketServer &) = delete;

  // error is "" or why there is no server.
  const std::string &error() const { return error_; }
  uint16_t port() const { return port_; }            // kTcp
  const std::string &path() const { return path_; }  // kUnix

  // Wake gives the peer a turn.
  void Wake();
  // Stop ends the thread; what the peer knows may be read then. Octets that have been sent by the
  // client until now are still taken.
  void Stop();

 private:
  void Run();
  void Serve(int fd);
  bool Await(int fd, bool write, bool *stopped);

  Peer *peer_;
  std::string error_;
  uint16_t port_ = 0;
  std::string folder_;
  std::string path_;
  int listen_fd_ = -1;
  int wake_read_ = -1;
  int wake_write_ = -1;
  std::thread thread_;
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_SOCKET_SERVER_H_
