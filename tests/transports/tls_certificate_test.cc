#include "transports/tls_certificate.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>

#include <ctime>
#include <string>

#include "tests/transports/tls_drive.h"

namespace pop3_testing {
namespace tls_certificate_test {
namespace {

class TlsCertificate : public ::testing::Test {
 protected:
  TlsCertificate() { p3_tls_text_init(&text_, host_.get()); }
  ~TlsCertificate() override { p3_tls_text_free(&text_); }

  std::string Take() {
    std::string taken = text_.data != nullptr ? std::string(text_.data, text_.len) : "";
    p3_tls_text_reset(&text_);
    return taken;
  }

  TestHost host_;
  p3_tls_text text_;
};

TEST_F(TlsCertificate, WritesNames) {
  p3_tls_add_x509_name(&text_, X509_get_subject_name(TheWorld().root.certificate()));
  EXPECT_EQ(Take(), "CN=Test Root");
  CertificateSpec spec;
  spec.common_name = "a,b\x1b\xc3\xa9";
  const Identity odd(spec);
  p3_tls_add_x509_name(&text_, X509_get_subject_name(odd.certificate()));
  EXPECT_EQ(Take(), "CN=a\\,b\\1B\\C3\\A9");
}

TEST_F(TlsCertificate, WritesAlternativeNames) {
  CertificateSpec spec;
  spec.dns = {"a.example.org", std::string("b\0c", 3), ""};
  spec.ips = {"192.0.2.1", "2001:db8::1"};
  const Identity one(spec);
  p3_tls_add_names(&text_, one.certificate());
  EXPECT_EQ(Take(), "a.example.org, b\\x00c, , 192.0.2.1, 2001:db8::1");
  p3_tls_add_names(&text_, TheWorld().root.certificate());
  EXPECT_EQ(Take(), "");
}

TEST_F(TlsCertificate, WritesTimes) {
  const auto seconds = [](const ASN1_TIME *time) {
    int64_t found = -1;
    return p3_tls_seconds(time, &found) ? found : -1;
  };
  bssl::UniquePtr<ASN1_TIME> when(ASN1_TIME_set(nullptr, 1924363800));
  EXPECT_EQ(seconds(when.get()), 1924363800);
  p3_tls_add_date(&text_, when.get());
  EXPECT_EQ(Take(), "2030-12-24 17:30:00 UTC");
  when.reset(ASN1_TIME_set(nullptr, INT64_C(4102444800)));
  EXPECT_EQ(seconds(when.get()), INT64_C(4102444800)) << "no 32 bits";
  when.reset(ASN1_TIME_set(nullptr, 0));
  EXPECT_EQ(seconds(when.get()), 0);
  p3_tls_add_date(&text_, when.get());
  EXPECT_EQ(Take(), "1970-01-01 00:00:00 UTC");
  ASSERT_TRUE(ASN1_STRING_set(when.get(), "yesterday", -1));
  EXPECT_EQ(seconds(when.get()), -1);
  EXPECT_EQ(seconds(nullptr), -1);
  p3_tls_add_date(&text_, when.get());
  EXPECT_EQ(Take(), "?");
}

TEST_F(TlsCertificate, DigestsTheKey) {
  uint8_t digest[32];
  ASSERT_EQ(p3_tls_key_digest(TheWorld().mail.certificate(), digest), 1);
  p3_tls_add_base64(&text_, digest, sizeof(digest));
  EXPECT_EQ(Take(), TheWorld().mail.Pin());
}

TEST_F(TlsCertificate, WritesBase64) {
  for (const auto &[octets, base64] : {std::pair<std::string, std::string>{"", ""},
                                       {"a", "YQ=="},
                                       {"ab", "YWI="},
                                       {"abc", "YWJj"},
                                       {"\xff\xfe\xfd\xfc", "//79/A=="}}) {
    p3_tls_add_base64(&text_, reinterpret_cast<const uint8_t *>(octets.data()), octets.size());
    EXPECT_EQ(Take(), base64);
  }
}

TEST_F(TlsCertificate, WritesTheChainThatTheServerSent) {
  TlsServerSpec spec;
  spec.identity = &TheWorld().mail;
  spec.chain = {&TheWorld().root};
  const TlsServer server(spec);
  EchoPeer echo;
  TlsPeer peer(&echo, &server);
  TlsChain chain(&host_, &peer);
  Options options;
  options.Text("tls.ca_pem", TheWorld().root_pem);
  ASSERT_EQ(chain.Create(options), POP3_OK) << chain.text();
  ASSERT_EQ(chain.Connect(), POP3_IO_DONE) << chain.text();
  // What OpenSSL's own writer makes of the same certificates.
  EXPECT_EQ(chain.AskText(POP3_QUERY_TLS_PEER_CHAIN), TheWorld().mail.Pem() + TheWorld().root_pem);
}

TEST_F(TlsCertificate, HasNoLeafWithoutAHandshake) {
  bssl::UniquePtr<SSL_CTX> context(SSL_CTX_new(TLS_method()));
  bssl::UniquePtr<SSL> ssl(SSL_new(context.get()));
  EXPECT_EQ(p3_tls_leaf(ssl.get()), nullptr);
  p3_tls_add_chain(&text_, ssl.get());
  EXPECT_EQ(Take(), "");
}

}  // namespace
}  // namespace tls_certificate_test
}  // namespace pop3_testing
