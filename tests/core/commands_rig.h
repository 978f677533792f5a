// A session over "fake.wire" that is ready for a blocking call.
#ifndef POP3_TESTS_CORE_COMMANDS_RIG_H_
#define POP3_TESTS_CORE_COMMANDS_RIG_H_

#include <gtest/gtest.h>
#include <pop3/commands.h>
#include <pop3/plugins/apop.h>
#include <pop3/plugins/user_pass.h>

#include <string>
#include <vector>

#include "tests/core/fake_wire.h"

namespace pop3_core_test {

// TcpPlugin: "tcp" is the fake one here, so that URLs reach it.
inline const pop3_plugin *TcpPlugin() {
  static const pop3_transport_ops kTcp = [] {
    pop3_transport_ops ops = *FakeWirePlugin()->transports[0];
    ops.name = "tcp";
    return ops;
  }();
  static const pop3_transport_ops *const kTransports[] = {&kTcp};
  static const pop3_plugin kPlugin = {
      POP3_ABI, sizeof(pop3_plugin), "tcp", "1", kTransports, 1, nullptr, 0};
  return &kPlugin;
}

// CommandsRig has a session, and all around it.
struct CommandsRig {
  CommandsRig() {
    options.transports = kTransports;
    options.num_transports = 1;
    options.host = "mail.example.net";
    options.port = 110;
    options.options = &option;
    options.num_options = 1;
    options.clock_ms = FakeWire::Clock;
    options.clock_arg = &wire;
    EXPECT_EQ(pop3_registry_new(&registry, nullptr, nullptr), POP3_OK);
    for (const pop3_plugin *plugin : {FakeWirePlugin(), TcpPlugin(), pop3_plugin_apop(POP3_ABI),
                                      pop3_plugin_user_pass(POP3_ABI)}) {
      EXPECT_EQ(pop3_registry_add(registry, plugin, nullptr), POP3_OK);
    }
  }
  ~CommandsRig() {
    pop3_session_free(session);
    pop3_registry_free(registry);
    EXPECT_EQ(wire.complaints, std::vector<std::string>());
  }

  void Start() { ASSERT_EQ(pop3_session_new(&session, registry, &options, &err), POP3_OK); }
  std::string text() const { return err.text; }
  // reply is the text of the last reply.
  std::string reply() const { return pop3_session_reply(session)->text; }

  static constexpr const char *kTransports[] = {"tcp"};
  FakeWire wire;
  pop3_option option = {"fake.wire", nullptr, 0, &wire};
  pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
  pop3_registry *registry = nullptr;
  pop3_session *session = nullptr;
  pop3_error err = POP3_ERROR_INIT;
};

}  // namespace pop3_core_test

#endif  // POP3_TESTS_CORE_COMMANDS_RIG_H_
