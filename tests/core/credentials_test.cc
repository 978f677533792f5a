// Where credentials come from.
#include <gtest/gtest.h>
#include <pop3/commands.h>
#include <pop3/session.h>
#include <pop3/spi/auth.h>

#include <cstring>
#include <map>
#include <string>

#include "core/login/credentials.h"
#include "tests/core/credential_rig.h"
#include "tests/testing/failing_allocator.h"

namespace credentials_test {
namespace {

using pop3_core_test::Asked;
using pop3_core_test::Context;
using pop3_core_test::on_begin;
using pop3_core_test::on_score;
using pop3_core_test::Rig;
using pop3_testing::FailingAllocator;

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
    // Whom to act as is asked before each, and once only.
    EXPECT_EQ(rig.asked.size(), callback ? 2 * words.size() - 1 : 0U);
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

TEST(SessionCredential, RenewedByNothingItIsNone) {
  Rig rig;
  rig.options.token = "stale";
  rig.options.credential_kinds = POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_TOKEN);
  rig.AskForThem();
  rig.answer = [](pop3_credential, pop3_secret *, pop3_error *) { return POP3_OK; };
  rig.Start();
  on_begin = [](const Context *context, pop3_error *err) {
    const uint8_t *data;
    size_t len;
    EXPECT_EQ(context->credential(context->session, POP3_CREDENTIAL_TOKEN, &data, &len, err),
              POP3_OK);
    EXPECT_EQ(context->renew(context->session, POP3_CREDENTIAL_TOKEN, &data, &len, err),
              POP3_ERR_NO_CREDENTIALS);
    EXPECT_EQ(data, nullptr);
    return POP3_OK;
  };
  EXPECT_EQ(pop3_auth(rig.session, "x-probe", nullptr), POP3_OK);
}

TEST(SessionCredential, WhatAFailedCallbackHasSetIsNotUsed) {
  Rig rig;
  rig.AskForThem();
  rig.answer = [](pop3_credential, pop3_secret *out, pop3_error *err) {
    EXPECT_EQ(pop3_secret_set(out, "half", 4), 1);
    return pop3_error_set(err, POP3_ERR_CANCELLED, "test", 0, "closed the window");
  };
  rig.Start();
  on_begin = [](const Context *context, pop3_error *err) {
    for (int i = 0; i < 2; i++) {
      std::string got;
      EXPECT_EQ(Rig::Get(context, POP3_CREDENTIAL_PASSWORD, &got, err), POP3_ERR_CANCELLED);
      EXPECT_EQ(got, "");
    }
    return POP3_OK;
  };
  EXPECT_EQ(pop3_auth(rig.session, "x-probe", nullptr), POP3_OK);
  EXPECT_EQ(rig.asked.size(), 2U) << "asked again";
}

// --- By itself

// Credentials with a callback that answers "KIND ATTEMPT", or fails if |fails|.
struct Source {
  explicit Source(FailingAllocator *memory) {
    source.ask_arg = this;
    p3_credentials_init(&credentials, &source, memory->get());
  }
  ~Source() { p3_credentials_wipe(&credentials); }
  Source(const Source &) = delete;
  Source &operator=(const Source &) = delete;

  static pop3_status Answer(void *arg, pop3_credential what, uint32_t attempt, pop3_secret *out,
                            pop3_error *) {
    auto *self = static_cast<Source *>(arg);
    self->asked++;
    const std::string text = std::to_string(what) + " sesame " + std::to_string(attempt);
    if (!self->sets_nothing && !pop3_secret_set(out, text.data(), text.size())) {
      return POP3_ERR_MEMORY;
    }
    return self->status;
  }
  // "OK words", or the failure's text.
  template <class Function>
  std::string Get(Function function, pop3_credential what) {
    static const uint8_t kOld[] = "left over";
    const uint8_t *data = kOld;
    size_t len = 99;
    pop3_error error = POP3_ERROR_INIT;
    const pop3_status got = function(&credentials, what, &data, &len, &error);
    if (got == POP3_OK) {
      return "OK " + std::string(reinterpret_cast<const char *>(data), len);
    }
    EXPECT_EQ(data, nullptr);
    EXPECT_EQ(len, 0U);
    EXPECT_NE(error.status, POP3_OK);
    return error.text;
  }
  std::string Fetch(pop3_credential what) { return Get(p3_credentials_fetch, what); }
  std::string Renew(pop3_credential what) { return Get(p3_credentials_renew, what); }

  p3_credential_source source = {};
  p3_credentials credentials;
  pop3_status status = POP3_OK;
  bool sets_nothing = false;
  int asked = 0;
};

class Credentials : public ::testing::Test {
 protected:
  void SetUp() override { memory_.Forbid("sesame"); }
  void TearDown() override {
    p3_credentials_wipe(&s_.credentials);
    EXPECT_EQ(memory_.live_blocks(), 0U);
    EXPECT_EQ(memory_.unwiped(), 0U);
  }

  FailingAllocator memory_;
  Source s_{&memory_};
};

TEST_F(Credentials, WhomToAskForWhat) {
  EXPECT_FALSE(p3_credentials_has(&s_.credentials, POP3_CREDENTIAL_USER));
  s_.source.ask = Source::Answer;
  for (int what = -1; what <= P3_NUM_CREDENTIALS; what++) {
    const auto credential = static_cast<pop3_credential>(what & 7);
    const bool by_default =
        credential == POP3_CREDENTIAL_USER || credential == POP3_CREDENTIAL_PASSWORD;
    EXPECT_EQ(p3_credentials_has(&s_.credentials, credential), by_default ? 1 : 0) << what;
  }
  s_.source.kinds = POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_TOKEN) | UINT32_C(0xFFFFFFC1);
  EXPECT_TRUE(p3_credentials_has(&s_.credentials, POP3_CREDENTIAL_TOKEN));
  EXPECT_FALSE(p3_credentials_has(&s_.credentials, POP3_CREDENTIAL_USER));
  EXPECT_FALSE(p3_credentials_has(&s_.credentials, static_cast<pop3_credential>(0)));
  EXPECT_FALSE(p3_credentials_has(&s_.credentials, static_cast<pop3_credential>(6)));
  EXPECT_EQ(s_.Fetch(POP3_CREDENTIAL_USER), "no user name was given");
  EXPECT_EQ(s_.Renew(POP3_CREDENTIAL_REALM), "no realm was given");
  EXPECT_EQ(s_.Fetch(static_cast<pop3_credential>(6)), "no ? was given");
  EXPECT_EQ(s_.asked, 0);
}

TEST_F(Credentials, AskedOnceAndAgainOnlyToRenew) {
  s_.source.ask = Source::Answer;
  s_.credentials.num_refused = 3;
  EXPECT_EQ(s_.Fetch(POP3_CREDENTIAL_PASSWORD), "OK 2 sesame 3");
  EXPECT_EQ(s_.Fetch(POP3_CREDENTIAL_PASSWORD), "OK 2 sesame 3");
  EXPECT_EQ(s_.asked, 1);
  EXPECT_EQ(s_.Renew(POP3_CREDENTIAL_PASSWORD), "OK 2 sesame 4") << "the one before was refused";
  EXPECT_EQ(s_.Fetch(POP3_CREDENTIAL_PASSWORD), "OK 2 sesame 4");
  p3_credentials_wipe(&s_.credentials);
  EXPECT_EQ(s_.Fetch(POP3_CREDENTIAL_PASSWORD), "OK 2 sesame 3");
  EXPECT_EQ(s_.asked, 3);
}

TEST_F(Credentials, AFailureLeavesNothing) {
  s_.source.ask = Source::Answer;
  s_.status = POP3_ERR_TIMEOUT;
  EXPECT_EQ(s_.Fetch(POP3_CREDENTIAL_PASSWORD), "no password was given")
      << "who says nothing has words put in his mouth";
  EXPECT_EQ(s_.credentials.kept[POP3_CREDENTIAL_PASSWORD].data, nullptr);
  s_.status = POP3_OK;
  s_.sets_nothing = true;
  EXPECT_EQ(s_.Fetch(POP3_CREDENTIAL_PASSWORD), "no password was given");
  s_.source.given[POP3_CREDENTIAL_TOKEN] = "sesame";
  memory_.FailFrom(1);
  EXPECT_EQ(s_.Fetch(POP3_CREDENTIAL_TOKEN), "no memory for a credential");
}

}  // namespace
}  // namespace credentials_test
