// What is left of credentials: nothing.
#include <gtest/gtest.h>
#include <pop3/commands.h>
#include <pop3/session.h>

#include <cstring>
#include <map>
#include <string>

#include "core/session/session_state.h"
#include "tests/core/credential_rig.h"
#include "tests/testing/failing_allocator.h"

namespace credentials_wipe_test {
namespace {

using pop3_core_test::Context;
using pop3_core_test::on_begin;
using pop3_core_test::Rig;
using pop3_testing::FailingAllocator;
using pop3_testing::ForEachAllocationFailure;

bool IsForgotten(const pop3_session *session) {
  for (const pop3_secret &secret : session->login.credentials.kept) {
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
    rig.options.token = "s3cr3t-w0rd";
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

TEST(SessionCredentialWipe, NothingIsLeftAfterALogin) {
  for (const bool callback : {false, true}) {
    for (const char *answer : {"+OK in\r\n", "-ERR out\r\n"}) {
      FailingAllocator memory;
      LogInAndOut(&memory, callback, answer);
      EXPECT_EQ(memory.unwiped(), 0U);
      EXPECT_EQ(memory.live_blocks(), 0U);
    }
  }
}

TEST(SessionCredentialWipe, NothingIsLeftWhenMemoryRunsOut) {
  for (const bool callback : {false, true}) {
    EXPECT_GT(ForEachAllocationFailure(
                  [&](FailingAllocator &memory) { LogInAndOut(&memory, callback, "+OK in\r\n"); }),
              5U);
  }
}

TEST(SessionCredentialWipe, NothingIsLeftWhenTheConnectionBreaks) {
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

TEST(SessionCredentialWipe, NothingIsLeftWhenALoginIsCancelledOrFreed) {
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

TEST(SessionCredentialWipe, NothingIsLeftOfAnyKind) {
  Rig rig;
  rig.AskForThem();
  rig.options.credential_kinds = UINT32_MAX;
  for (int what = POP3_CREDENTIAL_USER; what <= POP3_CREDENTIAL_REALM; what++) {
    rig.known[static_cast<pop3_credential>(what)] = "s3cr3t-w0rd";
  }
  rig.Start();
  on_begin = [&](const Context *context, pop3_error *err) {
    for (const auto &one : rig.known) {
      std::string got;
      EXPECT_EQ(Rig::Get(context, one.first, &got, err), POP3_OK) << one.first;
    }
    return POP3_OK;
  };
  EXPECT_EQ(pop3_auth(rig.session, "x-probe", &rig.err), POP3_OK) << rig.err.text;
  EXPECT_TRUE(IsForgotten(rig.session));
}

}  // namespace
}  // namespace credentials_wipe_test
