#include "tests/openssl/mailboxd_process.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>

namespace pop3_testing {

MailboxdProcess::MailboxdProcess(const std::string &program, const std::string &password) {
  char folder[] = "/tmp/mailboxd.XXXXXX";
  if (mkdtemp(folder) == nullptr) return;
  folder_ = folder;
  Start({program, "--tls-listen", "127.0.0.1:0", "--self-signed", folder_ + "/tls", "--port-file",
         folder_ + "/ports", "--generate", "3x1K", "--user", "alice:" + password,
         "--exit-with-parent"});
  if (pid_ > 0) port_ = AwaitPort();
}

MailboxdProcess::~MailboxdProcess() {
  if (pid_ > 0) {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

void MailboxdProcess::Start(const std::vector<std::string> &arguments) {
  std::vector<char *> argv;
  for (const std::string &argument : arguments)
    argv.push_back(const_cast<char *>(argument.c_str()));
  argv.push_back(nullptr);
  if (posix_spawn(&pid_, argv[0], nullptr, nullptr, argv.data(), environ) != 0) pid_ = -1;
}

// The file is there, whole, once mailboxd listens.
uint32_t MailboxdProcess::AwaitPort() const {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (std::chrono::steady_clock::now() < end && waitpid(pid_, nullptr, WNOHANG) == 0) {
    std::ifstream file(folder_ + "/ports");
    std::string kind, host;
    uint32_t port = 0;
    while (file >> kind >> host >> port) {
      if (kind == "tls") return port;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return 0;
}

}  // namespace pop3_testing
