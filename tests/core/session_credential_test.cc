// Where credentials come from, and what is left of them.
#include <gtest/gtest.h>
#include <pop3/commands.h>
#include <pop3/session.h>

#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "auth/user_pass.h"
#include "core/session_private.h"
#include "tests/core/fake_wire.h"
#include "tests/testing/failing_allocator.h"

namespace {

using pop3_core_test::FakeWire;
using pop3_core_test::FakeWirePlugin;
using pop3_testing::FailingAllocator;
using pop3_testing::ForEachAllocationFailure;

using Context = pop3_auth_context;

// A mechanism that does in |on_begin| what a test wants, then says "USER probe".
std::function<pop3_status(const Context *, pop3_error *)> on_begin;
std::function<void(const Context *)> on_score;

int Score(const pop3_host *, const Context *context, char *, size_t) {
  if (on_score) on_score(context);
  return 100;
}
pop3_status Begin(const pop3_host *, const Context *context, void **out_self, pop3_error *err) {
  *out_self = &on_begin;
  return on_begin(context, err);
}
pop3_auth_verdict Step(void *, const pop3_auth_input *in, pop3_auth_output *out, pop3_error *) {
  if (in->event == POP3_AUTH_POSITIVE) return POP3_AUTH_DONE;
  if (in->event != POP3_AUTH_START) return POP3_AUTH_FAIL;
  static const char kLine[] = "USER probe";
  out->is_command = 1;
  out->line = reinterpret_cast<const uint8_t *>(kLine);
  out->line_len = out->secret_offset = sizeof(kLine) - 1;
  return POP3_AUTH_SEND;
}
void End(void *) {}

const pop3_auth_ops kProbe = {
    POP3_ABI, sizeof(pop3_auth_ops), "x-probe", POP3_AUTH_ONLY_IF_ASKED, 0, Score, Begin, Step,
    End};
const pop3_auth_ops kApop = {
    POP3_ABI, sizeof(pop3_auth_ops), "apop", POP3_AUTH_ONLY_IF_ASKED, 0, Score, Begin, Step, End};
const pop3_auth_ops *const kAuths[] = {&kProbe, &kApop};
const pop3_plugin kProbePlugin = {POP3_ABI, sizeof(pop3_plugin), "probe", "1", nullptr, 0, kAuths,
                                  2};

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

// --- The order of sources

TEST(SessionCredential, TheOptionsComeFirst) {
  Rig rig;
  rig.options.user = "jane";
  rig.options.password = "tanstaaf";
  rig.AskForThem();
  rig.known = {{POP3_CREDENTIAL_USER, "callback"}, {POP3_CREDENTIAL_PASSWORD, "callback"}};
  rig.Start();
  std::string user, password;
  on_begin = [&](const Context *context, pop3_error *error) {
    EXPECT_EQ(Rig::Get(context, POP3_CREDENTIAL_USER, &user, error), POP3_OK);
    return Rig::Get(context, POP3_CREDENTIAL_PASSWORD, &password, error);
  };
  EXPECT_EQ(pop3_auth(rig.session, "x-probe", nullptr), POP3_OK);
  EXPECT_EQ(user, "jane");
  EXPECT_EQ(password, "tanstaaf");
  EXPECT_EQ(rig.asked, Asked());
}

TEST(SessionCredential, TheOptionsWereCopied) {
  Rig rig;
  std::string password = "tanstaaf";
  rig.options.password = password.c_str();
  rig.Start();
  password = "overwritten";
  EXPECT_EQ(rig.Fetch(POP3_CREDENTIAL_PASSWORD), "OK tanstaaf");
}

TEST(SessionCredential, TheCallbackIsAskedForWhatIsMissing) {
  Rig rig;
  rig.options.user = "jane";
  rig.AskForThem();
  rig.known = {{POP3_CREDENTIAL_PASSWORD, "from the callback"}};
  rig.Start();
  EXPECT_EQ(rig.Fetch(POP3_CREDENTIAL_PASSWORD), "OK from the callback");
  EXPECT_EQ(rig.asked, (Asked{"2 attempt 0"}));
}

TEST(SessionCredential, OctetsOfACredentialAreKeptAsTheyAre) {
  Rig rig;
  rig.AskForThem();
  rig.options.credential_kinds = POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_TOKEN);
  rig.known = {{POP3_CREDENTIAL_TOKEN, std::string("a\0b\xFF", 4)}};
  rig.Start();
  EXPECT_EQ(rig.Fetch(POP3_CREDENTIAL_TOKEN), std::string("OK a\0b\xFF", 7));
}

TEST(SessionCredential, AnEmptyPasswordIsOne) {
  Rig rig;
  rig.options.password = "";
  rig.AskForThem();
  rig.Start();
  EXPECT_EQ(rig.Fetch(POP3_CREDENTIAL_PASSWORD), "OK ");
  EXPECT_EQ(rig.asked, Asked());
}

TEST(SessionCredential, ThoseOfApopGoBeforeAllOthers) {
  Rig rig;
  rig.options.user = "jane";
  rig.options.password = "of jane";
  rig.Start();
  std::string user, password;
  on_begin = [&](const Context *context, pop3_error *error) {
    EXPECT_EQ(Rig::Get(context, POP3_CREDENTIAL_USER, &user, error), POP3_OK);
    return Rig::Get(context, POP3_CREDENTIAL_PASSWORD, &password, error);
  };
  rig.wire.replies["USER probe"] = "-ERR no\r\n";
  EXPECT_EQ(pop3_apop(rig.session, "mrose", "of mrose", nullptr), POP3_REFUSED);
  EXPECT_EQ(user, "mrose");
  EXPECT_EQ(password, "of mrose");
  // They were for that call only.
  rig.wire.replies["USER probe"] = "+OK\r\n";
  EXPECT_EQ(rig.Fetch(POP3_CREDENTIAL_USER), "OK jane");
}

TEST(SessionCredential, ThePasswordOfAnotherIsNotUsed) {
  Rig rig;
  rig.options.user = "jane";
  rig.options.password = "of jane";
  rig.Start();
  std::string password = "none";
  on_begin = [&](const Context *context, pop3_error *error) {
    EXPECT_EQ(context->has_credential(context->session, POP3_CREDENTIAL_PASSWORD), 0);
    return Rig::Get(context, POP3_CREDENTIAL_PASSWORD, &password, error);
  };
  EXPECT_EQ(pop3_apop(rig.session, "mrose", nullptr, nullptr), POP3_ERR_NO_CREDENTIALS);
  EXPECT_EQ(password, "none");
}

// --- Asking

TEST(SessionCredential, ItIsAskedOncePerLogin) {
  Rig rig;
  rig.AskForThem();
  rig.known = {{POP3_CREDENTIAL_USER, "jane"}, {POP3_CREDENTIAL_PASSWORD, "tanstaaf"}};
  rig.Start();
  on_begin = [&](const Context *context, pop3_error *error) {
    const uint8_t *first = nullptr;
    const uint8_t *second = nullptr;
    size_t len = 0;
    std::string user;
    EXPECT_EQ(context->credential(context->session, POP3_CREDENTIAL_PASSWORD, &first, &len, error),
              POP3_OK);
    EXPECT_EQ(Rig::Get(context, POP3_CREDENTIAL_USER, &user, error), POP3_OK);
    EXPECT_EQ(context->credential(context->session, POP3_CREDENTIAL_PASSWORD, &second, &len, error),
              POP3_OK);
    EXPECT_EQ(first, second);  // valid until the end
    EXPECT_STREQ(reinterpret_cast<const char *>(first), "tanstaaf");
    return POP3_OK;
  };
  EXPECT_EQ(pop3_auth(rig.session, "x-probe", nullptr), POP3_OK);
  EXPECT_EQ(rig.asked, (Asked{"2 attempt 0", "1 attempt 0"}));
}

TEST(SessionCredential, ItIsAskedAgainAfterARefusal) {
  Rig rig;
  rig.options.user = "jane";
  rig.AskForThem();
  rig.known = {{POP3_CREDENTIAL_PASSWORD, "wrong"}};
  rig.wire.replies["USER jane"] = "+OK\r\n";
  rig.wire.replies["PASS wrong"] = "-ERR [AUTH] no\r\n";
  rig.wire.replies["PASS right"] = "+OK\r\n";
  rig.Start();
  EXPECT_EQ(pop3_login(rig.session, nullptr), POP3_REFUSED);
  rig.known = {{POP3_CREDENTIAL_PASSWORD, "right"}};
  EXPECT_EQ(pop3_login(rig.session, nullptr), POP3_OK);
  EXPECT_EQ(rig.asked, (Asked{"2 attempt 0", "2 attempt 1"}));
}

TEST(SessionCredential, TheCallbacksOwnFailureIsTold) {
  Rig rig;
  rig.AskForThem();
  rig.answer = [](pop3_credential, pop3_secret *out, pop3_error *err) {
    EXPECT_TRUE(pop3_secret_set(out, "half", 4));
    return pop3_error_set(err, POP3_ERR_CANCELLED, "dialog", 0, "the person closed the window");
  };
  rig.Start();
  EXPECT_EQ(rig.Fetch(POP3_CREDENTIAL_PASSWORD), "the person closed the window");
  EXPECT_EQ(rig.err.status, POP3_ERR_CANCELLED);
  EXPECT_STREQ(rig.err.layer, "dialog");
  // Nothing has been sent but CAPA, and the session goes on.
  EXPECT_EQ(rig.wire.lines, (std::vector<std::string>{"CAPA"}));
  rig.wire.replies["NOOP"] = "+OK\r\n";
  EXPECT_EQ(pop3_noop(rig.session, nullptr), POP3_OK);
  // What it had half given is not used.
  rig.answer = [](pop3_credential, pop3_secret *, pop3_error *) { return POP3_OK; };
  EXPECT_EQ(rig.Fetch(POP3_CREDENTIAL_PASSWORD), "no password was given");
}

// --- Words

TEST(SessionCredential, WhatIsMissingIsNamed) {
  const std::map<pop3_credential, std::string> words = {
      {POP3_CREDENTIAL_USER, "no user name was given"},
      {POP3_CREDENTIAL_PASSWORD, "no password was given"},
      {POP3_CREDENTIAL_AUTHZID, "no authorization identity was given"},
      {POP3_CREDENTIAL_TOKEN, "no token was given"},
      {POP3_CREDENTIAL_REALM, "no realm was given"}};
  for (const bool callback : {false, true}) {  // one that knows nothing either
    Rig rig;
    if (callback) rig.AskForThem();
    for (const auto &one : words) rig.options.credential_kinds |= POP3_CREDENTIAL_BIT(one.first);
    rig.Start();
    for (const auto &one : words) {
      EXPECT_EQ(rig.Fetch(one.first), one.second);
      EXPECT_EQ(rig.err.status, POP3_ERR_NO_CREDENTIALS);
    }
    EXPECT_EQ(rig.asked.size(), callback ? words.size() : 0U);
  }
}

TEST(SessionCredential, ACredentialThatDoesNotExist) {
  Rig rig;
  rig.AskForThem();
  rig.Start();
  for (const int what : {0, 6, 7}) {
    EXPECT_EQ(rig.Fetch(static_cast<pop3_credential>(what)), "no ? was given");
    EXPECT_EQ(rig.err.status, POP3_ERR_NO_CREDENTIALS);
  }
  EXPECT_EQ(rig.asked, Asked());
}

TEST(SessionCredential, LoginWithNothingAtAll) {
  Rig rig;
  rig.Start();
  EXPECT_EQ(pop3_login(rig.session, &rig.err), POP3_ERR_NO_MECHANISM);
  EXPECT_NE(std::string(rig.err.text).find("user: no user name was given"), std::string::npos)
      << rig.err.text;
}

// --- Has

// Has returns which credentials are likely to be had: "12".
std::string Has(Rig *rig) {
  std::string has;
  on_score = [&](const Context *context) {
    for (int what = POP3_CREDENTIAL_USER; what <= POP3_CREDENTIAL_REALM; what++) {
      if (context->has_credential(context->session, static_cast<pop3_credential>(what)) != 0) {
        has += std::to_string(what);
      }
    }
  };
  on_begin = [](const Context *, pop3_error *) { return POP3_OK; };
  EXPECT_EQ(pop3_auth(rig->session, "x-probe", nullptr), POP3_OK);
  return has;
}

TEST(SessionCredential, HasNothing) {
  Rig rig;
  rig.Start();
  EXPECT_EQ(Has(&rig), "");
}

TEST(SessionCredential, HasWhatTheOptionsGive) {
  Rig rig;
  rig.options.user = "jane";
  rig.options.password = "";
  rig.Start();
  EXPECT_EQ(Has(&rig), "12");
}

TEST(SessionCredential, HasWhatACallbackMayKnowWithoutAsking) {
  Rig rig;
  rig.AskForThem();
  rig.Start();
  EXPECT_EQ(Has(&rig), "12");
  EXPECT_EQ(rig.asked, Asked());
  Rig more;
  more.AskForThem();
  more.options.credential_kinds = POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_TOKEN);
  more.Start();
  EXPECT_EQ(Has(&more), "4");
}

TEST(SessionCredential, HasTheTokenOfTheOptions) {
  Rig rig;
  rig.options.token = "ya29.secret";
  rig.Start();
  EXPECT_EQ(Has(&rig), "4");
  on_score = nullptr;
  Rig same;
  same.options.token = "ya29.secret";
  same.Start();
  EXPECT_EQ(same.Fetch(POP3_CREDENTIAL_TOKEN), "OK ya29.secret");
}

// --- Renewing

TEST(SessionCredential, RenewAsksTheCallbackAgain) {
  Rig rig;
  rig.options.token = "stale";
  rig.options.credential_kinds = POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_TOKEN);
  rig.AskForThem();
  rig.known = {{POP3_CREDENTIAL_TOKEN, "fresh"}};
  rig.Start();
  std::string first;
  std::string second;
  on_begin = [&](const Context *context, pop3_error *err) {
    const uint8_t *data;
    size_t len;
    EXPECT_EQ(context->credential(context->session, POP3_CREDENTIAL_TOKEN, &data, &len, err),
              POP3_OK);
    first.assign(reinterpret_cast<const char *>(data), len);
    EXPECT_EQ(context->renew(context->session, POP3_CREDENTIAL_TOKEN, &data, &len, err), POP3_OK);
    second.assign(reinterpret_cast<const char *>(data), len);
    EXPECT_EQ(context->renew(context->session, POP3_CREDENTIAL_PASSWORD, &data, &len, err),
              POP3_ERR_NO_CREDENTIALS);
    return POP3_OK;
  };
  EXPECT_EQ(pop3_auth(rig.session, "x-probe", nullptr), POP3_OK);
  EXPECT_EQ(first, "stale");
  EXPECT_EQ(second, "fresh");
  EXPECT_EQ(rig.asked, (Asked{"4 attempt 1"}));
}

TEST(SessionCredential, RenewWithoutACallback) {
  Rig rig;
  rig.options.token = "stale";
  rig.Start();
  on_begin = [](const Context *context, pop3_error *err) {
    const uint8_t *data;
    size_t len;
    EXPECT_EQ(context->renew(context->session, POP3_CREDENTIAL_TOKEN, &data, &len, err),
              POP3_ERR_NO_CREDENTIALS);
    EXPECT_EQ(data, nullptr);
    return POP3_OK;
  };
  EXPECT_EQ(pop3_auth(rig.session, "x-probe", nullptr), POP3_OK);
}

// --- Wiping

bool IsForgotten(const pop3_session *session) {
  for (const pop3_secret &secret : session->login.credentials) {
    if (secret.data != nullptr) return false;
  }
  return true;
}

// Logs in with USER and PASS; the password is given or asked for.
void LogInAndOut(FailingAllocator *memory, bool callback, const std::string &answer) {
  memory->Forbid("s3cr3t-w0rd");
  Rig rig(memory);
  rig.options.user = "jane";
  if (callback) {
    rig.AskForThem();
    rig.known = {{POP3_CREDENTIAL_PASSWORD, "s3cr3t-w0rd"}};
  } else {
    rig.options.password = "s3cr3t-w0rd";
  }
  rig.wire.replies["USER jane"] = "+OK\r\n";
  rig.wire.replies["PASS s3cr3t-w0rd"] = answer;
  const pop3_status made = pop3_session_new(&rig.session, rig.registry, &rig.options, &rig.err);
  if (made != POP3_OK) {
    EXPECT_TRUE(memory->has_failed());
    EXPECT_EQ(made, POP3_ERR_MEMORY);
    return;
  }
  const pop3_status status = pop3_login(rig.session, &rig.err);
  if (!memory->has_failed()) {
    EXPECT_EQ(status, answer[0] == '+' ? POP3_OK : POP3_REFUSED) << rig.err.text;
  }
  EXPECT_TRUE(IsForgotten(rig.session));
  EXPECT_EQ(memory->unwiped(), 0U);
  EXPECT_EQ(std::string(rig.err.text).find("s3cr3t"), std::string::npos);
}

TEST(SessionCredential, NothingIsLeftAfterALogin) {
  for (const bool callback : {false, true}) {
    for (const char *answer : {"+OK in\r\n", "-ERR out\r\n"}) {
      FailingAllocator memory;
      LogInAndOut(&memory, callback, answer);
      EXPECT_EQ(memory.unwiped(), 0U);
      EXPECT_EQ(memory.live_blocks(), 0U);
    }
  }
}

TEST(SessionCredential, NothingIsLeftWhenMemoryRunsOut) {
  for (const bool callback : {false, true}) {
    EXPECT_GT(ForEachAllocationFailure(
                  [&](FailingAllocator &memory) { LogInAndOut(&memory, callback, "+OK in\r\n"); }),
              5U);
  }
}

TEST(SessionCredential, NothingIsLeftWhenTheConnectionBreaks) {
  FailingAllocator memory;
  memory.Forbid("s3cr3t-w0rd");
  {
    Rig rig(&memory);
    rig.options.user = "jane";
    rig.AskForThem();
    rig.known = {{POP3_CREDENTIAL_PASSWORD, "s3cr3t-w0rd"}};
    rig.wire.server = [&](const std::string &line) {
      rig.wire.eof = line.substr(0, 4) == "PASS";
      return rig.wire.eof ? "" : "+OK\r\n";
    };
    rig.Start();
    EXPECT_EQ(pop3_login(rig.session, &rig.err), POP3_ERR_EOF) << rig.err.text;
    EXPECT_TRUE(IsForgotten(rig.session));
  }
  EXPECT_EQ(memory.unwiped(), 0U);
}

TEST(SessionCredential, NothingIsLeftWhenALoginIsCancelledOrFreed) {
  for (const bool cancel : {false, true}) {
    FailingAllocator memory;
    memory.Forbid("s3cr3t-w0rd");
    {
      Rig rig(&memory);
      rig.options.user = "jane";
      rig.AskForThem();
      rig.known = {{POP3_CREDENTIAL_PASSWORD, "s3cr3t-w0rd"}};
      rig.Start();  // nobody answers USER
      pop3_op_id op = 0;
      ASSERT_EQ(pop3_submit_login(rig.session, nullptr, nullptr, &op, nullptr), POP3_OK);
      ASSERT_EQ(pop3_step(rig.session), POP3_STEP_AGAIN);
      ASSERT_EQ(rig.wire.lines.back(), "USER jane");
      EXPECT_FALSE(IsForgotten(rig.session));
      if (cancel) {
        EXPECT_EQ(pop3_cancel_op(rig.session, op, nullptr), POP3_OK);
        EXPECT_TRUE(IsForgotten(rig.session));
      }
    }
    EXPECT_EQ(memory.unwiped(), 0U);
    EXPECT_EQ(memory.live_blocks(), 0U);
  }
}

}  // namespace
