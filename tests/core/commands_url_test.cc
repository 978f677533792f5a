// pop3_connect_url and pop3_session_new_url.
#include <gtest/gtest.h>
#include <pop3/commands.h>

#include <string>

#include "tests/core/commands_rig.h"

namespace commands_url_test {
namespace {

using Rig = pop3_core_test::CommandsRig;

TEST(CommandsUrl, ConnectUrl) {
  Rig rig;
  rig.wire.replies = {{"CAPA", "-ERR\r\n"}, {"USER a@b", "+OK\r\n"}, {"PASS p:w", "+OK\r\n"}};
  const char *url = "pop3s://a%40b:p%3Aw@mail.example.net";
  rig.options.user = rig.options.password = "of the options";
  EXPECT_EQ(pop3_connect_url(&rig.session, rig.registry, url, &rig.options, &rig.err), POP3_OK);
  ASSERT_NE(rig.session, nullptr) << rig.text();
  EXPECT_STREQ(pop3_getwelcome(rig.session), "ready");
  EXPECT_EQ(rig.wire.Count("tls.connect"), 1);
  EXPECT_EQ(pop3_login(rig.session, &rig.err), POP3_OK) << rig.text();
  EXPECT_STREQ(pop3_session_mechanism(rig.session), "user");
}

// A proxy's transports are the caller's; that the server is spoken to in TLS is the URL's.
TEST(CommandsUrl, AUrlWithTransportsOfTheCaller) {
  Rig rig;
  const char *const proxy[] = {"fake", "shift"};
  rig.options.transports = proxy;
  rig.options.num_transports = 2;
  EXPECT_EQ(pop3_connect_url(&rig.session, rig.registry, "pop3s://mail.example.net", &rig.options,
                             &rig.err),
            POP3_OK)
      << rig.text();
  EXPECT_EQ(rig.wire.Count("shift.connect"), 1);
  EXPECT_EQ(rig.wire.Count("tls.connect"), 1);
  pop3_session_free(rig.session);
  rig.session = nullptr;

  const char *const with_tls[] = {"fake", "tls"};
  rig.options.transports = with_tls;
  EXPECT_EQ(pop3_connect_url(&rig.session, rig.registry, "pop3s://mail.example.net", &rig.options,
                             &rig.err),
            POP3_OK)
      << rig.text();
  EXPECT_EQ(rig.wire.Count("tls.connect"), 2) << "once more, not twice";
}

// pop3s:// takes what the registry has, under whatever name.
TEST(CommandsUrl, TlsByATransportOfAnotherName) {
  Rig rig;
  pop3_transport_ops cipher = *pop3_core_test::FakeWirePlugin()->transports[1];
  ASSERT_STREQ(cipher.name, "tls");
  cipher.name = "cipher";
  const pop3_transport_ops *bottom[] = {pop3_core_test::FakeWirePlugin()->transports[0]};
  const pop3_transport_ops *upper[] = {&cipher};
  const pop3_plugin fake = {POP3_ABI, sizeof(fake), "fake", "1", bottom, 1, nullptr, 0};
  const pop3_plugin other = {POP3_ABI, sizeof(other), "other", "1", upper, 1, nullptr, 0};
  pop3_registry *registry = nullptr;
  ASSERT_EQ(pop3_registry_new(&registry, nullptr, nullptr), POP3_OK);
  ASSERT_EQ(pop3_registry_add(registry, pop3_core_test::TcpPlugin(), nullptr), POP3_OK);
  ASSERT_EQ(pop3_registry_add(registry, &fake, nullptr), POP3_OK);
  pop3_session *session = nullptr;
  const char *url = "pop3s://mail.example.net";
  EXPECT_EQ(pop3_connect_url(&session, registry, url, &rig.options, &rig.err), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(rig.text(), "transport \"tls\" is not in the registry of this program");
  ASSERT_EQ(pop3_registry_add(registry, &other, nullptr), POP3_OK);
  EXPECT_EQ(pop3_connect_url(&session, registry, url, &rig.options, &rig.err), POP3_OK)
      << rig.text();
  EXPECT_EQ(rig.wire.Count("tls.connect"), 1);
  pop3_session_free(session);
  pop3_registry_free(registry);
}

TEST(CommandsUrl, ConnectUrlThatFails) {
  const auto fails = [](const char *url, const char *greeting, pop3_status expected) {
    Rig rig;
    rig.wire.greeting = greeting;
    rig.session = reinterpret_cast<pop3_session *>(&rig);
    if (expected == POP3_ERR_NOT_FOUND) rig.options.num_transports = 0;  // there is no "unix"
    EXPECT_EQ(pop3_connect_url(&rig.session, rig.registry, url, &rig.options, &rig.err), expected);
    EXPECT_EQ(rig.err.status, expected);
    EXPECT_NE(rig.text(), "");
    EXPECT_EQ(rig.session, nullptr);
    EXPECT_EQ(rig.wire.Count("fake.create"), rig.wire.Count("fake.destroy"));
  };
  fails("http://mail.example.net", "+OK\r\n", POP3_ERR_URL);
  fails("pop3+unix:///run/pop3", "+OK\r\n", POP3_ERR_NOT_FOUND);
  fails("pop3://mail.example.net", "-ERR [IN-USE] locked\r\n", POP3_REFUSED);
  fails("pop3://mail.example.net", "220 smtp\r\n", POP3_ERR_GREETING);
  pop3_session *session = nullptr;
  Rig rig;  // without options: the transport misses its wire
  EXPECT_EQ(pop3_connect_url(&session, rig.registry, "pop://host", nullptr, nullptr),
            POP3_ERR_ARGUMENT);
  EXPECT_EQ(session, nullptr);
}

}  // namespace
}  // namespace commands_url_test
