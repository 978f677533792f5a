// A mailboxd for one test program.
#ifndef POP3_TESTS_OPENSSL_MAILBOXD_PROCESS_H_
#define POP3_TESTS_OPENSSL_MAILBOXD_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace pop3_testing {

// MailboxdProcess runs mailboxd with TLS from the start, a certificate of its own and the user
// "alice". It ends with this object, or with the process.
class MailboxdProcess {
 public:
  // |program| is a path, |password| the user's.
  MailboxdProcess(const std::string &program, const std::string &password);
  ~MailboxdProcess();
  MailboxdProcess(const MailboxdProcess &) = delete;
  MailboxdProcess &operator=(const MailboxdProcess &) = delete;

  // port is where it listens on 127.0.0.1; 0 if it could not be started.
  uint32_t port() const { return port_; }
  // ca_file has the certificate to trust.
  std::string ca_file() const { return folder_ + "/tls/ca.pem"; }

 private:
  void Start(const std::vector<std::string> &arguments);
  uint32_t AwaitPort() const;

  std::string folder_;
  pid_t pid_ = -1;
  uint32_t port_ = 0;
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_OPENSSL_MAILBOXD_PROCESS_H_
