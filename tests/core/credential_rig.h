// A session and a mechanism that asks it for credentials.
#ifndef POP3_TESTS_CORE_CREDENTIAL_RIG_H_
#define POP3_TESTS_CORE_CREDENTIAL_RIG_H_

#include <gtest/gtest.h>
#include <pop3/commands.h>
#include <pop3/plugins/user_pass.h>
#include <pop3/session.h>
#include <pop3/spi/auth.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/core/fake_wire.h"
#include "tests/testing/failing_allocator.h"

namespace pop3_core_test {

using pop3_testing::FailingAllocator;

using Context = pop3_auth_context;

// A mechanism that does in |on_begin| what a test wants, then says "USER probe".
inline std::function<pop3_status(const Context *, pop3_error *)> on_begin;
inline std::function<void(const Context *)> on_score;

inline int Score(const pop3_host *, const Context *context, char *, size_t) {
  if (on_score) on_score(context);
  return 100;
}
inline pop3_status Begin(const pop3_host *, const Context *context, void **out_self,
                         pop3_error *err) {
  *out_self = &on_begin;
  return on_begin(context, err);
}
inline pop3_auth_verdict Step(void *, const pop3_auth_input *in, pop3_auth_output *out,
                              pop3_error *) {
  if (in->event == POP3_AUTH_POSITIVE) return POP3_AUTH_DONE;
  if (in->event != POP3_AUTH_START) return POP3_AUTH_FAIL;
  static const char kLine[] = "USER probe";
  out->is_command = 1;
  out->line = reinterpret_cast<const uint8_t *>(kLine);
  out->line_len = out->secret_offset = sizeof(kLine) - 1;
  return POP3_AUTH_SEND;
}
inline void End(void *) {}

inline const pop3_auth_ops kProbe = {POP3_ABI,  sizeof(pop3_auth_ops),
                                     "x-probe", POP3_AUTH_ONLY_IF_ASKED | POP3_AUTH_AUTHZID,
                                     0,         Score,
                                     Begin,     Step,
                                     End};
inline const pop3_auth_ops kApop = {
    POP3_ABI, sizeof(pop3_auth_ops), "apop", POP3_AUTH_ONLY_IF_ASKED, 0, Score, Begin, Step, End};
inline const pop3_auth_ops *const kAuths[] = {&kProbe, &kApop};
inline const pop3_plugin kProbePlugin = {
    POP3_ABI, sizeof(pop3_plugin), "probe", "1", nullptr, 0, kAuths, 2};

// Asked is one call of the callback: "password 0".
using Asked = std::vector<std::string>;

struct Rig {
  explicit Rig(FailingAllocator *memory = nullptr) {
    wire.greeting = "+OK ready <1896.697170952@dbc.mtview.ca.us>\r\n";
    wire.replies = {{"CAPA", "-ERR\r\n"}, {"USER probe", "+OK\r\n"}};
    options.transports = kTransports;
    options.num_transports = 1;
    options.host = "mail.example.net";
    options.port = 110;
    options.options = &option;
    options.num_options = 1;
    options.clock_ms = FakeWire::Clock;
    options.clock_arg = &wire;
    options.allocator = memory != nullptr ? memory->get() : nullptr;
    EXPECT_EQ(pop3_registry_new(&registry, nullptr, nullptr), POP3_OK);
    EXPECT_EQ(pop3_registry_add(registry, FakeWirePlugin(), nullptr), POP3_OK);
    EXPECT_EQ(pop3_registry_add(registry, &kProbePlugin, nullptr), POP3_OK);
    EXPECT_EQ(pop3_registry_add(registry, pop3_plugin_user_pass(POP3_ABI), nullptr), POP3_OK);
  }
  ~Rig() {
    pop3_session_free(session);
    pop3_registry_free(registry);
    on_begin = nullptr;
    on_score = nullptr;
  }

  void Start() { ASSERT_EQ(pop3_session_new(&session, registry, &options, &err), POP3_OK); }

  // AskForThem has the session call back for what it was not given.
  void AskForThem() {
    options.credential = Ask;
    options.credential_arg = this;
  }
  static pop3_status Ask(void *arg, pop3_credential what, uint32_t attempt, pop3_secret *out,
                         pop3_error *err) {
    Rig *rig = static_cast<Rig *>(arg);
    rig->asked.push_back(std::to_string(what) + " attempt " + std::to_string(attempt));
    if (rig->answer) return rig->answer(what, out, err);
    const auto found = rig->known.find(what);
    if (found == rig->known.end()) return POP3_ERR_NO_CREDENTIALS;
    return pop3_secret_set(out, found->second.data(), found->second.size()) ? POP3_OK
                                                                            : POP3_ERR_MEMORY;
  }

  // Fetch logs in with the probe, which fetches |what|: "OK <its octets>" or the failure's text.
  std::string Fetch(pop3_credential what) {
    std::string got;
    on_begin = [&](const Context *context, pop3_error *error) {
      return Get(context, what, &got, error);
    };
    err = POP3_ERROR_INIT;
    const pop3_status status = pop3_auth(session, "x-probe", &err);
    return status == POP3_OK ? "OK " + got : err.text;
  }
  static pop3_status Get(const Context *context, pop3_credential what, std::string *out,
                         pop3_error *error) {
    const uint8_t *data = nullptr;
    size_t len = 0;
    const pop3_status status = context->credential(context->session, what, &data, &len, error);
    if (status != POP3_OK) return status;
    EXPECT_EQ(data[len], 0);
    out->assign(reinterpret_cast<const char *>(data), len);
    return POP3_OK;
  }

  static constexpr const char *kTransports[] = {"fake"};
  FakeWire wire;
  pop3_option option = {"fake.wire", nullptr, 0, &wire};
  pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
  pop3_registry *registry = nullptr;
  pop3_session *session = nullptr;
  pop3_error err = POP3_ERROR_INIT;
  Asked asked;
  std::map<pop3_credential, std::string> known;
  std::function<pop3_status(pop3_credential, pop3_secret *, pop3_error *)> answer;
};

}  // namespace pop3_core_test

#endif  // POP3_TESTS_CORE_CREDENTIAL_RIG_H_
