// Logins at every server: each mechanism that it has, in clear and over TLS, and refusals.
#include <algorithm>

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

// From the start and by STLS, with each version: nobody has to name a mechanism to get in.
TEST_F(EveryServerLogin, TheDefaultLoginOverTls) {
  if (Profile().over_tls.empty()) return;
  for (const char *version : {"1.2", "1.3"}) {
    const bool is_new = std::string(version) == "1.3" && !Profile().best_over_tls_13.empty();
    const std::string &best = is_new ? Profile().best_over_tls_13 : Profile().best_over_tls;
    for (const bool by_stls : {false, true}) {
      Plan plan = Login(by_stls ? Clear() : Tls(), "");
      plan.tls = POP3_TLS_REQUIRED;
      plan.options["tls.max_version"] = version;
      const auto session = LoggedIn(plan);
      ASSERT_NE(session, nullptr) << version << (by_stls ? " by STLS" : "");
      EXPECT_STRCASEEQ(pop3_session_mechanism(session->get()), best.c_str()) << version;
      pop3_security report;
      pop3_session_security(session->get(), &report);
      const bool is_plus = best.find("-PLUS") != std::string::npos;
      EXPECT_EQ(report.is_bound, is_plus ? 1U : 0U);
      EXPECT_EQ(report.not_bound_why == nullptr, is_plus);
      ExpectMail(session.get());
    }
  }
}

// The greeting with its timestamp came in clear; the digest goes out encrypted.
TEST_F(EveryServerLogin, ApopBehindStls) {
  const auto &known = Profile().in_clear;
  if (std::find(known.begin(), known.end(), "apop") == known.end()) return;
  Plan plan = Login(Clear(), "apop");
  plan.tls = POP3_TLS_REQUIRED;
  const auto session = LoggedIn(plan);
  ASSERT_NE(session, nullptr);
  EXPECT_TRUE(session->IsEncrypted());
  EXPECT_STREQ(pop3_session_mechanism(session->get()), "apop");
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
