// What only Cyrus has: channel binding, and a security layer of SASL.
#include "tests/servers/server_profile.h"

// The DIGEST-MD5 of libsasl2 never frees what OpenSSL gives it for the cipher of its layer.
extern "C" const char *__lsan_default_suppressions();
extern "C" const char *__lsan_default_suppressions() { return "leak:libcrypto.so.3\n"; }

namespace pop3_testing {
namespace cyrus_binding_test {
namespace {

using CyrusBinding = RealServerTest;

TEST_F(CyrusBinding, OnTls13CyrusRefusesWhatItCannotBindTo) {
  // It lists the -PLUS mechanisms, but only knows "tls-unique", which TLS 1.3 does not have. Who
  // asks for one by name gets no other.
  Plan plan = Login(Tls(), "SCRAM-SHA-256-PLUS");
  RealSession session(plan);
  EXPECT_EQ(session.Login(), POP3_REFUSED) << session.error().text;
  EXPECT_EQ(session.error().code, POP3_CODE_AUTH) << session.error().text;
  EXPECT_NE(std::string(session.error().text).find("tls-exporter"), std::string::npos)
      << session.error().text;
  EXPECT_EQ(session.Answer(POP3_QUERY_TLS_VERSION), "TLSv1.3");
  EXPECT_EQ(session.Answer(POP3_QUERY_CB_TLS_UNIQUE), "");
  // Who allows the next weaker one gets in.
  plan.mechanism = "SCRAM-SHA-256-PLUS,SCRAM-SHA-256";
  const auto weaker = LoggedIn(plan);
  ASSERT_NE(weaker, nullptr);
  EXPECT_STREQ(pop3_session_mechanism(weaker->get()), "SCRAM-SHA-256");
  ExpectMail(weaker.get());
}

TEST_F(CyrusBinding, AnotherPasswordIsNoLoginWithBindingEither) {
  Plan plan = Login(Tls(), "SCRAM-SHA-256-PLUS");
  plan.options["tls.max_version"] = "1.2";
  plan.password = "looking glass";
  RealSession session(plan);
  EXPECT_EQ(session.Login(), POP3_REFUSED) << session.error().text;
  EXPECT_EQ(session.error().code, POP3_CODE_AUTH) << session.error().text;
}

TEST_F(CyrusBinding, DigestMd5EncryptsAllThatFollows) {
  Plan plan = Login(At("layers", false), "DIGEST-MD5");
  plan.tls = POP3_TLS_NEVER;
  const auto session = LoggedIn(plan);
  ASSERT_NE(session, nullptr);
  EXPECT_TRUE(session->IsEncrypted());
  for (uint32_t number = 1; number <= kAliceMessages; number++) {
    std::string body;
    ASSERT_EQ(session->Retr(number, &body), POP3_OK) << session->error().text;
    EXPECT_TRUE(body == Wire(number)) << "message " << number << " has " << body.size();
  }
  ExpectMail(session.get());
}

}  // namespace
}  // namespace cyrus_binding_test
}  // namespace pop3_testing
