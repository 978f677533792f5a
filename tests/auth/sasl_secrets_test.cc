// No password and no response shows in trace, audit hook, errors or freed memory, however it ends.
#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <string>

#include "tests/auth/sasl_session_fixture.h"
#include "tests/testing/failing_allocator.h"

namespace pop3_testing {
namespace sasl_secrets_test {
namespace {

const char *const kMechanisms[] = {"PLAIN",       "LOGIN",         "CRAM-MD5",     "DIGEST-MD5",
                                   "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512"};

class SaslSecrets : public SaslSession {
 protected:
  // Plays |mechanism| and looks at everything that was shown.
  void Play(const std::string &mechanism, bool expected) {
    SCOPED_TRACE(mechanism + (two_step_ ? " in two steps" : "") + " with " + password_);
    FailingAllocator allocator;
    allocator.Forbid(password_);
    seen_.clear();
    ASSERT_EQ(New(mechanism, allocator.get()), POP3_OK);
    peer_->early_yes = early_yes_;
    const pop3_status status = LoginAndStat(mechanism.c_str());
    // Which failure it is, other tests say.
    EXPECT_EQ(status == POP3_OK, expected) << error_.text;
    seen_ += error_.text;
    EXPECT_FALSE(peer_->secrets().empty());
    for (const std::string &secret : peer_->secrets()) {
      EXPECT_EQ(seen_.find(secret), std::string::npos) << secret;
    }
    EXPECT_EQ(seen_.find(password_), std::string::npos);
    EXPECT_NE(seen_.find("AUTH " + mechanism), std::string::npos) << "the trace was on";
    Drop();
    EXPECT_EQ(allocator.unwiped(), 0U);
    EXPECT_EQ(allocator.live_blocks(), 0U);
  }

  bool early_yes_ = false;
};

TEST_F(SaslSecrets, AfterALogin) {
  for (const bool two_step : {false, true}) {
    two_step_ = two_step;
    for (const char *mechanism : kMechanisms) Play(mechanism, true);
  }
}

TEST_F(SaslSecrets, AfterARefusal) {
  password_ = "another-password-than-hers";
  for (const char *mechanism : kMechanisms) Play(mechanism, false);
}

TEST_F(SaslSecrets, AfterAServerThatDoesNotProveItself) {
  early_yes_ = true;
  for (const char *mechanism : {"SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512"}) {
    Play(mechanism, false);
  }
}

TEST_F(SaslSecrets, AfterTheConnectionBroke) {
  for (const char *mechanism : kMechanisms) {
    for (uint64_t call = 6; call < 30; call += 3) {
      faults_.fail_call = call;
      faults_.fail_call_persists = true;
      FailingAllocator allocator;
      allocator.Forbid(password_);
      seen_.clear();
      ASSERT_EQ(New(mechanism, allocator.get()), POP3_OK);
      (void)LoginAndStat(mechanism);
      seen_ += error_.text;
      for (const std::string &secret : peer_->secrets()) {
        EXPECT_EQ(seen_.find(secret), std::string::npos) << secret;
      }
      EXPECT_EQ(seen_.find(password_), std::string::npos);
      Drop();
      EXPECT_EQ(allocator.unwiped(), 0U);
    }
  }
}

}  // namespace
}  // namespace sasl_secrets_test
}  // namespace pop3_testing
