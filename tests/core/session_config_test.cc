#include "core/session/session_config.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "tests/core/fake_wire.h"
#include "tests/testing/failing_allocator.h"

namespace session_config_test {
namespace {

using pop3_core_test::FakeWirePlugin;
using pop3_testing::FailingAllocator;
using pop3_testing::ForEachAllocationFailure;

// Options that work, with everything in them that is copied.
struct Rig {
  Rig() {
    EXPECT_EQ(pop3_registry_new(&registry, nullptr, nullptr), POP3_OK);
    EXPECT_EQ(pop3_registry_add(registry, FakeWirePlugin(), nullptr), POP3_OK);
    options.transports = transports;
    options.num_transports = 2;
    options.host = "mail.example";
    options.port = 995;
    options.user = "jane";
    options.password = "sesame";
    options.token = "open-sesame";
    options.mechanism = "apop";
    options.authzid = "boss";
    options.realm = "example";
  }
  ~Rig() { pop3_registry_free(registry); }
  Rig(const Rig &) = delete;
  Rig &operator=(const Rig &) = delete;

  pop3_status Init(const pop3_allocator *allocator = nullptr) {
    options.allocator = allocator;
    memset(static_cast<void *>(&config), 0xA5, sizeof(config));
    err = POP3_ERROR_INIT;
    return p3_session_config_init(&config, registry, &options, &err);
  }

  int object = 0;  // something to point to
  const char *transports[2] = {"fake", "tls"};
  pop3_registry *registry = nullptr;
  pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
  p3_session_config config;
  pop3_error err = POP3_ERROR_INIT;
};

struct Fault {
  pop3_status status;
  const char *text;
  void (*breakage)(Rig *);
};

template <class T>
T Value(int number) {
  return static_cast<T>(number);
}

const char *const kMany[] = {"fake", "tls", "tls", "tls", "tls", "tls", "tls", "tls", "tls",
                             "tls",  "tls", "tls", "tls", "tls", "tls", "tls", "tls"};

const Fault kFaults[] = {
    {POP3_ERR_ARGUMENT, "no transports are named",
     [](Rig *rig) { rig->options.num_transports = 0; }},
    {POP3_ERR_ARGUMENT, "no transports are named",
     [](Rig *rig) { rig->options.transports = nullptr; }},
    {POP3_ERR_ARGUMENT, "port 65536 is above 65535", [](Rig *rig) { rig->options.port = 65536; }},
    {POP3_ERR_ARGUMENT, "tls is 4: no such policy",
     [](Rig *rig) { rig->options.tls = Value<pop3_tls_policy>(POP3_TLS_NEVER + 1); }},
    {POP3_ERR_ARGUMENT, "channel_binding is 3: no such policy",
     [](Rig *rig) {
       rig->options.channel_binding = Value<pop3_channel_binding>(POP3_CHANNEL_BINDING_NEVER + 1);
     }},
    {POP3_ERR_ARGUMENT, "debug_level 3: 0, 1 and 2 exist",
     [](Rig *rig) { rig->options.debug_level = 3; }},
    {POP3_ERR_NOT_FOUND, "transport \"pigeon\" is not in the registry of this program",
     [](Rig *rig) { rig->transports[0] = "pigeon"; }},
    {POP3_ERR_NOT_FOUND, "transport \"\" is not in the registry of this program",
     [](Rig *rig) { rig->transports[1] = nullptr; }},
    {POP3_ERR_ARGUMENT, "17 transports on each other: 8 are allowed (limit max_layers)",
     [](Rig *rig) {
       rig->options.transports = kMany;
       rig->options.num_transports = 17;
     }},
};

TEST(SessionConfig, EveryFault) {
  for (const Fault &fault : kFaults) {
    SCOPED_TRACE(fault.text);
    FailingAllocator allocator;
    allocator.Forbid("sesame");
    Rig rig;
    fault.breakage(&rig);
    EXPECT_EQ(rig.Init(allocator.get()), fault.status);
    EXPECT_STREQ(rig.err.text, fault.text);
    EXPECT_EQ(rig.err.status, fault.status);
    EXPECT_STREQ(rig.err.layer, "session");
    EXPECT_EQ(allocator.live_blocks(), 0U) << "there is nothing to clean up";
    EXPECT_EQ(allocator.unwiped(), 0U);
  }
}

TEST(SessionConfig, LimitsThatCannotWork) {
  Rig rig;
  pop3_limits limits = POP3_LIMITS_INIT;
  limits.max_layers = 17;
  rig.options.limits = &limits;
  EXPECT_EQ(rig.Init(), POP3_ERR_ARGUMENT);
  EXPECT_NE(std::string(rig.err.text).find("max_layers"), std::string::npos) << rig.err.text;
  limits.max_layers = 1;
  EXPECT_EQ(rig.Init(), POP3_ERR_ARGUMENT);
  EXPECT_STREQ(rig.err.text, "2 transports on each other: 1 are allowed (limit max_layers)");
  limits.max_layers = 2;
  EXPECT_EQ(rig.Init(), POP3_OK) << "exactly the limit";
  EXPECT_EQ(rig.config.limits.max_layers, 2U);
  p3_session_config_cleanup(&rig.config);
}

// Whatever the caller does with his strings afterwards.
TEST(SessionConfig, StringsAreCopied) {
  Rig rig;
  char text[] = "jane";
  rig.options.user = text;
  rig.options.authzid = "boss";
  rig.options.realm = "here";
  ASSERT_EQ(rig.Init(), POP3_OK) << rig.err.text;
  text[0] = 'X';
  const p3_session_config &config = rig.config;
  EXPECT_STREQ(config.user, "jane");
  EXPECT_STREQ(config.host, "mail.example");
  EXPECT_STREQ(config.mechanism, "apop");
  const p3_login_config &login = config.login;
  EXPECT_EQ(login.source.given[POP3_CREDENTIAL_USER], config.user);
  EXPECT_STREQ(login.source.given[POP3_CREDENTIAL_PASSWORD], "sesame");
  EXPECT_NE(login.source.given[POP3_CREDENTIAL_PASSWORD], rig.options.password);
  EXPECT_STREQ(login.source.given[POP3_CREDENTIAL_TOKEN], "open-sesame");
  EXPECT_STREQ(login.source.given[POP3_CREDENTIAL_AUTHZID], "boss");
  EXPECT_NE(login.source.given[POP3_CREDENTIAL_AUTHZID], rig.options.authzid) << "copied";
  EXPECT_STREQ(login.source.given[POP3_CREDENTIAL_REALM], "here");
  EXPECT_NE(login.source.given[POP3_CREDENTIAL_REALM], rig.options.realm);
  EXPECT_EQ(login.mechanism, config.mechanism);
  EXPECT_EQ(login.host, config.host);
  p3_session_config_cleanup(&rig.config);
  EXPECT_EQ(rig.config.host, nullptr);
  p3_session_config_cleanup(&rig.config);  // once more does no harm
}

TEST(SessionConfig, WhatIsTakenAsItIs) {
  Rig rig;
  pop3_session_options &options = rig.options;
  options.port = 65535;
  options.debug_level = 2;
  options.tls = POP3_TLS_IF_OFFERED;
  options.allow_cleartext = 7;
  options.auth_floor = 200;
  options.auth_two_step = 1;
  options.channel_binding = POP3_CHANNEL_BINDING_REQUIRE;
  options.credential = [](void *, pop3_credential, uint32_t, pop3_secret *, pop3_error *) {
    return POP3_ERR_NO_CREDENTIALS;
  };
  options.credential_arg = &rig;
  options.credential_kinds = POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_TOKEN);
  options.trace = [](void *, const pop3_trace_event *) {};
  options.trace_arg = &rig.object;
  options.audit = [](void *, const pop3_audit_event *) { return 0; };
  options.audit_arg = &rig.err;
  options.clock_ms = [](void *) { return INT64_C(7); };
  options.clock_arg = &rig.config;
  ASSERT_EQ(rig.Init(), POP3_OK) << rig.err.text;
  const p3_session_config &config = rig.config;
  EXPECT_EQ(config.port, 65535U);
  EXPECT_EQ(config.debug_level, 2U);
  EXPECT_EQ(config.tls, POP3_TLS_IF_OFFERED);
  EXPECT_EQ(config.hooks.trace, options.trace);
  EXPECT_EQ(config.hooks.trace_arg, &rig.object);
  EXPECT_EQ(config.hooks.audit, options.audit);
  EXPECT_EQ(config.hooks.audit_arg, &rig.err);
  EXPECT_EQ(config.hooks.clock_ms, options.clock_ms);
  EXPECT_EQ(config.hooks.clock_arg, &rig.config);
  const p3_login_config &login = config.login;
  EXPECT_EQ(login.allow_cleartext, 1);
  EXPECT_EQ(login.rules.floor, 200U);
  EXPECT_EQ(login.rules.channel_binding, POP3_CHANNEL_BINDING_REQUIRE);
  EXPECT_EQ(login.two_step, 1U);
  EXPECT_EQ(login.source.ask, options.credential);
  EXPECT_EQ(login.source.ask_arg, &rig);
  EXPECT_EQ(login.source.kinds, POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_TOKEN));
  ASSERT_EQ(config.num_transports, 2U);
  EXPECT_STREQ(config.transports[0]->name, "fake");
  EXPECT_STREQ(config.transports[1]->name, "tls");
  EXPECT_STREQ(config.stls->name, "tls");
  p3_session_config_cleanup(&rig.config);
}

TEST(SessionConfig, NothingThatNeedNotBeGiven) {
  Rig rig;
  rig.options = POP3_SESSION_OPTIONS_INIT;
  rig.options.transports = rig.transports;
  rig.options.num_transports = 1;
  ASSERT_EQ(rig.Init(), POP3_OK) << rig.err.text;
  EXPECT_STREQ(rig.config.host, "") << "never NULL";
  EXPECT_EQ(rig.config.user, nullptr);
  EXPECT_EQ(rig.config.password.data, nullptr);
  for (const char *given : rig.config.login.source.given) EXPECT_EQ(given, nullptr);
  p3_session_config_cleanup(&rig.config);
}

// An empty password is one, too.
TEST(SessionConfig, EmptyIsNotNone) {
  Rig rig;
  rig.options.password = "";
  ASSERT_EQ(rig.Init(), POP3_OK);
  EXPECT_STREQ(rig.config.login.source.given[POP3_CREDENTIAL_PASSWORD], "");
  p3_session_config_cleanup(&rig.config);
}

TEST(SessionConfig, WithoutATransportThatEncryptsThereIsNoStls) {
  Rig rig;
  const pop3_transport_ops *bottom[] = {FakeWirePlugin()->transports[0]};
  const pop3_plugin plugin = {POP3_ABI, sizeof(plugin), "bare", "1", bottom, 1, nullptr, 0};
  pop3_registry_free(rig.registry);
  ASSERT_EQ(pop3_registry_new(&rig.registry, nullptr, nullptr), POP3_OK);
  ASSERT_EQ(pop3_registry_add(rig.registry, &plugin, nullptr), POP3_OK);
  rig.options.num_transports = 1;
  ASSERT_EQ(rig.Init(), POP3_OK) << rig.err.text;
  EXPECT_EQ(rig.config.stls, nullptr);
  p3_session_config_cleanup(&rig.config);
}

// Passwords stand in |password| and |token|.
TEST(SessionConfig, SecretsAreWiped) {
  FailingAllocator allocator;
  allocator.Forbid("sesame");
  Rig rig;
  ASSERT_EQ(rig.Init(allocator.get()), POP3_OK);
  p3_session_config_cleanup(&rig.config);
  EXPECT_EQ(allocator.unwiped(), 0U);
  EXPECT_EQ(allocator.live_blocks(), 0U);
}

TEST(SessionConfig, EachAllocationFails) {
  const size_t count = ForEachAllocationFailure([](FailingAllocator &allocator) {
    allocator.Forbid("sesame");
    Rig rig;
    const pop3_status status = rig.Init(allocator.get());
    EXPECT_EQ(status, allocator.has_failed() ? POP3_ERR_MEMORY : POP3_OK);
    if (status == POP3_OK) {
      p3_session_config_cleanup(&rig.config);
    } else {
      EXPECT_STREQ(rig.err.text, "no memory for a session");
    }
  });
  EXPECT_EQ(count, 7U) << "host, user, authzid, realm, mechanism, two secrets";
}

}  // namespace
}  // namespace session_config_test
