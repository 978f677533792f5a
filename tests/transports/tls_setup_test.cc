#include "transports/tls_setup.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "tests/transports/tls_drive.h"

namespace pop3_testing {
namespace tls_setup_test {
namespace {

bool Has(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

class TlsSetup : public ::testing::Test {
 protected:
  TlsSetup() {
    spec_.identity = &TheWorld().mail;
    options_.Text("tls.ca_pem", TheWorld().root_pem);
    CertificateSpec alice;
    alice.common_name = "alice";
    alice_ = TheWorld().Issue(alice);
  }

  // Creates the transport only; returns the error's text, or "" if there is none.
  std::string Create(const Options &options, pop3_status expected) {
    TestHost host;
    EchoPeer echo;
    TlsChain chain(&host, &echo);
    const pop3_status status = chain.Create(options);
    EXPECT_EQ(status, expected) << chain.text();
    return status == POP3_OK ? "" : chain.text();
  }

  TlsServerSpec spec_;
  Options options_;
  Identity alice_;
};

TEST_F(TlsSetup, ShowsTheClientCertificate) {
  const TempFile certificate(alice_.Pem());
  const TempFile key(alice_.KeyPem());
  options_.Text("tls.cert_file", certificate.path()).Text("tls.key_file", key.path());
  spec_.needs_certificate = true;
  spec_.client_ca = &TheWorld().root;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    spec_.max_version = static_cast<uint16_t>(version);
    const TlsServer server(spec_);
    const Meeting met = Meet(server, options_);
    EXPECT_EQ(met.status, POP3_OK) << met.text;
    EXPECT_EQ(met.client_certificate, 1);
  }
  const TlsServerSpec plain;
  spec_.needs_certificate = false;
  const TlsServer server(spec_);
  const Meeting met = Meet(server, options_);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_EQ(met.client_certificate, 0) << "nobody asked";
}

TEST_F(TlsSetup, SendsIntermediateCertificatesOfTheClient) {
  CertificateSpec middle_spec;
  middle_spec.common_name = "Middle";
  middle_spec.is_ca = true;
  const Identity middle = TheWorld().Issue(middle_spec);
  const Identity bob(CertificateSpec(), &middle);
  const TempFile file(bob.KeyPem() + bob.Pem() + middle.Pem());
  options_.Text("tls.cert_file", file.path());
  spec_.needs_certificate = true;
  spec_.client_ca = &TheWorld().root;
  const TlsServer server(spec_);
  const Meeting met = Meet(server, options_);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
}

TEST_F(TlsSetup, SaysThatTheServerWantsACertificate) {
  spec_.needs_certificate = true;
  spec_.client_ca = &TheWorld().root;
  const TlsServer server(spec_);
  const Meeting met = Meet(server, options_);
  EXPECT_EQ(met.status, POP3_ERR_TLS);
  EXPECT_TRUE(Has(met.text, "wants a client certificate (tls.cert_file)")) << met.text;
}

TEST_F(TlsSetup, SaysThatTheServerDoesNotKnowTheIssuer) {
  const Identity stranger{CertificateSpec()};
  const TempFile file(stranger.Pem() + stranger.KeyPem());
  options_.Text("tls.cert_file", file.path());
  spec_.needs_certificate = true;
  spec_.client_ca = &TheWorld().root;
  const TlsServer server(spec_);
  const Meeting met = Meet(server, options_);
  EXPECT_EQ(met.status, POP3_ERR_TLS);
  EXPECT_TRUE(Has(met.text, "client certificate")) << met.text;
}

struct Passphrase {
  std::string answer = "open sesame";
  int lie = 0;  // says that it has written so many octets more than there is room for
  int calls = 0;
  std::string key_file;

  static int Ask(void *arg, const char *key_file, char *buf, size_t buf_cap) {
    auto *self = static_cast<Passphrase *>(arg);
    self->calls++;
    self->key_file = key_file;
    if (self->lie > 0) return static_cast<int>(buf_cap) + self->lie;
    if (self->answer.size() > buf_cap) return -1;
    std::memcpy(buf, self->answer.data(), self->answer.size());
    return static_cast<int>(self->answer.size());
  }
  pop3_tls_passphrase table{sizeof(pop3_tls_passphrase), 0, Ask, this};
};

TEST_F(TlsSetup, AsksForThePassphrase) {
  const TempFile file(alice_.Pem() + alice_.KeyPem("open sesame"));
  options_.Text("tls.cert_file", file.path());
  EXPECT_TRUE(Has(Create(options_, POP3_ERR_ARGUMENT), "set tls.key_passphrase"));
  Passphrase passphrase;
  options_.Object("tls.key_passphrase", &passphrase.table);
  EXPECT_EQ(Create(options_, POP3_OK), "");
  EXPECT_EQ(passphrase.calls, 1);
  EXPECT_EQ(passphrase.key_file, file.path());
  passphrase.answer = "open barley";
  EXPECT_TRUE(Has(Create(options_, POP3_ERR_ARGUMENT), "another passphrase"));
  passphrase.answer = std::string(100000, 'x');
  EXPECT_TRUE(Has(Create(options_, POP3_ERR_ARGUMENT), "there is no passphrase"));
  passphrase.lie = 1;
  EXPECT_TRUE(Has(Create(options_, POP3_ERR_ARGUMENT), "there is no passphrase"));
}

TEST_F(TlsSetup, LeavesNoSecretsInMemory) {
  const std::string key = alice_.KeyPem();
  const TempFile file(alice_.Pem() + key);
  options_.Text("tls.cert_file", file.path());
  TestHost host;
  EchoPeer echo;
  TlsChain chain(&host, &echo);
  ASSERT_EQ(chain.Create(options_), POP3_OK) << chain.text();
  EXPECT_FALSE(host.Remembers(key.substr(40, 40)));
}

TEST_F(TlsSetup, SaysWhatIsWrongWithTheFiles) {
  const TempFile certificate(alice_.Pem());
  const TempFile key(alice_.KeyPem());
  const TempFile other_key(TheWorld().mail.KeyPem());
  const TempFile rubbish("rubbish\n");
  const TempFile broken("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  const TempFile broken_chain(alice_.Pem() +
                              "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  const TempFile broken_key("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
  const struct {
    const char *certificate;
    const char *key;
    pop3_status status;
    const char *words;
  } cases[] = {
      {"/nowhere/a", nullptr, POP3_ERR_LOCAL_IO, "tls.cert_file: /nowhere/a: No such file"},
      {"/tmp", nullptr, POP3_ERR_LOCAL_IO, "tls.cert_file: /tmp: Is a directory"},
      {rubbish.path(), nullptr, POP3_ERR_ARGUMENT, "there is no certificate in it"},
      {broken.path(), nullptr, POP3_ERR_ARGUMENT, "a certificate in it cannot be read"},
      {broken_chain.path(), key.path(), POP3_ERR_ARGUMENT, "a certificate in it cannot be read"},
      {certificate.path(), nullptr, POP3_ERR_ARGUMENT, "there is no private key in it"},
      {certificate.path(), "/nowhere/b", POP3_ERR_LOCAL_IO, "tls.key_file: /nowhere/b: No such"},
      {certificate.path(), rubbish.path(), POP3_ERR_ARGUMENT, "there is no private key in it"},
      {certificate.path(), broken_key.path(), POP3_ERR_ARGUMENT, "the key cannot be read"},
      {certificate.path(), other_key.path(), POP3_ERR_ARGUMENT,
       "does not belong to the certificate in tls.cert_file"},
      {certificate.path(), key.path(), POP3_OK, ""},
  };
  for (const auto &one : cases) {
    Options options;
    options.Text("tls.ca_pem", TheWorld().root_pem).Text("tls.cert_file", one.certificate);
    if (one.key != nullptr) options.Text("tls.key_file", one.key);
    const std::string text = Create(options, one.status);
    EXPECT_TRUE(Has(text, one.words)) << text;
  }
}

TEST_F(TlsSetup, SpeaksTheVersionsThatAreAllowed) {
  const struct {
    int server_min;
    int server_max;
    const char *min;
    const char *max;
    bool fits;
  } cases[] = {
      {TLS1_VERSION, TLS1_1_VERSION, nullptr, nullptr, false},
      {TLS1_VERSION, TLS1_1_VERSION, "1.1", nullptr, true},
      {TLS1_VERSION, TLS1_2_VERSION, "1.3", nullptr, false},
      {TLS1_3_VERSION, TLS1_3_VERSION, nullptr, "1.2", false},
      {TLS1_3_VERSION, TLS1_3_VERSION, nullptr, nullptr, true},
      {TLS1_2_VERSION, TLS1_2_VERSION, nullptr, nullptr, true},
  };
  for (const auto &one : cases) {
    spec_.min_version = static_cast<uint16_t>(one.server_min);
    spec_.max_version = static_cast<uint16_t>(one.server_max);
    const TlsServer server(spec_);
    Options options;
    options.Text("tls.ca_pem", TheWorld().root_pem);
    if (one.min != nullptr) options.Text("tls.min_version", one.min);
    if (one.max != nullptr) options.Text("tls.max_version", one.max);
    const Meeting met = Meet(server, options);
    EXPECT_EQ(met.status, one.fits ? POP3_OK : POP3_ERR_TLS) << met.text;
    if (one.fits) continue;
    EXPECT_TRUE(Has(met.text, "tls.min_version")) << met.text;
  }
}

TEST_F(TlsSetup, TakesEveryKindOfKey) {
  for (const char *kind : {"P-256", "P-384", "P-521", "Ed25519", "RSA-2048"}) {
    CertificateSpec mail;
    mail.dns = {"mail.example.org"};
    mail.key = kind;
    const Identity identity = TheWorld().Issue(mail);
    spec_.identity = &identity;
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      spec_.min_version = spec_.max_version = static_cast<uint16_t>(version);
      const TlsServer server(spec_);
      const Meeting met = Meet(server, options_);
      EXPECT_EQ(met.status, POP3_OK) << kind << ": " << met.text;
    }
  }
}

TEST_F(TlsSetup, TakesNoHandshakeThatIsSignedWithSha1) {
  CertificateSpec mail;
  mail.dns = {"mail.example.org"};
  mail.key = "RSA-2048";
  const Identity identity = TheWorld().Issue(mail);
  spec_.identity = &identity;
  spec_.max_version = TLS1_2_VERSION;
  const TlsServer server(spec_);
  const uint16_t sha1[] = {SSL_SIGN_RSA_PKCS1_SHA1};
  ASSERT_EQ(SSL_CTX_set_signing_algorithm_prefs(server.context(), sha1, 1), 1);
  Meeting met = Meet(server, options_);
  EXPECT_EQ(met.status, POP3_ERR_TLS);
  EXPECT_EQ(met.server_error, "NO_COMMON_SIGNATURE_ALGORITHMS");
  options_.Number("tls.allow_weak_certificates", 1);
  met = Meet(server, options_);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
}

TEST_F(TlsSetup, OffersNoCipherWithShortBlocks) {
  CertificateSpec mail;
  mail.dns = {"mail.example.org"};
  mail.key = "RSA-2048";
  const Identity identity = TheWorld().Issue(mail);
  spec_.identity = &identity;
  spec_.max_version = TLS1_2_VERSION;
  const TlsServer server(spec_);
  ASSERT_EQ(SSL_CTX_set_strict_cipher_list(server.context(), "3DES"), 1);
  const Meeting met = Meet(server, options_);
  EXPECT_EQ(met.status, POP3_ERR_TLS);
  EXPECT_EQ(met.server_error, "NO_SHARED_CIPHER");
}

TEST_F(TlsSetup, UsesTheCallersContext) {
  bssl::UniquePtr<SSL_CTX> context(SSL_CTX_new(TLS_method()));
  pop3_tls_context object = POP3_TLS_CONTEXT(context.get());
  Options options;
  options.Object("tls.context", &object);
  const TlsServer server(spec_);
  Meeting met = Meet(server, options);
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE) << "it trusts nobody yet";
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), TheWorld().root.certificate());
  met = Meet(server, options);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  met = Meet(server, options, "pop.example.org");
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE) << "the name is verified";
  // Its client certificate and its versions count, and an option counts more.
  ASSERT_TRUE(SSL_CTX_use_certificate(context.get(), alice_.certificate()));
  ASSERT_TRUE(SSL_CTX_use_PrivateKey(context.get(), alice_.key()));
  spec_.needs_certificate = true;
  spec_.client_ca = &TheWorld().root;
  spec_.max_version = TLS1_2_VERSION;
  const TlsServer careful(spec_);
  met = Meet(careful, options);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_EQ(met.client_certificate, 1);
  ASSERT_TRUE(SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION));
  EXPECT_EQ(Meet(careful, options).status, POP3_ERR_TLS);
  options.Text("tls.min_version", "1.2");
  met = Meet(careful, options);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
}

TEST_F(TlsSetup, KeepsTheCallersContext) {
  bssl::UniquePtr<SSL_CTX> context(SSL_CTX_new(TLS_method()));
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), TheWorld().root.certificate());
  TestHost host;
  EchoPeer echo;
  const TlsServer server(spec_);
  TlsPeer peer(&echo, &server);
  TlsChain chain(&host, &peer);
  {
    pop3_tls_context object = POP3_TLS_CONTEXT(context.get());
    Options options;
    options.Object("tls.context", &object);
    ASSERT_EQ(chain.Create(options), POP3_OK) << chain.text();
  }
  context.reset();
  EXPECT_EQ(chain.Connect(), POP3_IO_DONE) << chain.text();
}

TEST_F(TlsSetup, RefusesAForeignContext) {
  bssl::UniquePtr<SSL_CTX> context(SSL_CTX_new(TLS_method()));
  pop3_tls_context object = POP3_TLS_CONTEXT(context.get());
  object.identity = reinterpret_cast<void (*)()>(SSL_CTX_free);
  Options options;
  options.Object("tls.context", &object);
  EXPECT_TRUE(Has(Create(options, POP3_ERR_ARGUMENT), "from the copy of BoringSSL"));
}

TEST_F(TlsSetup, SendsAlpn) {
  spec_.alpn = "pop3";
  const TlsServer server(spec_);
  TestHost host;
  EchoPeer echo;
  TlsPeer peer(&echo, &server);
  TlsChain chain(&host, &peer);
  ASSERT_EQ(chain.Create(options_), POP3_OK) << chain.text();
  ASSERT_EQ(chain.Connect(), POP3_IO_DONE) << chain.text();
  EXPECT_EQ(chain.AskText(POP3_QUERY_TLS_ALPN), "pop3");
}

TEST_F(TlsSetup, SaysWhatToDoAgainstAlpn) {
  spec_.refuses_alpn = true;
  const TlsServer server(spec_);
  Meeting met = Meet(server, options_);
  EXPECT_EQ(met.status, POP3_ERR_TLS);
  EXPECT_TRUE(Has(met.text, "set tls.alpn to \"\"")) << met.text;
  options_.Text("tls.alpn", "");
  met = Meet(server, options_);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
}

// What a session is told when the server refuses the name; "" if nothing.
std::string AskedFor(const TlsServer &server, const Options &options) {
  TestHost host;
  EchoPeer echo;
  TlsPeer peer(&echo, &server);
  TlsChain chain(&host, &peer);
  EXPECT_EQ(chain.Create(options), POP3_OK) << chain.text();
  EXPECT_EQ(chain.AskText(POP3_QUERY_AGAIN), "?") << "nothing has failed yet";
  EXPECT_EQ(chain.Connect(), POP3_IO_FAIL);
  const std::string name = chain.AskText(POP3_QUERY_AGAIN);
  if (name == "?") return "";
  return name + "=" + std::to_string(chain.AskNumber(POP3_QUERY_AGAIN));
}

TEST_F(TlsSetup, KnowsWhatHelpsIfTheNameIsRefused) {
  spec_.refuses_alpn = true;
  const TlsServer server(spec_);
  EXPECT_EQ(AskedFor(server, options_), "tls.alpn_refused=1");
  // With that it does not send a name, and says why.
  Options again;
  again.Text("tls.ca_pem", TheWorld().root_pem).Number("tls.alpn_refused", 1);
  Meeting met = Meet(server, again);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_EQ(met.alpn_refused, "pop3");
  Options given;
  given.Text("tls.ca_pem", TheWorld().root_pem).Text("tls.alpn", "pop3");
  EXPECT_EQ(AskedFor(server, given), "") << "whoever names it means it";
  given.Number("tls.alpn_refused", 1);
  EXPECT_EQ(AskedFor(server, given), "");
  Options none;
  none.Text("tls.ca_pem", TheWorld().root_pem).Text("tls.alpn", "");
  met = Meet(server, none);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_EQ(met.alpn_refused, "?");
}

TEST_F(TlsSetup, NothingElseIsTakenForARefusalOfTheName) {
  spec_.needs_certificate = true;
  spec_.client_ca = &TheWorld().root;
  spec_.max_version = TLS1_2_VERSION;
  EXPECT_EQ(AskedFor(TlsServer(spec_), options_), "");
  TlsServerSpec old;
  old.identity = &TheWorld().mail;
  old.max_version = TLS1_1_VERSION;
  EXPECT_EQ(AskedFor(TlsServer(old), options_), "");
}

TEST_F(TlsSetup, TakesNoProtocolThatWasNotOffered) {
  spec_.alpn = "imap";
  const TlsServer server(spec_);
  const Meeting met = Meet(server, options_);
  EXPECT_EQ(met.status, POP3_ERR_TLS);
  EXPECT_TRUE(Has(met.text, "a protocol that was not offered")) << met.text;
}

}  // namespace
}  // namespace tls_setup_test
}  // namespace pop3_testing
