// Logins at every server: each mechanism that it has, in clear and over TLS, and refusals.
#include "tests/servers/server_profile.h"

namespace pop3_testing {
namespace every_server_login_test {
namespace {

// A mechanism of the server's and the way there: "clear", "tls", "tls 1.2", "stls".
struct Case {
  std::string mechanism;
  std::string way;
};

std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const std::string &mechanism : Profile().in_clear) cases.push_back({mechanism, "clear"});
  for (const std::string &mechanism : Profile().over_tls) cases.push_back({mechanism, "tls"});
  for (const std::string &mechanism : Profile().over_tls_12) {
    cases.push_back({mechanism, "tls 1.2"});
  }
  return cases;
}

class EveryServerMechanism : public RealServerTest, public testing::WithParamInterface<Case> {};

INSTANTIATE_TEST_SUITE_P(Mechanism, EveryServerMechanism, testing::ValuesIn(Cases()),
                         [](const auto &one) {
                           return TestName(one.param.mechanism + "_" + one.param.way);
                         });

TEST_P(EveryServerMechanism, LogsIn) {
  const bool clear = GetParam().way == "clear";
  Plan plan = Login(clear ? Clear() : Tls(), GetParam().mechanism);
  plan.tls = POP3_TLS_NEVER;
  if (GetParam().way == "tls 1.2") plan.options["tls.max_version"] = "1.2";
  const auto session = LoggedIn(plan);
  ASSERT_NE(session, nullptr);
  EXPECT_STRCASEEQ(pop3_session_mechanism(session->get()), GetParam().mechanism.c_str());
  EXPECT_EQ(session->IsEncrypted(), !clear);
  ExpectMail(session.get());
}

using EveryServerLogin = RealServerTest;

TEST_F(EveryServerLogin, TheStrongestMechanismIsChosen) {
  Plan plan = Login(Clear(), "");
  plan.tls = POP3_TLS_NEVER;
  auto session = LoggedIn(plan);
  ASSERT_NE(session, nullptr);
  EXPECT_STRCASEEQ(pop3_session_mechanism(session->get()), Profile().best_in_clear.c_str());
  ExpectMail(session.get());
}

// Servers wait some seconds before they answer these, hence not more of them.
TEST_F(EveryServerLogin, AWrongPasswordAndAnUnknownUserAreRefused) {
  for (const char *user : {"alice", "nosuchuser"}) {
    Plan plan = Login(Clear(), "");
    plan.user = user;
    plan.password = "wrong";
    plan.tls = POP3_TLS_NEVER;
    if (std::string(user) == "nosuchuser") plan.mechanism = "user";
    RealSession session(plan);
    EXPECT_EQ(session.Login(), POP3_REFUSED) << session.error().text;
    EXPECT_EQ(session.error().code, Profile().refused_code) << session.error().text;
    EXPECT_NE(std::string(session.error().text).find(Profile().refused_text), std::string::npos)
        << session.error().text;
    EXPECT_EQ(std::string(session.error().text).find("wrong"), std::string::npos);
  }
}

}  // namespace
}  // namespace every_server_login_test
}  // namespace pop3_testing
