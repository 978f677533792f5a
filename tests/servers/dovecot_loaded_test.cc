// Logging in to Dovecot with plugins from files: all of them, and mixed with linked ones.
#include <pop3/loader.h>
#include <pop3/plugins/sasl.h>
#include <pop3/plugins/tcp.h>
#include <pop3/plugins/tls.h>
#include <pop3/usual.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "tests/servers/server_profile.h"

namespace pop3_testing {
namespace dovecot_loaded_test {
namespace {

// The plugins of a test, in a directory that only its owner can write to: the loader takes no
// links, and Bazel's runfiles are links.
class DovecotLoaded : public RealServerTest {
 protected:
  static void SetUpTestSuite() {
    char path[] = "/tmp/libpop3-loaded.XXXXXX";
    ASSERT_NE(mkdtemp(path), nullptr);
    dir_ = path;
    for (const char *from : {"transports/pop3_tcp.so", "transports/pop3_tls.so",
                             "auth/pop3_sasl.so", "auth/pop3_user_pass.so"}) {
      const std::filesystem::path file(from);
      std::filesystem::copy_file(file, dir_ / file.filename());
      std::filesystem::permissions(dir_ / file.filename(), std::filesystem::perms(0644));
    }
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(dir_); }

  // A filler that loads |from_files| and links the rest of tcp, tls and sasl.
  static Filler Mixed(const std::set<std::string> &from_files) {
    return [from_files](pop3_registry *registry, pop3_error *err) {
      const std::string dir = dir_.string();
      const char *const dirs[] = {dir.c_str()};
      pop3_loader_options options = POP3_LOADER_OPTIONS_INIT;
      options.dirs = dirs;
      options.num_dirs = 1;
      pop3_loader *loader = nullptr;
      pop3_status status = pop3_loader_new(&loader, &options, err);
      const struct {
        const char *name;
        const pop3_plugin *linked;
      } kPlugins[] = {{"tcp", pop3_plugin_tcp(POP3_ABI)},
                      {"tls", pop3_plugin_tls(POP3_ABI)},
                      {"sasl", pop3_plugin_sasl(POP3_ABI)}};
      for (const auto &plugin : kPlugins) {
        if (status != POP3_OK) break;
        status = from_files.count(plugin.name) != 0
                     ? pop3_loader_load(loader, registry, plugin.name, err)
                     : pop3_registry_add(registry, plugin.linked, err);
      }
      pop3_loader_free(loader);
      return status;
    };
  }

  static std::filesystem::path dir_;
};

std::filesystem::path DovecotLoaded::dir_;

TEST_F(DovecotLoaded, ScramOverTlsWithEverythingFromFiles) {
  for (const char *mechanism : {"SCRAM-SHA-256", "SCRAM-SHA-1", "DIGEST-MD5"}) {
    for (const Address &address : {Tls(), Clear()}) {
      Plan plan = Login(address, mechanism);
      plan.tls = POP3_TLS_REQUIRED;  // STLS where TLS is not there from the start
      plan.plugins = Mixed({"tcp", "tls", "sasl"});
      const auto session = LoggedIn(plan);
      ASSERT_NE(session, nullptr);
      EXPECT_TRUE(session->IsEncrypted());
      EXPECT_STREQ(pop3_session_mechanism(session->get()), mechanism);
      ExpectMail(session.get());
    }
  }
}

TEST_F(DovecotLoaded, EveryMixtureOfFilesAndLinkedOnes) {
  for (const auto &from_files : std::vector<std::set<std::string>>{
           {"tcp"}, {"tls"}, {"sasl"}, {"tcp", "tls"}, {"tls", "sasl"}, {"tcp", "sasl"}}) {
    Plan plan = Login(Tls(), "SCRAM-SHA-256");
    plan.plugins = Mixed(from_files);
    const auto session = LoggedIn(plan);
    ASSERT_NE(session, nullptr);
    EXPECT_TRUE(session->IsEncrypted());
    ExpectMail(session.get());
  }
}

}  // namespace
}  // namespace dovecot_loaded_test
}  // namespace pop3_testing
