// TLS with every server that has it: whom it takes for the right one, and whom not.
#include "tests/servers/server_profile.h"

namespace pop3_testing {
namespace every_server_tls_test {
namespace {

using EveryServerTls = RealServerTest;

TEST_F(EveryServerTls, TheServersNameOrAddressIsVerified) {
  Plan plan = Login(Tls(), "user");
  const auto by_name = LoggedIn(plan);
  ASSERT_NE(by_name, nullptr);
  EXPECT_EQ(by_name->Answer(POP3_QUERY_TLS_VERSION), "TLSv1.3");
  ExpectMail(by_name.get());
  plan.options.erase("tls.server_name");
  const auto by_address = LoggedIn(plan);
  ASSERT_NE(by_address, nullptr);
  ExpectMail(by_address.get());
}

TEST_F(EveryServerTls, StlsByHand) {
  const auto session = LoggedIn(Login(Clear(), "user"), [](RealSession *fresh) {
    const pop3_capabilities *caps = nullptr;
    const pop3_status asked = pop3_capa(fresh->get(), &caps, fresh->err());
    if (asked != POP3_OK) return asked;
    EXPECT_TRUE(fresh->Has(POP3_CAP_STLS));
    EXPECT_FALSE(fresh->IsEncrypted());
    const pop3_status status = pop3_stls(fresh->get(), fresh->err());
    EXPECT_EQ(fresh->IsEncrypted(), status == POP3_OK);
    // What was said in the clear is forgotten.
    EXPECT_EQ(pop3_engine_capabilities(pop3_session_engine(fresh->get())), nullptr);
    return status;
  });
  ASSERT_NE(session, nullptr);
  EXPECT_TRUE(session->IsEncrypted());
  ExpectMail(session.get());
}

TEST_F(EveryServerTls, LoginDoesStlsWhereTheServerWantsIt) {
  Plan plan = Login(At("strict", false), "user");
  plan.tls = POP3_TLS_REQUIRED;
  const auto session = LoggedIn(plan);
  ASSERT_NE(session, nullptr);
  EXPECT_TRUE(session->IsEncrypted());
  ExpectMail(session.get());
}

TEST_F(EveryServerTls, WithoutStlsAServerThatWantsItRefuses) {
  RealSession session(Login(At("strict", false), "user"));
  pop3_status status = pop3_user(session.get(), "alice", session.err());
  if (status == POP3_OK) status = pop3_pass(session.get(), "wonderland", session.err());
  EXPECT_EQ(status, POP3_REFUSED) << session.error().text;
  EXPECT_FALSE(session.IsEncrypted());
  // One can still do it right.
  EXPECT_EQ(pop3_stls(session.get(), session.err()), POP3_OK) << session.error().text;
  EXPECT_TRUE(session.IsEncrypted());
}

// From the start and by STLS, with each version: nobody has to name a mechanism to get in.
TEST_F(EveryServerTls, TheDefaultLoginOverTls) {
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
      pop3_security report = POP3_SECURITY_INIT;
      pop3_session_security(session->get(), &report);
      const bool is_plus = best.find("-PLUS") != std::string::npos;
      EXPECT_EQ(report.is_bound, is_plus ? 1U : 0U);
      EXPECT_EQ(report.not_bound_why == nullptr, is_plus);
      ExpectMail(session.get());
    }
  }
}

// One thing that is wrong, and what is said about it.
struct Bad {
  std::string name;
  std::string fact;  // the port
  bool stls;
  std::map<std::string, std::string> options;
  pop3_status status;
  std::string words;
};

std::vector<Bad> BadOnes() {
  const std::map<std::string, std::string> old = {{"tls.min_version", "1.0"},
                                                  {"tls.max_version", "1.1"}};
  std::vector<Bad> bad = {
      {"stranger", "pop3s", false, {{"tls.ca_file", "stranger.pem"}}, POP3_ERR_CERTIFICATE, ""},
      {"stranger_stls", "port", true, {{"tls.ca_file", "stranger.pem"}}, POP3_ERR_CERTIFICATE, ""},
      {"name",
       "pop3s",
       false,
       {{"tls.server_name", "other.example"}},
       POP3_ERR_CERTIFICATE,
       "other.example"},
      {"name_stls",
       "port",
       true,
       {{"tls.server_name", "other.example"}},
       POP3_ERR_CERTIFICATE,
       "other.example"},
      {"version", "pop3s", false, old, POP3_ERR_TLS, "TLS handshake"},
      {"plain", "port", false, {}, POP3_ERR_TLS, "plain POP3"},
  };
  for (const std::string &fact : Profile().bad_certificates) {
    if (fact == "expired") bad.push_back({fact, fact, false, {}, POP3_ERR_CERTIFICATE, "expired"});
    if (fact == "other") bad.push_back({fact, fact, false, {}, POP3_ERR_CERTIFICATE, "other"});
    if (fact == "old") bad.push_back({fact, fact, false, {}, POP3_ERR_TLS, "tls.min_version"});
  }
  return bad;
}

class EveryServerRefused : public RealServerTest, public testing::WithParamInterface<Bad> {};

INSTANTIATE_TEST_SUITE_P(Bad, EveryServerRefused, testing::ValuesIn(BadOnes()),
                         [](const auto &bad) { return bad.param.name; });

TEST_P(EveryServerRefused, SaysWhyAndStaysSo) {
  const Bad &bad = GetParam();
  const bool clear = bad.fact == "port";
  Plan plan = Login(clear ? Clear() : At(bad.fact, true), "");
  if (!bad.stls) plan.address.transport = "tls";
  plan.tls = POP3_TLS_REQUIRED;
  for (const auto &option : bad.options) {
    plan.options[option.first] =
        option.first == "tls.ca_file" ? TlsFile(option.second) : option.second;
  }
  RealSession session(plan);
  EXPECT_EQ(session.Login(), bad.status) << session.error().text;
  EXPECT_STREQ(session.error().layer, "tls");
  EXPECT_NE(std::string(session.error().text).find(bad.words), std::string::npos)
      << session.error().text;
  EXPECT_EQ(pop3_session_mechanism(session.get()), nullptr);
  EXPECT_EQ(pop3_noop(session.get(), session.err()), bad.status);
  RecordProperty("words", session.error().text);
}

}  // namespace
}  // namespace every_server_tls_test
}  // namespace pop3_testing
