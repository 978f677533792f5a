// What only Dovecot has: OAuth 2. And certificates that are not there.
#include "tests/servers/server_profile.h"

namespace pop3_testing {
namespace dovecot_token_test {
namespace {

using DovecotToken = RealServerTest;

TEST_F(DovecotToken, ABadTokenIsRefusedAndTheServerSaysWhy) {
  for (const char *mechanism : {"XOAUTH2", "OAUTHBEARER"}) {
    Plan plan = Login(Tls(), mechanism);
    plan.token = "not.a.token";
    RealSession session(plan);
    EXPECT_EQ(session.Login(), POP3_REFUSED) << session.error().text;
    EXPECT_EQ(session.error().code, POP3_CODE_AUTH) << session.error().text;
    EXPECT_EQ(std::string(session.error().text).find(plan.token), std::string::npos);
    pop3_security security = POP3_SECURITY_INIT;
    security.size = sizeof security;
    pop3_session_security(session.get(), &security);
    ASSERT_NE(security.detail, nullptr) << mechanism;
    EXPECT_NE(std::string(security.detail, security.detail_len).find("\"status\""),
              std::string::npos)
        << std::string(security.detail, security.detail_len);
    // The session goes on.
    ASSERT_EQ(pop3_user(session.get(), "bob", session.err()), POP3_OK) << session.error().text;
    ASSERT_EQ(pop3_pass(session.get(), "builder", session.err()), POP3_OK) << session.error().text;
    EXPECT_EQ(session.Quit(nullptr), POP3_OK);
  }
}

TEST_F(DovecotToken, ExternalTakesACertificate) {
  Plan plan = Login(Tls(), "EXTERNAL");
  plan.options.erase("tls.cert_file");
  plan.options.erase("tls.key_file");
  RealSession session(plan);
  EXPECT_EQ(session.Login(), POP3_REFUSED) << session.error().text;
  EXPECT_EQ(session.error().code, POP3_CODE_AUTH) << session.error().text;
}

TEST_F(DovecotToken, AnImpostorsCertificateIsNotTaken) {
  Plan plan = Login(Tls(), "EXTERNAL");
  plan.options["tls.cert_file"] = TlsFile("impostor.pem");
  plan.options["tls.key_file"] = TlsFile("impostor.key");
  RealSession session(plan);
  const pop3_status status = session.Login();
  EXPECT_TRUE(status == POP3_REFUSED || status == POP3_ERR_TLS) << session.error().text;
  EXPECT_EQ(pop3_session_mechanism(session.get()), nullptr);
}

}  // namespace
}  // namespace dovecot_token_test
}  // namespace pop3_testing
