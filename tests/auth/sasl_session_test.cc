// Whole sessions that log in by SASL with libsasl2 on the other side.
#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <string>

#include "tests/auth/sasl_session_fixture.h"
#include "tests/testing/failing_allocator.h"

namespace pop3_testing {
namespace sasl_session_test {
namespace {

TEST_F(SaslSession, LogsInByName) {
  for (const char *mechanism :
       {"plain", "LOGIN", "cram-md5", "DIGEST-MD5", "scram-sha-1", "SCRAM-SHA-512"}) {
    for (bool two_step : {false, true}) {
      two_step_ = two_step;
      ASSERT_EQ(New("PLAIN"), POP3_OK) << error_.text;
      EXPECT_EQ(LoginAndStat(mechanism), POP3_OK) << mechanism << ": " << error_.text;
      EXPECT_EQ(peer_->user(), "alice");
      EXPECT_EQ(pop3_quit(session_, nullptr, &error_), POP3_OK);
    }
  }
}

TEST_F(SaslSession, ChoosesTheStrongest) {
  ASSERT_EQ(New("PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256 SCRAM-SHA-1"), POP3_OK);
  EXPECT_EQ(LoginAndStat(), POP3_OK) << error_.text;
  EXPECT_NE(peer_->raw().find("AUTH SCRAM-SHA-256 "), std::string::npos);
}

TEST_F(SaslSession, OctetByOctet) {
  faults_.read = Chunking::Octets();
  faults_.write = Chunking::Octets();
  faults_.want_everywhere = true;
  for (const char *mechanism : {"PLAIN", "SCRAM-SHA-256", "DIGEST-MD5"}) {
    ASSERT_EQ(New(mechanism), POP3_OK);
    EXPECT_EQ(LoginAndStat(), POP3_OK) << error_.text;
  }
}

TEST_F(SaslSession, EndsWhenTheServerDoesNotProveItself) {
  ASSERT_EQ(New("SCRAM-SHA-256"), POP3_OK);
  peer_->early_yes = true;
  EXPECT_EQ(LoginAndStat(), POP3_ERR_AUTH);
  EXPECT_NE(std::string(error_.text).find("has not proved"), std::string::npos) << error_.text;
  EXPECT_EQ(pop3_stat(session_, nullptr, nullptr, &error_), POP3_ERR_AUTH) << "no more of it";
}

TEST_F(SaslSession, GoesOnAfterARefusal) {
  ASSERT_EQ(New("PLAIN NTLM"), POP3_OK);
  EXPECT_EQ(LoginAndStat("NO-SUCH"), POP3_ERR_NO_MECHANISM) << error_.text;
  EXPECT_EQ(LoginAndStat("PLAIN"), POP3_OK) << error_.text;
}

TEST_F(SaslSession, SurvivesEveryFailedAllocation) {
  const size_t allocations = ForEachAllocationFailure([this](FailingAllocator &allocator) {
    allocator.Forbid(kCyrusPassword);
    pop3_status status = New("CRAM-MD5", allocator.get());
    if (status == POP3_OK) status = LoginAndStat();
    EXPECT_EQ(status, allocator.has_failed() ? POP3_ERR_MEMORY : POP3_OK) << error_.text;
    Drop();
  });
  EXPECT_GT(allocations, 10U);
}

// --- Security layers

class SaslSessionLayer : public SaslSession {
 protected:
  SaslSessionLayer() { server_options_.min_ssf = server_options_.max_ssf = 128; }
};

TEST_F(SaslSessionLayer, CarriesWhatFollows) {
  for (bool awkward : {false, true}) {
    faults_.want_everywhere = awkward;
    if (awkward) faults_.read = faults_.write = Chunking::Octets();
    ASSERT_EQ(New("DIGEST-MD5"), POP3_OK);
    EXPECT_EQ(LoginAndStat(), POP3_OK) << error_.text;
    EXPECT_EQ(peer_->raw().find("STAT"), std::string::npos) << "in the clear";
    EXPECT_EQ(pop3_quit(session_, nullptr, &error_), POP3_OK) << error_.text;
  }
}

TEST_F(SaslSessionLayer, SurvivesEveryFailedAllocation) {
  ForEachAllocationFailure([this](FailingAllocator &allocator) {
    allocator.Forbid(kCyrusPassword);
    pop3_status status = New("DIGEST-MD5", allocator.get());
    if (status == POP3_OK) status = LoginAndStat();
    EXPECT_EQ(status, allocator.has_failed() ? POP3_ERR_MEMORY : POP3_OK) << error_.text;
    Drop();
  });
}

// The program frees the session when it hears that it is logged in: nobody makes the layer.
TEST_F(SaslSessionLayer, IsGivenBackIfNobodyMakesIt) {
  FailingAllocator allocator;
  ASSERT_EQ(New("DIGEST-MD5", allocator.get()), POP3_OK);
  pop3_sink sink = POP3_SINK_INIT;
  sink.arg = &session_;
  sink.done = [](void *arg, const pop3_result *result) {
    EXPECT_EQ(result->status, POP3_OK);
    auto *session = static_cast<pop3_session **>(arg);
    pop3_session_free(*session);
    *session = nullptr;
  };
  ASSERT_EQ(pop3_submit_login(session_, nullptr, &sink, nullptr, &error_), POP3_OK);
  for (int i = 0; session_ != nullptr && i < 1000; i++) pop3_step(session_);
  EXPECT_EQ(session_, nullptr);
  Drop();
  EXPECT_EQ(allocator.live_blocks(), 0U);
}

}  // namespace
}  // namespace sasl_session_test
}  // namespace pop3_testing
