// Many threads load the same plugins at the same time, each into a registry of its own, and fetch
// mail with them.
#include <pop3/pop3.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "tests/plugins/plugin_dir.h"

namespace pop3_testing {
namespace {

constexpr int kThreads = 8;
constexpr int kRounds = 4;

// Server answers each line of each client with +OK, until it is destroyed.
class Server {
 public:
  explicit Server(const std::string &path) {
    struct sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    EXPECT_LT(path.size(), sizeof(address.sun_path));
    std::memcpy(address.sun_path, path.c_str(), path.size());
    listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(bind(listener_, reinterpret_cast<struct sockaddr *>(&address), sizeof(address)), 0);
    EXPECT_EQ(listen(listener_, 100), 0);
    thread_ = std::thread([this] {
      for (int client; (client = accept(listener_, nullptr, nullptr)) >= 0;) {
        clients_.emplace_back(Serve, client);
      }
    });
  }
  ~Server() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    for (std::thread &client : clients_) client.join();
    close(listener_);
  }

 private:
  static void Say(int fd, const std::string &text) {
    for (size_t done = 0; done < text.size();) {
      const ssize_t n = send(fd, text.data() + done, text.size() - done, MSG_NOSIGNAL);
      if (n <= 0) return;
      done += static_cast<size_t>(n);
    }
  }
  static void Serve(int fd) {
    Say(fd, "+OK ready\r\n");
    std::string line;
    for (char octet; read(fd, &octet, 1) == 1;) {
      line += octet;
      if (octet != '\n') continue;
      if (line == "CAPA\r\n") {
        Say(fd, "+OK\r\nUSER\r\n.\r\n");
      } else {
        Say(fd, line == "STAT\r\n" ? "+OK 3 4711\r\n" : "+OK\r\n");
      }
      line.clear();
    }
    close(fd);
  }

  int listener_ = -1;
  std::thread thread_;
  std::vector<std::thread> clients_;
};

// Returns what went wrong, or "".
std::string Fetch(const pop3_registry *registry, const std::string &path) {
  static const char *const transports[] = {"unix"};
  pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
  options.transports = transports;
  options.num_transports = 1;
  options.host = path.c_str();
  options.user = "alice";
  options.password = "secret";
  pop3_session *session = nullptr;
  pop3_error err = POP3_ERROR_INIT;
  uint32_t count = 0;
  uint64_t octets = 0;
  pop3_status status = pop3_session_new(&session, registry, &options, &err);
  if (status == POP3_OK) status = pop3_login(session, &err);
  if (status == POP3_OK) status = pop3_stat(session, &count, &octets, &err);
  if (status == POP3_OK) status = pop3_quit(session, nullptr, &err);
  pop3_session_free(session);
  if (status != POP3_OK) return err.text;
  return count == 3 && octets == 4711 ? "" : "the wrong count";
}

std::string LoadAndFetch(const std::string &dir, const std::string &path) {
  pop3_registry *registry = nullptr;
  pop3_loader *loader = nullptr;
  const char *dirs[] = {dir.c_str()};
  pop3_loader_options options = POP3_LOADER_OPTIONS_INIT;
  options.dirs = dirs;
  options.num_dirs = 1;
  pop3_error err = POP3_ERROR_INIT;
  pop3_status status = pop3_registry_new(&registry, nullptr, &err);
  if (status == POP3_OK) status = pop3_loader_new(&loader, &options, &err);
  for (const char *name : {"tcp", "unix", "apop", "user_pass"}) {
    if (status == POP3_OK) status = pop3_loader_load(loader, registry, name, &err);
  }
  const std::string wrong = status == POP3_OK ? Fetch(registry, path) : err.text;
  pop3_loader_free(loader);
  pop3_registry_free(registry);
  return wrong;
}

using LoaderThreads = PluginDir;

TEST_F(LoaderThreads, LoadAndUseTheSamePlugins) {
  CopyFile("transports/pop3_tcp.so", "pop3_tcp.so");
  CopyFile("transports/pop3_unix.so", "pop3_unix.so");
  CopyFile("auth/pop3_apop.so", "pop3_apop.so");
  CopyFile("auth/pop3_user_pass.so", "pop3_user_pass.so");
  const std::string path = Path("socket");
  Server server(path);
  std::atomic<int> ready{0};
  std::vector<std::string> wrong(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; i++) {
    threads.emplace_back([&, i] {
      // All at once, so that the first dlopen of each is a race.
      ready.fetch_add(1);
      while (ready.load() < kThreads) std::this_thread::yield();
      for (int round = 0; round < kRounds && wrong[static_cast<size_t>(i)].empty(); round++) {
        wrong[static_cast<size_t>(i)] = LoadAndFetch(root(), path);
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
  for (const std::string &words : wrong) EXPECT_EQ(words, "");
}

}  // namespace
}  // namespace pop3_testing
