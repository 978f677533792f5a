#include <gtest/gtest.h>
#include <pop3/plugins/tcp.h>
#include <pop3/usual.h>

#include <string>

namespace pop3_testing {
namespace usual_test {
namespace {

TEST(Usual, AddsAll) {
  pop3_registry *registry = nullptr;
  ASSERT_EQ(pop3_registry_new(&registry, nullptr, nullptr), POP3_OK);
  pop3_error error = POP3_ERROR_INIT;
  EXPECT_EQ(pop3_registry_add_usual(registry, &error), POP3_OK) << error.text;
  for (const char *name : {"tcp", "unix", "tls"}) {
    EXPECT_NE(pop3_registry_transport(registry, name), nullptr) << name;
  }
  for (const char *name : {"user", "apop", "rpop", "sasl", "oauthbearer", "xoauth2"}) {
    EXPECT_NE(pop3_registry_auth(registry, name), nullptr) << name;
  }
  pop3_registry_free(registry);
}

TEST(Usual, SaysWhatIsThereAlready) {
  pop3_registry *registry = nullptr;
  ASSERT_EQ(pop3_registry_new(&registry, nullptr, nullptr), POP3_OK);
  ASSERT_EQ(pop3_registry_add(registry, pop3_plugin_tcp(POP3_ABI), nullptr), POP3_OK);
  pop3_error error = POP3_ERROR_INIT;
  EXPECT_EQ(pop3_registry_add_usual(registry, &error), POP3_ERR_ARGUMENT);
  EXPECT_NE(std::string(error.text).find("tcp"), std::string::npos) << error.text;
  pop3_registry_free(registry);
}

}  // namespace
}  // namespace usual_test
}  // namespace pop3_testing
