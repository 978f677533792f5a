// A POP3 server on a Unix socket that says +OK to everything, to any number of clients at once.
#ifndef POP3_TESTS_PLUGINS_CANNED_SERVER_H_
#define POP3_TESTS_PLUGINS_CANNED_SERVER_H_

#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace pop3_testing {

// CannedServer offers USER and SASL PLAIN and says +OK, to STAT "+OK 3 4711", until it is
// destroyed.
class CannedServer {
 public:
  explicit CannedServer(const std::string &path);
  ~CannedServer();
  CannedServer(const CannedServer &) = delete;
  CannedServer &operator=(const CannedServer &) = delete;

  // Heard says whether a client has sent |line|, without CRLF.
  bool Heard(const std::string &line);

 private:
  void Serve(int fd);
  void Answer(int fd, const std::string &line);

  int listener_ = -1;
  std::thread thread_;
  std::vector<std::thread> clients_;
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_PLUGINS_CANNED_SERVER_H_
