// Plugins and programs that were built at different times. This file is compiled twice: with the
// interface of today and, as loader_abi_newer_test, with that of a later day (NEWER_HOST).
#include <pop3/pop3.h>
#include <pop3/spi/auth.h>
#include <pop3/spi/plugin.h>
#include <pop3/spi/transport.h>

#include <string>

#include "tests/plugins/canned_server.h"
#include "tests/plugins/plugin_dir.h"

namespace pop3_testing {
namespace loader_abi_test {
namespace {

class LoaderAbi : public PluginDir {
 protected:
  // Stat logs in over the transport unix with |mechanism| and asks for STAT.
  void Stat(const char *mechanism) {
    static const char *const transports[] = {"unix"};
    pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
    const std::string path = Path("socket");
    options.transports = transports;
    options.num_transports = 1;
    options.host = path.c_str();
    options.user = "alice";
    options.password = "secret";
    options.mechanism = mechanism;
    pop3_session *session = nullptr;
    ASSERT_EQ(pop3_session_new(&session, registry_, &options, &error_), POP3_OK) << error();
    EXPECT_EQ(pop3_login(session, &error_), POP3_OK) << error();
    uint32_t count = 0;
    uint64_t octets = 0;
    EXPECT_EQ(pop3_stat(session, &count, &octets, &error_), POP3_OK) << error();
    EXPECT_EQ(count, 3U);
    EXPECT_EQ(octets, 4711U);
    EXPECT_EQ(pop3_quit(session, nullptr, &error_), POP3_OK) << error();
    pop3_session_free(session);
  }

  void LoadAll(const std::string &growing) {
    CopyFile("transports/pop3_unix.so", "pop3_unix.so");
    CopyFile("auth/pop3_user_pass.so", "pop3_user_pass.so");
    CopyFile("tests/plugins/newer/" + growing, "pop3_x_growing.so");
    for (const char *name : {"unix", "user_pass", "x_growing"}) {
      ASSERT_EQ(Load(name), POP3_OK) << error();
    }
  }
};

TEST_F(LoaderAbi, PluginOfToday) {
  CannedServer server(Path("socket"));
  LoadAll("pop3_x_growing.so");
  EXPECT_EQ(pop3_loader_at(loader_, 0)->abi & 0xffff, 0U);
  Stat("user");
  EXPECT_TRUE(server.Heard("PASS secret"));
  Stat("x-growing");
  EXPECT_TRUE(server.Heard("X-GROWN --"));
#ifdef NEWER_HOST
  // What it does not have reads as NULL.
  EXPECT_EQ(pop3_registry_auth(registry_, "x-growing")->later, nullptr);
  EXPECT_EQ(pop3_registry_transport(registry_, "unix")->later, nullptr);
  EXPECT_LT(pop3_loader_at(loader_, 0)->plugin->size, sizeof(pop3_plugin));
#endif
}

TEST_F(LoaderAbi, PluginOfALaterDay) {
  CannedServer server(Path("socket"));
  LoadAll("newer_growing.so");
  EXPECT_EQ(pop3_loader_at(loader_, 0)->abi & 0xffff, 1U);
  EXPECT_EQ(POP3_ABI_MAJOR(pop3_loader_at(loader_, 0)->abi), POP3_ABI_MAJOR(POP3_ABI));
  EXPECT_EQ(pop3_registry_auth(registry_, "x-growing")->size, sizeof(pop3_auth_ops));
  Stat("x-growing");
#ifdef NEWER_HOST
  EXPECT_NE(pop3_registry_auth(registry_, "x-growing")->later, nullptr);
  EXPECT_TRUE(server.Heard("X-GROWN HC"));
#else
  EXPECT_GT(pop3_loader_at(loader_, 0)->plugin->size, sizeof(pop3_plugin));
  EXPECT_TRUE(server.Heard("X-GROWN --"));
#endif
}

}  // namespace
}  // namespace loader_abi_test
}  // namespace pop3_testing
