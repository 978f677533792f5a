// Who logs in: an identity for one login, and whom to act as.
#include <gtest/gtest.h>
#include <pop3/pop3.h>
#include <pop3/spi/auth.h>

#include <cstring>
#include <string>
#include <vector>

#include "core/login/credentials.h"
#include "core/session/session_state.h"
#include "tests/core/credential_rig.h"
#include "tests/core/fake_auth.h"
#include "tests/core/login_rig.h"
#include "tests/testing/failing_allocator.h"

namespace credentials_identity_test {
namespace {

using pop3_core_test::Asked;
using pop3_core_test::Context;
using pop3_core_test::FakeAuth;
using pop3_core_test::LoginRig;
using pop3_core_test::on_begin;
using pop3_core_test::on_score;
using pop3_core_test::Rig;
using pop3_testing::FailingAllocator;
using pop3_testing::ForEachAllocationFailure;

constexpr pop3_credential kAll[] = {POP3_CREDENTIAL_USER, POP3_CREDENTIAL_PASSWORD,
                                    POP3_CREDENTIAL_AUTHZID, POP3_CREDENTIAL_TOKEN,
                                    POP3_CREDENTIAL_REALM};

// --- By itself

class Identity : public ::testing::Test {
 protected:
  void SetUp() override {
    memory_.Forbid("sesame");
    source_.ask_arg = this;
    p3_credentials_init(&credentials_, &source_, memory_.get());
  }
  void TearDown() override {
    p3_credentials_wipe(&credentials_);
    EXPECT_EQ(memory_.live_blocks(), 0U);
    EXPECT_EQ(memory_.unwiped(), 0U);
  }
  // The session has one of each.
  void GiveAll() {
    static const char *const kOwn[] = {nullptr,     "jane",      "own sesame",
                                       "own other", "own token", "own realm"};
    for (const pop3_credential what : kAll) source_.given[what] = kOwn[what];
  }
  // The callback answers "asked KIND" to whatever there is.
  void AskForAll() {
    source_.ask = [](void *arg, pop3_credential what, uint32_t, pop3_secret *out, pop3_error *) {
      auto *self = static_cast<Identity *>(arg);
      const std::string text = "asked " + std::to_string(what);
      self->asked_ += std::to_string(what);
      if (self->answer_ != POP3_OK) return self->answer_;
      return pop3_secret_set(out, text.data(), text.size()) ? POP3_OK : POP3_ERR_MEMORY;
    };
    for (const pop3_credential what : kAll) source_.kinds |= POP3_CREDENTIAL_BIT(what);
  }
  pop3_status Take() { return p3_credentials_take(&credentials_, &who_, &err_); }
  pop3_status Settle() { return p3_credentials_settle(&credentials_, &err_); }
  // What is there of each kind: "jane|own sesame||...".
  std::string Have() {
    std::string have;
    for (const pop3_credential what : kAll) {
      const uint8_t *data;
      size_t len;
      const bool is_given = p3_credentials_is_given(&credentials_, what) != 0;
      const bool has = p3_credentials_has(&credentials_, what) != 0;
      const size_t asked = asked_.size();
      const bool got = p3_credentials_fetch(&credentials_, what, &data, &len, nullptr) == POP3_OK;
      EXPECT_EQ(has, got) << what;
      EXPECT_EQ(is_given, got && asked == asked_.size()) << what;
      have += (have.empty() ? "" : "|") +
              (got ? std::string(reinterpret_cast<const char *>(data), len) : std::string("-"));
    }
    return have;
  }

  FailingAllocator memory_;
  p3_credential_source source_ = {};
  p3_credentials credentials_;
  pop3_identity who_ = POP3_IDENTITY_INIT;
  pop3_error err_ = POP3_ERROR_INIT;
  std::string asked_;
  pop3_status answer_ = POP3_OK;
};

TEST_F(Identity, AWholeOneIsNotMixedWithTheSessions) {
  GiveAll();
  who_.user = "joe";
  ASSERT_EQ(Take(), POP3_OK);
  EXPECT_EQ(Have(), "joe|-|-|-|-") << "nothing of Jane's is Joe's";
  p3_credentials_wipe(&credentials_);
  EXPECT_EQ(Have(), "jane|own sesame|own other|own token|own realm") << "it was for one login";
}

TEST_F(Identity, AWholeOneIsTakenAsItIs) {
  GiveAll();
  AskForAll();
  who_ = {sizeof(who_), 0, "joe", "his sesame", "boss", "his token", "his realm"};
  ASSERT_EQ(Take(), POP3_OK);
  EXPECT_EQ(Have(), "joe|his sesame|boss|his token|his realm");
  EXPECT_EQ(asked_, "");
}

TEST_F(Identity, OfAWholeOneTheCallbackIsAskedForWhatProvesIt) {
  GiveAll();
  AskForAll();
  who_.user = "joe";
  ASSERT_EQ(Take(), POP3_OK);
  ASSERT_EQ(Settle(), POP3_OK);
  EXPECT_EQ(asked_, "") << "it says itself whom to act as";
  EXPECT_EQ(Have(), "joe|asked 2|-|asked 4|-");
  EXPECT_EQ(asked_, "24");
  const uint8_t *data;
  size_t len;
  EXPECT_EQ(p3_credentials_renew(&credentials_, POP3_CREDENTIAL_TOKEN, &data, &len, nullptr),
            POP3_OK);
  EXPECT_EQ(p3_credentials_renew(&credentials_, POP3_CREDENTIAL_USER, &data, &len, nullptr),
            POP3_ERR_NO_CREDENTIALS);
}

TEST_F(Identity, WithoutANameItIsTheSessionsUser) {
  GiveAll();
  who_.password = "new sesame";
  who_.authzid = "boss";
  ASSERT_EQ(Take(), POP3_OK);
  EXPECT_EQ(Have(), "jane|new sesame|boss|own token|own realm");
  p3_credentials_wipe(&credentials_);
  for (const char *&given : source_.given) given = nullptr;
  AskForAll();
  ASSERT_EQ(Take(), POP3_OK);
  ASSERT_EQ(Settle(), POP3_OK);
  EXPECT_EQ(Have(), "asked 1|new sesame|boss|asked 4|asked 5");
}

TEST_F(Identity, AnEmptyNameIsOne) {
  GiveAll();
  who_.user = "";
  ASSERT_EQ(Take(), POP3_OK);
  ASSERT_TRUE(p3_credentials_has(&credentials_, POP3_CREDENTIAL_USER));
  EXPECT_FALSE(p3_credentials_has(&credentials_, POP3_CREDENTIAL_PASSWORD));
}

TEST_F(Identity, NoneAtAll) {
  GiveAll();
  ASSERT_EQ(p3_credentials_take(&credentials_, nullptr, &err_), POP3_OK);
  ASSERT_EQ(Take(), POP3_OK);
  EXPECT_EQ(Have(), "jane|own sesame|own other|own token|own realm");
}

TEST_F(Identity, IsReadAsFarAsItsSizeSays) {
  who_.user = "joe";
  who_.password = "his sesame";
  who_.size = offsetof(pop3_identity, password);
  ASSERT_EQ(Take(), POP3_OK);
  EXPECT_EQ(Have(), "joe|-|-|-|-");
  for (const uint32_t size : {0U, static_cast<uint32_t>(offsetof(pop3_identity, user)) - 1}) {
    who_.size = size;
    EXPECT_EQ(Take(), POP3_ERR_ARGUMENT);
    EXPECT_NE(std::string(err_.text).find("POP3_IDENTITY_INIT"), std::string::npos);
  }
}

TEST_F(Identity, IsCopied) {
  std::string password = "his sesame";
  who_.user = "joe";
  who_.password = password.c_str();
  ASSERT_EQ(Take(), POP3_OK);
  password.assign(password.size(), '#');
  EXPECT_EQ(Have(), "joe|his sesame|-|-|-");
}

TEST_F(Identity, IsTakenWholeOrNotAtAll) {
  who_ = {sizeof(who_), 0, "joe", "his sesame", "boss", "his token", "his realm"};
  for (size_t nth = 1; nth <= 5; nth++) {
    memory_.FailAt(memory_.calls() + nth);
    EXPECT_EQ(Take(), POP3_ERR_MEMORY);
    EXPECT_EQ(memory_.live_blocks(), 0U);
    memory_.NeverFail();
    EXPECT_EQ(Have(), "-|-|-|-|-");
  }
}

// --- Whom to act as

TEST_F(Identity, WhoActsAsHimselfActsAsNobodyElse) {
  for (const char *authzid : {"", "jane"}) {
    source_.given[POP3_CREDENTIAL_USER] = "jane";
    source_.given[POP3_CREDENTIAL_AUTHZID] = authzid;
    AskForAll();
    ASSERT_EQ(Settle(), POP3_OK);
    EXPECT_EQ(asked_, "") << "the options have said it";
    EXPECT_FALSE(p3_credentials_has(&credentials_, POP3_CREDENTIAL_AUTHZID));
    EXPECT_FALSE(p3_credentials_is_given(&credentials_, POP3_CREDENTIAL_AUTHZID));
    const uint8_t *data;
    size_t len;
    EXPECT_EQ(p3_credentials_fetch(&credentials_, POP3_CREDENTIAL_AUTHZID, &data, &len, nullptr),
              POP3_ERR_NO_CREDENTIALS);
    EXPECT_EQ(p3_credentials_renew(&credentials_, POP3_CREDENTIAL_AUTHZID, &data, &len, nullptr),
              POP3_ERR_NO_CREDENTIALS);
    p3_credentials_wipe(&credentials_);
  }
}

TEST_F(Identity, NamesAreComparedWhole) {
  source_.given[POP3_CREDENTIAL_USER] = "jane";
  for (const char *authzid : {"jan", "janet", "Jane", "joe "}) {
    source_.given[POP3_CREDENTIAL_AUTHZID] = authzid;
    ASSERT_EQ(Settle(), POP3_OK);
    EXPECT_TRUE(p3_credentials_has(&credentials_, POP3_CREDENTIAL_AUTHZID)) << authzid;
    p3_credentials_wipe(&credentials_);
  }
}

TEST_F(Identity, TheCallbackIsAskedOnceWhomToActAs) {
  AskForAll();
  ASSERT_EQ(Settle(), POP3_OK);
  EXPECT_EQ(asked_, "3") << "the user name can wait";
  EXPECT_TRUE(p3_credentials_has(&credentials_, POP3_CREDENTIAL_AUTHZID));
  p3_credentials_wipe(&credentials_);
  answer_ = POP3_ERR_NO_CREDENTIALS;
  ASSERT_EQ(Settle(), POP3_OK);
  EXPECT_EQ(asked_, "33");
  EXPECT_FALSE(p3_credentials_has(&credentials_, POP3_CREDENTIAL_AUTHZID));
  p3_credentials_wipe(&credentials_);
  EXPECT_TRUE(p3_credentials_has(&credentials_, POP3_CREDENTIAL_AUTHZID)) << "the next is asked";
  answer_ = POP3_ERR_CANCELLED;
  EXPECT_EQ(Settle(), POP3_ERR_CANCELLED);
  EXPECT_NE(err_.text[0], 0);
}

// --- In the choice of a mechanism

class ActingForAnother : public ::testing::Test {
 protected:
  void SetUp() override {
    for (FakeAuth *auth : {&plain_, &strong_}) {
      rig_.Add(*auth);
      auth->on_step = [](const std::string &) { return FakeAuth::Command("AUTH X"); };
    }
    rig_.facts.refused_capa = 1;
    rig_.config.source.given[POP3_CREDENTIAL_USER] = "jane";
  }
  void TearDown() override { p3_login_end(&rig_.login, POP3_OK); }
  const p3_mechanism &Considered(size_t index) { return rig_.login.candidates.list[index]; }

  LoginRig rig_;
  FakeAuth plain_{"plain", POP3_AUTH_AUTHZID, 100};
  FakeAuth strong_{"strong", 0, 300};
  pop3_identity who_ = POP3_IDENTITY_INIT;
};

TEST_F(ActingForAnother, LeavesOutWhatCannot) {
  who_.authzid = "joe";
  ASSERT_EQ(rig_.Begin(nullptr, false, &who_), POP3_OK);
  EXPECT_EQ(rig_.Next(), "line AUTH X");
  EXPECT_EQ(plain_.begins, 1) << "the weaker one";
  EXPECT_EQ(strong_.begins, 0);
  EXPECT_EQ(Considered(1).state, POP3_CANDIDATE_UNUSABLE);
  EXPECT_STREQ(Considered(1).why, "cannot act for somebody else");
}

TEST_F(ActingForAnother, NotEvenByName) {
  rig_.config.source.given[POP3_CREDENTIAL_AUTHZID] = "joe";
  ASSERT_EQ(rig_.Begin("strong"), POP3_OK);
  EXPECT_EQ(rig_.Next(),
            "finished: POP3_ERR_NO_MECHANISM no mechanism is usable (STRONG: cannot act for "
            "somebody else)");
}

TEST_F(ActingForAnother, IsNotActingForOneself) {
  for (const char *authzid : {"jane", ""}) {
    rig_.config.source.given[POP3_CREDENTIAL_AUTHZID] = authzid;
    ASSERT_EQ(rig_.Begin(), POP3_OK);
    EXPECT_EQ(rig_.Next(), "line AUTH X");
    EXPECT_STREQ(Considered(1).why, "");
    EXPECT_EQ(Considered(1).state, POP3_CANDIDATE_CHOSEN);
    p3_login_end(&rig_.login, POP3_OK);
  }
}

TEST_F(ActingForAnother, TheCallbacksFailureIsTheEnd) {
  rig_.config.source.kinds = POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_AUTHZID);
  rig_.config.source.ask = [](void *, pop3_credential, uint32_t, pop3_secret *, pop3_error *err) {
    return pop3_error_set(err, POP3_ERR_CANCELLED, "dialog", 0, "the window was closed");
  };
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  EXPECT_EQ(rig_.Next(), "finished: POP3_ERR_CANCELLED the window was closed");
}

TEST_F(ActingForAnother, TheCallbackMayEndTheLogin) {
  rig_.config.source.kinds = POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_AUTHZID);
  rig_.config.source.ask_arg = &rig_.login;
  rig_.config.source.ask = [](void *arg, pop3_credential, uint32_t, pop3_secret *, pop3_error *) {
    p3_login_stop(static_cast<p3_login_task *>(arg));
    return POP3_ERR_NO_CREDENTIALS;
  };
  ASSERT_EQ(rig_.Begin(), POP3_OK);
  EXPECT_EQ(rig_.Next(), "wait");
  EXPECT_EQ(strong_.begins + plain_.begins, 0);
}

// --- Of a session

// LogInAs logs in with the probe as |who| and returns "USER PASSWORD", or the failure's text.
std::string LogInAs(Rig *rig, const pop3_identity *who) {
  std::string user, password;
  on_begin = [&](const Context *context, pop3_error *error) {
    const pop3_status status = Rig::Get(context, POP3_CREDENTIAL_USER, &user, error);
    if (status != POP3_OK) return status;
    return Rig::Get(context, POP3_CREDENTIAL_PASSWORD, &password, error);
  };
  rig->err = POP3_ERROR_INIT;
  const pop3_status status = pop3_auth_as(rig->session, "x-probe", who, &rig->err);
  return status == POP3_OK ? user + " " + password : rig->err.text;
}

bool IsForgotten(const pop3_session *session) {
  for (const pop3_secret &secret : session->login.credentials.once) {
    if (secret.data != nullptr) return false;
  }
  return true;
}

TEST(SessionIdentity, IsForOneLogin) {
  Rig rig;
  rig.options.user = "jane";
  rig.options.password = "of jane";
  rig.wire.replies["USER probe"] = "-ERR no\r\n";
  rig.Start();
  pop3_identity who = POP3_IDENTITY_INIT;
  who.user = "joe";
  who.password = "of joe";
  EXPECT_EQ(LogInAs(&rig, &who).substr(0, 4), "no (") << "refused";
  EXPECT_TRUE(IsForgotten(rig.session));
  rig.wire.replies["USER probe"] = "+OK\r\n";
  EXPECT_EQ(LogInAs(&rig, nullptr), "jane of jane");
}

TEST(SessionIdentity, LogsInWithTheStrongest) {
  Rig rig;
  rig.wire.replies["USER joe"] = "+OK\r\n";
  rig.wire.replies["PASS of joe"] = "+OK\r\n";
  rig.Start();
  pop3_identity who = POP3_IDENTITY_INIT;
  who.user = "joe";
  who.password = "of joe";
  EXPECT_EQ(pop3_auth_as(rig.session, nullptr, &who, &rig.err), POP3_OK) << rig.err.text;
  EXPECT_STREQ(pop3_session_mechanism(rig.session), "user");
  EXPECT_TRUE(IsForgotten(rig.session));
}

TEST(SessionIdentity, OfTheOptions) {
  Rig rig;
  rig.options.user = "jane";
  rig.options.password = "of jane";
  rig.options.authzid = "joe";
  rig.Start();
  EXPECT_EQ(pop3_login(rig.session, &rig.err), POP3_ERR_NO_MECHANISM);
  EXPECT_NE(std::string(rig.err.text).find("user: cannot act for somebody else"), std::string::npos)
      << rig.err.text;
  EXPECT_EQ(rig.wire.lines, std::vector<std::string>{"CAPA"});
}

TEST(SessionIdentity, WithoutASizeItIsRefused) {
  Rig rig;
  rig.Start();
  pop3_identity who = {};
  pop3_op_id id = 7;
  EXPECT_EQ(pop3_submit_login_as(rig.session, nullptr, &who, nullptr, &id, &rig.err),
            POP3_ERR_ARGUMENT);
  EXPECT_EQ(id, 0U);
  EXPECT_EQ(pop3_auth_as(rig.session, nullptr, &who, nullptr), POP3_ERR_ARGUMENT);
}

TEST(SessionIdentity, DoesNotReachALoginThatIsUnderWay) {
  Rig rig;
  rig.Start();
  pop3_identity joe = POP3_IDENTITY_INIT, jane = POP3_IDENTITY_INIT;
  joe.user = "joe";
  joe.password = "of joe";
  jane.user = "jane";
  jane.password = "of jane";
  rig.wire.replies["USER joe"] = "+OK\r\n";
  rig.wire.replies["PASS of joe"] = "+OK\r\n";
  pop3_op_id id;
  ASSERT_EQ(pop3_submit_login_as(rig.session, nullptr, &joe, nullptr, &id, &rig.err), POP3_OK);
  EXPECT_EQ(pop3_submit_login_as(rig.session, nullptr, &jane, nullptr, nullptr, &rig.err),
            POP3_ERR_STATE);
  EXPECT_EQ(pop3_auth_as(rig.session, nullptr, &jane, nullptr), POP3_ERR_STATE);
  EXPECT_EQ(pop3_wait(rig.session, id, POP3_NO_TIMEOUT, &rig.err), POP3_OK) << rig.err.text;
}

// What a login leaves in |done|, however it ends.
TEST(SessionIdentity, IsWipedBeforeTheCallerHears) {
  enum Ending { kRefused, kLoggedIn, kCancelled, kClosed, kFreed, kUnknownMechanism };
  for (const Ending ending :
       {kRefused, kLoggedIn, kCancelled, kClosed, kFreed, kUnknownMechanism}) {
    FailingAllocator memory;
    memory.Forbid("s3cr3t-w0rd");
    {
      Rig rig(&memory);
      rig.wire.replies["USER joe"] = "+OK\r\n";
      rig.wire.replies["PASS s3cr3t-w0rd"] = ending == kRefused ? "-ERR no\r\n" : "+OK\r\n";
      rig.Start();
      std::string password = "s3cr3t-w0rd";
      pop3_identity who = POP3_IDENTITY_INIT;
      who.user = "joe";
      who.password = who.token = password.c_str();
      int dones = 0;
      struct Heard {
        Rig *rig;
        int *dones;
      } heard = {&rig, &dones};
      pop3_sink sink = POP3_SINK_INIT;
      sink.arg = &heard;
      sink.done = [](void *arg, const pop3_result *) {
        const auto *of = static_cast<Heard *>(arg);
        ++*of->dones;
        EXPECT_TRUE(IsForgotten(of->rig->session));
      };
      pop3_op_id id;
      const char *mechanism = ending == kUnknownMechanism ? "nobody" : nullptr;
      const pop3_status status =
          pop3_submit_login_as(rig.session, mechanism, &who, &sink, &id, &rig.err);
      password.assign(password.size(), '#');
      EXPECT_EQ(status, ending == kUnknownMechanism ? POP3_ERR_NOT_FOUND : POP3_OK);
      EXPECT_EQ(IsForgotten(rig.session), ending == kUnknownMechanism);
      if (ending == kCancelled) {
        EXPECT_EQ(pop3_cancel_op(rig.session, id, nullptr), POP3_OK);
      } else if (ending == kClosed) {
        pop3_close(rig.session);
      } else if (ending == kFreed) {
        pop3_session_free(rig.session);
        rig.session = nullptr;
      } else if (ending != kUnknownMechanism) {
        EXPECT_EQ(pop3_wait(rig.session, id, POP3_NO_TIMEOUT, &rig.err),
                  ending == kRefused ? POP3_REFUSED : POP3_OK);
      }
      EXPECT_EQ(dones, ending == kUnknownMechanism ? 0 : 1);
      EXPECT_EQ(memory.unwiped(), 0U);
    }
    EXPECT_EQ(memory.live_blocks(), 0U);
    EXPECT_EQ(memory.unwiped(), 0U);
  }
}

TEST(SessionIdentity, NothingIsLeftWhenMemoryRunsOut) {
  EXPECT_GT(ForEachAllocationFailure([&](FailingAllocator &memory) {
              memory.Forbid("s3cr3t-w0rd");
              Rig rig(&memory);
              rig.options.authzid = "joe";
              rig.options.realm = "here";
              rig.wire.replies["USER joe"] = "+OK\r\n";
              rig.wire.replies["PASS s3cr3t-w0rd"] = "+OK\r\n";
              if (pop3_session_new(&rig.session, rig.registry, &rig.options, &rig.err) != POP3_OK) {
                EXPECT_EQ(rig.err.status, POP3_ERR_MEMORY);
                return;
              }
              pop3_identity who = {sizeof(who), 0, "joe", "s3cr3t-w0rd", "", "s3cr3t-w0rd", "x"};
              const pop3_status status = pop3_auth_as(rig.session, nullptr, &who, &rig.err);
              EXPECT_EQ(status, memory.has_failed() ? POP3_ERR_MEMORY : POP3_OK) << rig.err.text;
              EXPECT_TRUE(IsForgotten(rig.session));
              EXPECT_EQ(memory.unwiped(), 0U);
            }),
            10U);
}

}  // namespace
}  // namespace credentials_identity_test
