// APOP at every server that has it.
#include <algorithm>

#include "tests/servers/server_profile.h"

namespace pop3_testing {
namespace every_server_apop_test {
namespace {

using EveryServerApop = RealServerTest;

// The greeting with its timestamp came in clear; the digest goes out encrypted.
TEST_F(EveryServerApop, BehindStls) {
  const auto &known = Profile().in_clear;
  ASSERT_NE(std::find(known.begin(), known.end(), "apop"), known.end());
  Plan plan = Login(Clear(), "apop");
  plan.tls = POP3_TLS_REQUIRED;
  const auto session = LoggedIn(plan);
  ASSERT_NE(session, nullptr);
  EXPECT_TRUE(session->IsEncrypted());
  EXPECT_STREQ(pop3_session_mechanism(session->get()), "apop");
  ExpectMail(session.get());
}

}  // namespace
}  // namespace every_server_apop_test
}  // namespace pop3_testing
