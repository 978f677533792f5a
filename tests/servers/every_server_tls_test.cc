// TLS with every server that has it: whom it takes for the right one, and whom not.
#include "tests/servers/server_profile.h"

namespace pop3_testing {
namespace {

using EveryServerTls = RealServerTest;

TEST_F(EveryServerTls, TheServersNameOrAddressIsVerified) {
  Plan plan = Login(Tls(), "user");
  RealSession by_name(plan);
  ASSERT_EQ(by_name.Login(), POP3_OK) << by_name.error().text;
  EXPECT_EQ(by_name.Answer(POP3_QUERY_TLS_VERSION), "TLSv1.3");
  ExpectMail(&by_name);
  plan.options.erase("tls.server_name");
  RealSession by_address(plan);
  ASSERT_EQ(by_address.Login(), POP3_OK) << by_address.error().text;
  ExpectMail(&by_address);
}

TEST_F(EveryServerTls, StlsByHand) {
  RealSession session(Login(Clear(), "user"));
  ASSERT_EQ(pop3_connect(session.get(), session.err()), POP3_OK) << session.error().text;
  const pop3_capabilities *caps = nullptr;
  ASSERT_EQ(pop3_capa(session.get(), &caps, session.err()), POP3_OK) << session.error().text;
  EXPECT_TRUE(session.Has(POP3_CAP_STLS));
  EXPECT_FALSE(session.IsEncrypted());
  ASSERT_EQ(pop3_stls(session.get(), session.err()), POP3_OK) << session.error().text;
  EXPECT_TRUE(session.IsEncrypted());
  // What was said in the clear is forgotten.
  EXPECT_EQ(pop3_engine_capabilities(pop3_session_engine(session.get())), nullptr);
  ASSERT_EQ(session.Login(), POP3_OK) << session.error().text;
  ExpectMail(&session);
}

TEST_F(EveryServerTls, LoginDoesStlsWhereTheServerWantsIt) {
  Plan plan = Login(At("strict", false), "user");
  plan.tls = POP3_TLS_REQUIRED;
  RealSession session(plan);
  ASSERT_EQ(session.Login(), POP3_OK) << session.error().text;
  EXPECT_TRUE(session.IsEncrypted());
  ExpectMail(&session);
}

TEST_F(EveryServerTls, WithoutStlsAServerThatWantsItRefuses) {
  RealSession session(Login(At("strict", false), "user"));
  pop3_status status = pop3_user(session.get(), "alice", session.err());
  if (status == POP3_OK) status = pop3_pass(session.get(), "wonderland", session.err());
  EXPECT_EQ(status, POP3_REFUSED) << session.error().text;
  EXPECT_FALSE(session.IsEncrypted());
  // And then one can still do it right.
  ASSERT_EQ(pop3_stls(session.get(), session.err()), POP3_OK) << session.error().text;
  ASSERT_EQ(session.Login(), POP3_OK) << session.error().text;
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
      {"name", "pop3s", false, {{"tls.server_name", "other.example"}}, POP3_ERR_CERTIFICATE,
       "other.example"},
      {"name_stls", "port", true, {{"tls.server_name", "other.example"}}, POP3_ERR_CERTIFICATE,
       "other.example"},
      {"version", "pop3s", false, old, POP3_ERR_TLS, "tls.max_version"},
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
}  // namespace pop3_testing
