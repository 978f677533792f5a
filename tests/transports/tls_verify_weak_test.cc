// Which certificates of a chain must be strong, and what happens to those that are not.
#include <gtest/gtest.h>

#include <string>

#include "tests/transports/tls_drive.h"
#include "transports/tls_verify.h"

namespace pop3_testing {
namespace tls_verify_weak_test {
namespace {

CertificateSpec Server(const char *key = "P-256", const char *digest = "sha256") {
  CertificateSpec spec;
  spec.common_name = "mail";
  spec.dns = {"mail.example.org"};
  spec.key = key;
  spec.digest = digest;
  return spec;
}

CertificateSpec Issuer(const char *name, const char *key = "P-256", const char *digest = "sha256") {
  CertificateSpec spec;
  spec.common_name = name;
  spec.is_ca = true;
  spec.key = key;
  spec.digest = digest;
  return spec;
}

Meeting MeetOne(const Identity &identity, const Options &options,
                const std::vector<const Identity *> &chain = {}) {
  TlsServerSpec spec;
  spec.identity = &identity;
  spec.chain = chain;
  const TlsServer server(spec);
  return Meet(server, options);
}

const char kAccepts[] = " (tls.allow_weak_certificates accepts that)";

// Trusts |trusted|, and allows weak ones if told so.
Options Trusting(const std::string &trusted, bool allow = false) {
  Options options;
  options.Text("tls.ca_pem", trusted);
  if (allow) options.Number("tls.allow_weak_certificates", 1);
  return options;
}

struct WeakCase {
  const char *key;
  const char *digest;
  const char *words;  // NULL: it is strong
};

const WeakCase kLeaves[] = {
    {"RSA-2048", "sha256", nullptr},
    {"P-256", "sha256", nullptr},
    {"P-384", "sha384", nullptr},
    {"P-521", "sha512", nullptr},
    {"Ed25519", "sha256", nullptr},
    {"P-256", "md5", "is signed with MD5"},
    {"P-256", "sha1", "is signed with SHA-1"},
    {"RSA-1024", "sha256", "has an RSA key of 1024 bits"},
    {"RSA-2047", "sha256", "has an RSA key of 2047 bits"},
};

TEST(TlsVerifyWeak, TheServersOwn) {
  // RSA, because ECDSA with MD5 does not exist.
  const Identity root(Issuer("Test CA", "RSA-2048"));
  for (const WeakCase &one : kLeaves) {
    const std::string name = std::string(one.key) + " " + one.digest;
    const Identity server(Server(one.key, one.digest), &root);
    Meeting met = MeetOne(server, Trusting(root.Pem()));
    if (one.words == nullptr) {
      EXPECT_EQ(met.status, POP3_OK) << name << ": " << met.text;
      EXPECT_EQ(met.weakness, "?") << name;
      continue;
    }
    EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE) << name;
    EXPECT_EQ(met.text,
              std::string("the server's certificate is too weak: CN=mail ") + one.words + kAccepts);
    EXPECT_EQ(met.server_error, "SSLV3_ALERT_BAD_CERTIFICATE") << name;
    met = MeetOne(server, Trusting(root.Pem(), true));
    EXPECT_EQ(met.status, POP3_OK) << name << ": " << met.text;
    EXPECT_EQ(met.proven, 0) << "what is weak proves nothing";
    EXPECT_EQ(met.weakness, std::string("CN=mail ") + one.words);
    EXPECT_EQ(
        met.verified,
        std::string("verified: issued by CN=Test CA for mail.example.org; although it is weak "
                    "(tls.allow_weak_certificates): CN=mail ") +
            one.words);
  }
}

const WeakCase kMiddles[] = {
    {"RSA-2048", "sha256", nullptr},
    {"P-224", "sha256", nullptr},
    {"P-521", "sha256", nullptr},
    {"Ed25519", "sha256", nullptr},
    {"P-256", "md5", "is signed with MD5"},
    {"P-256", "sha1", "is signed with SHA-1"},
    {"RSA-1024", "sha256", "has an RSA key of 1024 bits"},
    {"RSA-2047", "sha256", "has an RSA key of 2047 bits"},
    {"RSA-1024", "sha1", "is signed with SHA-1 and has an RSA key of 1024 bits"},
};

TEST(TlsVerifyWeak, AnIntermediateOne) {
  const Identity root(Issuer("Test CA", "RSA-2048"));
  for (const WeakCase &one : kMiddles) {
    const std::string name = std::string(one.key) + " " + one.digest;
    const Identity middle(Issuer("Middle", one.key, one.digest), &root);
    const Identity server(Server(), &middle);
    Meeting met = MeetOne(server, Trusting(root.Pem()), {&middle});
    if (one.words == nullptr) {
      EXPECT_EQ(met.status, POP3_OK) << name << ": " << met.text;
      continue;
    }
    EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE) << name;
    EXPECT_EQ(met.text, std::string("the server's certificate is too weak: CN=Middle ") +
                            one.words + kAccepts);
    // Whoever names it trusts it: it is the anchor then.
    met = MeetOne(server, Trusting(middle.Pem()), {&middle});
    EXPECT_EQ(met.status, POP3_OK) << name << ": " << met.text;
    EXPECT_EQ(met.weakness, "?") << name;
    met = MeetOne(server, Trusting(root.Pem(), true), {&middle});
    EXPECT_EQ(met.status, POP3_OK) << name << ": " << met.text;
    EXPECT_EQ(met.weakness, std::string("CN=Middle ") + one.words);
  }
}

TEST(TlsVerifyWeak, TheAnchorIsTrustedAsItIs) {
  for (const char *digest : {"md5", "sha1"}) {
    const Identity root(Issuer("Old Root", "RSA-1024", digest));
    const Identity server(Server(), &root);
    for (const std::vector<const Identity *> &chain :
         {std::vector<const Identity *>{}, std::vector<const Identity *>{&root}}) {
      const Meeting met = MeetOne(server, Trusting(root.Pem()), chain);
      EXPECT_EQ(met.status, POP3_OK) << digest << ": " << met.text;
      EXPECT_EQ(met.weakness, "?");
    }
  }
}

TEST(TlsVerifyWeak, ANamedServerIsItsOwnAnchor) {
  const Identity self_signed(Server("RSA-1024", "sha1"));
  Meeting met = MeetOne(self_signed, Trusting(self_signed.Pem()));
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  // Also if it is not self-signed, and if the server sends one more that counts for nothing.
  const Identity root(Issuer("Old Root", "RSA-1024", "sha1"));
  const Identity issued(Server("RSA-1024", "sha1"), &root);
  met = MeetOne(issued, Trusting(issued.Pem()));
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  const Identity middle(Issuer("Old Middle", "RSA-1024", "sha1"), &root);
  const Identity leaf(Server("RSA-1024", "sha1"), &middle);
  met = MeetOne(leaf, Trusting(leaf.Pem()), {&middle});
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_EQ(met.weakness, "?");
}

TEST(TlsVerifyWeak, AllOfThemAreTold) {
  const Identity root(Issuer("Test CA"));
  const Identity middle(Issuer("Middle", "RSA-1024"), &root);
  const Identity server(Server("P-256", "sha1"), &middle);
  const Meeting met = MeetOne(server, Trusting(root.Pem(), true), {&middle});
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_EQ(met.weakness, "CN=mail is signed with SHA-1; CN=Middle has an RSA key of 1024 bits");
}

TEST(TlsVerifyWeak, TheTraceTellsOfThem) {
  const Identity root(Issuer("Test CA"));
  const Identity identity(Server("P-256", "sha1"), &root);
  TlsServerSpec spec;
  spec.identity = &identity;
  const TlsServer server(spec);
  TestHost host;
  EchoPeer echo;
  TlsPeer peer(&echo, &server);
  TlsChain chain(&host, &peer);
  ASSERT_EQ(chain.Create(Trusting(root.Pem(), true)), POP3_OK) << chain.text();
  ASSERT_EQ(chain.Connect(), POP3_IO_DONE) << chain.text();
  ASSERT_FALSE(host.notes().empty());
  EXPECT_EQ(host.notes().back(),
            "tls: a WEAK certificate was accepted: CN=mail is signed with SHA-1");
}

// Without the words for it a weak certificate must not look like a strong one.
TEST(TlsVerifyWeak, IsNoStrongerWithoutMemory) {
  const Identity root(Issuer("Test CA"));
  const Identity identity(Server("P-256", "sha1"), &root);
  TlsServerSpec spec;
  spec.identity = &identity;
  const TlsServer server(spec);
  const Options options = Trusting(root.Pem());
  for (const bool persistently : {false, true}) {
    for (int nth = 0;; nth++) {
      SCOPED_TRACE(nth);
      ASSERT_LT(nth, 200);
      TestHost host;
      EchoPeer echo;
      TlsPeer peer(&echo, &server);
      TlsChain chain(&host, &peer);
      ASSERT_EQ(chain.Create(options), POP3_OK) << chain.text();
      host.FailAllocation(nth, persistently);
      EXPECT_EQ(chain.Connect(), POP3_IO_FAIL);
      EXPECT_EQ(chain.error().status, host.has_failed() ? POP3_ERR_MEMORY : POP3_ERR_CERTIFICATE)
          << chain.text();
      if (!host.has_failed()) break;
    }
  }
}

TEST(TlsVerifyWeak, APinIsNoSubstitute) {
  const Identity root(Issuer("Test CA"));
  const Identity server(Server("RSA-1024"), &root);
  Options options = Trusting(root.Pem());
  options.Text("tls.pin_sha256", server.Pin());
  EXPECT_EQ(MeetOne(server, options).status, POP3_ERR_CERTIFICATE);
}

// Where a pin alone says who it is, the pinned key is the anchor: no signature counts.
TEST(TlsVerifyWeak, APinAloneIsTheAnchor) {
  Options options;
  const Identity sha1(Server("P-256", "sha1"));
  options.Number("tls.insecure_do_not_verify", 1).Text("tls.pin_sha256", sha1.Pin());
  Meeting met = MeetOne(sha1, options);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_EQ(met.weakness, "?");
  EXPECT_EQ(met.verified, "not verified (tls.insecure_do_not_verify); its key is pinned");
  Options other;
  const Identity small(Server("RSA-1024"));
  other.Number("tls.insecure_do_not_verify", 1).Text("tls.pin_sha256", small.Pin());
  met = MeetOne(small, other);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_EQ(met.weakness, "the pinned certificate has an RSA key of 1024 bits");
  EXPECT_EQ(
      met.verified,
      "not verified (tls.insecure_do_not_verify); its key is pinned; although it is weak: the "
      "pinned certificate has an RSA key of 1024 bits");
}

struct LastWord {
  int answer = 1;
  pop3_status verdict = POP3_OK;
  static int Decide(void *arg, const pop3_tls_peer *peer, char *, size_t) {
    auto *self = static_cast<LastWord *>(arg);
    self->verdict = peer->verdict;
    return self->answer;
  }
  pop3_tls_verify verify{sizeof(pop3_tls_verify), 0, Decide, this};
};

TEST(TlsVerifyWeak, TheProgramHasTheLastWord) {
  const Identity root(Issuer("Test CA"));
  const Identity server(Server("P-256", "sha1"), &root);
  LastWord last_word;
  Options options = Trusting(root.Pem());
  options.Object("tls.verify", &last_word.verify);
  Meeting met = MeetOne(server, options);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_EQ(last_word.verdict, POP3_ERR_CERTIFICATE);
  EXPECT_EQ(met.weakness, "CN=mail is signed with SHA-1");
  last_word.answer = 0;
  met = MeetOne(server, options);
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
}

// What is wrong otherwise is told first: it is not mended by allowing weak ones.
TEST(TlsVerifyWeak, AnotherFaultComesFirst) {
  const Identity root(Issuer("Test CA"));
  CertificateSpec spec = Server("P-256", "sha1");
  spec.dns = {"other.example.org"};
  const Identity server(spec, &root);
  const Meeting met = MeetOne(server, Trusting(root.Pem()));
  EXPECT_EQ(met.text,
            "the server's certificate is not for \"mail.example.org\", but for other.example.org");
  EXPECT_EQ(MeetOne(server, Trusting(root.Pem(), true)).status, POP3_ERR_CERTIFICATE);
}

// Without options about roots those of the machine count, and what is in their folder besides roots
// is no anchor.
TEST(TlsVerifyWeak, AnIntermediateOneAmongTheMachinesRoots) {
  const Identity root(Issuer("Test CA"));
  const Identity middle(Issuer("Middle", "RSA-1024"), &root);
  const Identity server(Server(), &middle);
  const TempFile roots(root.Pem() + middle.Pem());
  const Variable no_dir("SSL_CERT_DIR", nullptr);
  Meeting met;
  {
    const Variable file("SSL_CERT_FILE", roots.path());
    met = MeetOne(server, Options());
  }
  // Nor does it do without its root.
  const TempFile alone(middle.Pem());
  const Variable file("SSL_CERT_FILE", alone.path());
  const Meeting without = MeetOne(server, Options());
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
  EXPECT_EQ(met.text, std::string("the server's certificate is too weak: CN=Middle has an RSA key "
                                  "of 1024 bits") +
                          kAccepts);
  EXPECT_EQ(without.status, POP3_ERR_CERTIFICATE);
  EXPECT_EQ(without.text,
            "the server's certificate is not trusted: CN=Middle was issued by CN=Test CA, which is "
            "not known here and not sent by the server");
}

}  // namespace
}  // namespace tls_verify_weak_test
}  // namespace pop3_testing
