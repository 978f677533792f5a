// The client that this workspace has composed, and what it is made of.
#include "mail/mail.h"

#include <dlfcn.h>
#include <openssl/ssl.h>
#include <pop3/pop3.h>
#include <pop3/spi/plugin.h>

#include "mail/company_plugins.h"
#include "mail/test_server.h"

#if !defined(MONOREPO_BORINGSSL) || !defined(MONOREPO_GOOGLETEST)
#error "libpop3 does not use the repositories of this workspace"
#endif

namespace {

TEST(Mail, LogsInByOurMechanismOverOurTransport) {
  TestServer server;
  pop3_error err = POP3_ERROR_INIT;
  uint32_t count = 0;
  EXPECT_EQ(mail_count(&count, server.path().c_str(), "tim", "tanstaaftanstaaf", 10000, &err),
            POP3_OK)
      << err.text;
  EXPECT_EQ(count, 3u);
  EXPECT_NE(server.Heard().find("AUTH X-HMAC\n"), std::string::npos) << server.Heard();
}

TEST(Mail, AWrongPasswordIsRefused) {
  TestServer server;
  pop3_error err = POP3_ERROR_INIT;
  uint32_t count = 0;
  EXPECT_EQ(mail_count(&count, server.path().c_str(), "tim", "guess", 10000, &err), POP3_REFUSED);
}

TEST(Mail, TheQuotaIsTheEnd) {
  TestServer server;
  pop3_error err = POP3_ERROR_INIT;
  uint32_t count = 0;
  EXPECT_EQ(mail_count(&count, server.path().c_str(), "tim", "tanstaaftanstaaf", 100, &err),
            POP3_ERR_LIMIT);
  EXPECT_STREQ(err.layer, "quota");
}

TEST(Company, HasWhatItsListHas) {
  pop3_error err = POP3_ERROR_INIT;
  pop3_registry *plugins = nullptr;
  ASSERT_EQ(pop3_registry_new(&plugins, nullptr, &err), POP3_OK);
  ASSERT_EQ(pop3_registry_add_company(plugins, &err), POP3_OK) << err.text;
  std::string names;
  const pop3_plugin *plugin;
  for (size_t i = 0; (plugin = pop3_registry_plugin_at(plugins, i)) != nullptr; i++) {
    names += std::string(plugin->name) + " ";
  }
  EXPECT_EQ(names, "tcp tls unix apop x_hmac quota ");
  pop3_registry_free(plugins);
}

// libpop3's own @boringssl hides its functions from the dynamic linker. This workspace's does not.
TEST(Company, UsesTheBoringSslOfThisWorkspace) {
  void *const global = dlsym(RTLD_DEFAULT, "SSL_CTX_new");
  ASSERT_NE(global, nullptr) << "there is no BoringSSL in the global scope";
  EXPECT_EQ(global, reinterpret_cast<void *>(SSL_CTX_new));
  Dl_info info;
  ASSERT_NE(dladdr(global, &info), 0);
  EXPECT_NE(std::string(info.dli_fname).find("/android/libssl.so.0"), std::string::npos)
      << info.dli_fname;
}

}  // namespace
