// Many threads load the same plugins at the same time, each into a registry of its own, and fetch
// mail with them.
#include <pop3/pop3.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/plugins/canned_server.h"
#include "tests/plugins/plugin_dir.h"

namespace pop3_testing {
namespace loader_threads_test {
namespace {

constexpr int kThreads = 8;
constexpr int kRounds = 4;

const std::string kFiles[] = {"transports/pop3_tcp.so", "transports/pop3_unix.so",
                              "transports/pop3_tls.so", "auth/pop3_apop.so",
                              "auth/pop3_user_pass.so", "auth/pop3_sasl.so"};
const char *const kNames[] = {"tcp", "unix", "tls", "apop", "user_pass", "sasl"};

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
  for (const char *name : kNames) {
    if (status == POP3_OK) status = pop3_loader_load(loader, registry, name, &err);
  }
  const std::string wrong = status == POP3_OK ? Fetch(registry, path) : err.text;
  pop3_loader_free(loader);
  pop3_registry_free(registry);
  return wrong;
}

using LoaderThreads = PluginDir;

TEST_F(LoaderThreads, LoadAndUseTheSamePlugins) {
  for (const std::string &file : kFiles) CopyFile(file, file.substr(file.rfind('/') + 1));
  const std::string path = Path("socket");
  CannedServer server(path);
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
  EXPECT_TRUE(server.Heard("AUTH PLAIN AGFsaWNlAHNlY3JldA==")) << "sasl was loaded, but not used";
}

}  // namespace
}  // namespace loader_threads_test
}  // namespace pop3_testing
