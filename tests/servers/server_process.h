// A real POP3 server, run by one of the scripts beside this file.
#ifndef POP3_TESTS_SERVERS_SERVER_PROCESS_H_
#define POP3_TESTS_SERVERS_SERVER_PROCESS_H_

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace pop3_testing {

// ServerProcess runs a script until it is destroyed. The script ends when its standard input does,
// so that nothing stays behind even if the test is killed.
class ServerProcess {
 public:
  // |script| is a path in the source tree: "tests/servers/dovecot.sh".
  explicit ServerProcess(const std::string &script);
  ~ServerProcess();
  ServerProcess(const ServerProcess &) = delete;
  ServerProcess &operator=(const ServerProcess &) = delete;

  // ready says whether the server runs. If not, the script has said why on standard error.
  bool ready() const { return ready_; }
  // fact returns what the script has told: "port", "socket", "dir".
  std::string fact(const std::string &name) const;

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  bool ready_ = false;
  std::map<std::string, std::string> facts_;
};

// RunfilePath returns where a file of the source tree is for this test.
std::string RunfilePath(const std::string &path);

// ReadFile returns a file's octets; "" if there is none.
std::string ReadFile(const std::string &path);

// RunProgram runs a program with arguments and waits. Returns its exit status (-1 if it did not
// exit), and in |*output| what it wrote to standard output.
int RunProgram(const std::vector<std::string> &arguments, std::string *output);

}  // namespace pop3_testing

#endif  // POP3_TESTS_SERVERS_SERVER_PROCESS_H_
