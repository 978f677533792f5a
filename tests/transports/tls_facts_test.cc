#include "transports/tls_facts.h"

#include <gtest/gtest.h>
#include <openssl/digest.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>
#include <string>

#include "tests/transports/tls_drive.h"

namespace pop3_testing {
namespace tls_facts_test {
namespace {

// Line is a connection that stands.
struct Line {
  explicit Line(TlsServerSpec spec, uint16_t version = TLS1_3_VERSION) {
    if (spec.identity == nullptr) spec.identity = &TheWorld().mail;
    spec.max_version = version;
    server = std::make_unique<TlsServer>(spec);
    peer = std::make_unique<TlsPeer>(&echo, server.get());
    chain = std::make_unique<TlsChain>(&host, peer.get());
    Options options;
    options.Text("tls.ca_pem", TheWorld().root_pem)
        .Text("tls.min_version", "1.0")
        .Number("tls.allow_weak_certificates", 1);
    EXPECT_EQ(chain->Create(options), POP3_OK) << chain->text();
    EXPECT_EQ(chain->Connect(), POP3_IO_DONE) << chain->text();
    std::string got;
    EXPECT_EQ(chain->Receive(11, &got), POP3_IO_DONE);
  }
  std::string Ask(uint32_t what) { return chain->AskText(what); }

  TestHost host;
  EchoPeer echo;
  std::unique_ptr<TlsServer> server;
  std::unique_ptr<TlsPeer> peer;
  std::unique_ptr<TlsChain> chain;
};

TEST(TlsFacts, AreTold) {
  Line line{TlsServerSpec()};
  EXPECT_EQ(line.chain->AskNumber(POP3_QUERY_IS_ENCRYPTED), 1);
  EXPECT_EQ(line.Ask(POP3_QUERY_TLS_VERSION), "TLSv1.3");
  EXPECT_EQ(line.Ask(POP3_QUERY_TLS_CIPHER).find("TLS_"), 0U);
  EXPECT_EQ(line.Ask(POP3_QUERY_TLS_ALPN), "?") << "the server did not answer it";
  EXPECT_EQ(line.chain->AskNumber(POP3_QUERY_TLS_RESUMED), 0);
  EXPECT_EQ(line.chain->AskNumber(POP3_QUERY_TLS_CLIENT_CERT), 0);
  EXPECT_EQ(line.Ask(POP3_QUERY_TLS_SUBJECT), "CN=mail");
  EXPECT_EQ(line.Ask(POP3_QUERY_TLS_ISSUER), "CN=Test Root");
  EXPECT_EQ(line.Ask(POP3_QUERY_TLS_NAMES), "mail.example.org");
  EXPECT_EQ(line.Ask(POP3_QUERY_TLS_SPKI_SHA256), TheWorld().mail.Pin());
  const int64_t left = line.chain->AskNumber(POP3_QUERY_TLS_EXPIRES) - time(nullptr);
  EXPECT_NEAR(static_cast<double>(left), 86400 * 30, 600);
  EXPECT_EQ(line.Ask(POP3_QUERY_TLS_VERIFIED),
            "verified: issued by CN=Test Root for mail.example.org");
}

TEST(TlsFacts, FallThroughToWhatIsBelow) {
  Line line{TlsServerSpec()};
  for (const uint32_t what : {uint32_t{POP3_QUERY_FD}, uint32_t{POP3_QUERY_PEER_NAME},
                              uint32_t{POP3_QUERY_IS_LOCAL}, uint32_t{POP3_QUERY_PLUGIN}}) {
    pop3_answer answer = POP3_ANSWER_INIT;
    EXPECT_EQ(line.chain->tls().ops->query(line.chain->tls().self, what, &answer),
              POP3_ERR_UNSUPPORTED);
  }
}

TEST(TlsFacts, AreUnknownBeforeTheHandshake) {
  TestHost host;
  EchoPeer echo;
  TlsChain chain(&host, &echo);
  Options options;
  options.Text("tls.ca_pem", TheWorld().root_pem);
  ASSERT_EQ(chain.Create(options), POP3_OK);
  for (uint32_t what = POP3_QUERY_FD; what <= POP3_QUERY_TLS_CLIENT_CERT; what++) {
    EXPECT_EQ(chain.AskNumber(what), -1) << what;
  }
}

// What the server's end exports for RFC 9266.
std::string Exported(SSL *ssl) {
  std::string out(32, '\0');
  const std::string label = "EXPORTER-Channel-Binding";
  EXPECT_EQ(SSL_export_keying_material(ssl, reinterpret_cast<uint8_t *>(out.data()), out.size(),
                                       label.data(), label.size(),
                                       reinterpret_cast<const uint8_t *>(""), 0, 1),
            1);
  return out;
}

TEST(TlsFacts, BindChannelsAsBothSidesSeeThem) {
  for (const int version : {TLS1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION}) {
    SCOPED_TRACE(version);
    Line line{TlsServerSpec(), static_cast<uint16_t>(version)};
    EXPECT_EQ(line.Ask(POP3_QUERY_CB_TLS_EXPORTER), Exported(line.peer->ssl()));
    uint8_t unique[64];
    size_t unique_len = 0;
    if (version == TLS1_3_VERSION) {
      EXPECT_EQ(line.Ask(POP3_QUERY_CB_TLS_UNIQUE), "?");
    } else {
      ASSERT_EQ(SSL_get_tls_unique(line.peer->ssl(), unique, &unique_len, sizeof(unique)), 1);
      EXPECT_EQ(line.Ask(POP3_QUERY_CB_TLS_UNIQUE),
                std::string(reinterpret_cast<char *>(unique), unique_len));
      EXPECT_EQ(unique_len, 12U);
    }
  }
}

// RFC 5929 section 4.1: by the hash of the signature, and none where that has none of its own.
TEST(TlsFacts, BindToTheCertificate) {
  const struct {
    const char *issuer;
    const char *signature;
    const EVP_MD *digest;
  } cases[] = {{"P-256", "sha256", EVP_sha256()},   {"P-256", "sha384", EVP_sha384()},
               {"P-256", "sha512", EVP_sha512()},   {"P-256", "sha1", EVP_sha256()},
               {"RSA-2048", "md5", EVP_sha256()},   {"RSA-2048", "sha512", EVP_sha512()},
               {"RSA-2048", "pss-sha256", nullptr}, {"Ed25519", "sha256", nullptr}};
  for (const auto &one : cases) {
    SCOPED_TRACE(std::string(one.issuer) + " " + one.signature);
    CertificateSpec issuer_spec;
    issuer_spec.common_name = "Issuer";
    issuer_spec.is_ca = true;
    issuer_spec.key = one.issuer;
    const Identity issuer = TheWorld().Issue(issuer_spec);
    CertificateSpec spec;
    spec.dns = {"mail.example.org"};
    spec.digest = one.signature;
    const Identity identity(spec, &issuer);
    TlsServerSpec server;
    server.identity = &identity;
    server.chain = {&issuer};
    Line line(server);
    if (one.digest == nullptr) {
      EXPECT_EQ(line.Ask(POP3_QUERY_CB_TLS_SERVER_END_POINT), "?");
      continue;
    }
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    ASSERT_EQ(X509_digest(identity.certificate(), one.digest, digest, &len), 1);
    EXPECT_EQ(line.Ask(POP3_QUERY_CB_TLS_SERVER_END_POINT),
              std::string(reinterpret_cast<char *>(digest), len));
  }
}

TEST(TlsFacts, SurviveFailedAllocations) {
  Line line{TlsServerSpec()};
  for (const uint32_t what :
       {uint32_t{POP3_QUERY_TLS_PEER_CHAIN}, uint32_t{POP3_QUERY_TLS_SUBJECT},
        uint32_t{POP3_QUERY_CB_TLS_EXPORTER}, uint32_t{POP3_QUERY_TLS_SPKI_SHA256}}) {
    line.host.FailAllocation(0, true);
    pop3_answer answer = POP3_ANSWER_INIT;
    const pop3_layer tls = line.chain->tls();
    const pop3_status status = tls.ops->query(tls.self, what, &answer);
    EXPECT_TRUE(status == POP3_OK || status == POP3_ERR_MEMORY) << status;
    EXPECT_EQ(status == POP3_ERR_MEMORY, line.host.has_failed());
    line.host.FailAllocation(-1);
  }
}

}  // namespace
}  // namespace tls_facts_test
}  // namespace pop3_testing
