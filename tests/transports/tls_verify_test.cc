#include "transports/tls_verify.h"

#include <gtest/gtest.h>
#include <openssl/base64.h>

#include <cstring>
#include <string>

#include "tests/transports/tls_drive.h"

namespace pop3_testing {
namespace tls_verify_test {
namespace {

bool Has(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

// Meets a server with |identity| that the test's root issued.
Meeting MeetOne(const Identity &identity, const char *name = "mail.example.org",
                Options *options = nullptr, const std::vector<const Identity *> &chain = {}) {
  Options own;
  if (options == nullptr) options = &own.Text("tls.ca_pem", TheWorld().root_pem);
  TlsServerSpec spec;
  spec.identity = &identity;
  spec.chain = chain;
  const TlsServer server(spec);
  return Meet(server, *options, name);
}

Identity For(const std::vector<std::string> &dns, const std::vector<std::string> &ips = {}) {
  CertificateSpec spec;
  spec.common_name = "mail.example.org";
  spec.dns = dns;
  spec.ips = ips;
  return TheWorld().Issue(spec);
}

TEST(TlsVerify, AcceptsWhatIsRight) {
  const Meeting met = MeetOne(TheWorld().mail);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_EQ(met.verified, "verified: issued by CN=Test Root for mail.example.org");
  EXPECT_EQ(met.proven, 1);
  EXPECT_EQ(met.name_verified, 1);
  EXPECT_EQ(met.server_name, "mail.example.org");
}

TEST(TlsVerify, SaysForWhichNamesItIs) {
  const Meeting met = MeetOne(For({"pop.example.org", "*.example.net"}, {"192.0.2.7"}));
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
  EXPECT_EQ(met.text,
            "the server's certificate is not for \"mail.example.org\", but for pop.example.org, "
            "*.example.net, 192.0.2.7");
  EXPECT_EQ(met.server_error, "SSLV3_ALERT_BAD_CERTIFICATE");
}

TEST(TlsVerify, LooksAtNoCommonName) {
  const Meeting met = MeetOne(For({}));
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
  EXPECT_TRUE(Has(met.text, "but for no name at all")) << met.text;
}

TEST(TlsVerify, MatchesNamesAsRfc6125Wants) {
  const struct {
    const char *in_certificate;
    const char *name;
    bool matches;
  } cases[] = {
      {"mail.example.org", "MAIL.Example.Org", true},
      {"Mail.Example.Org", "mail.example.org", true},
      {"mail.example.org", "mail.example.org.", true},
      {"*.example.org", "mail.example.org", true},
      {"*.example.org", "example.org", false},
      {"*.example.org", "a.mail.example.org", false},
      {"*.*.org", "mail.example.org", false},
      {"m*.example.org", "mail.example.org", false},
      {"*l.example.org", "mail.example.org", false},
      {"m*l.example.org", "mail.example.org", false},
      {"mail.*.org", "mail.example.org", false},
      {"*", "mail.example.org", false},
      {"*.org", "example.org", false},
      {"", "mail.example.org", false},
      {"mail.example.org.evil.net", "mail.example.org", false},
      {".example.org", "mail.example.org", false},
      {"192.0.2.7", "192.0.2.7", false},
  };
  for (const auto &one : cases) {
    SCOPED_TRACE(std::string(one.in_certificate) + " for " + one.name);
    const Meeting met = MeetOne(For({one.in_certificate}), one.name);
    EXPECT_EQ(met.status, one.matches ? POP3_OK : POP3_ERR_CERTIFICATE) << met.text;
  }
}

TEST(TlsVerify, IsNotTrickedByAnOctetOfZero) {
  using std::string_literals::operator""s;
  for (const std::string &name :
       {"mail.example.org\0.evil.net"s, "mail.example.org\0"s, "\0mail.example.org"s}) {
    const Meeting met = MeetOne(For({name}));
    EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
    // BoringSSL may not even read such a certificate.
    EXPECT_TRUE(!Has(met.text, "but for") || Has(met.text, "\\x00")) << met.text;
  }
}

TEST(TlsVerify, ShowsNothingThatATerminalObeys) {
  const Meeting met = MeetOne(For({"a\x1b[31m\nb\xff.example.net"}));
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
  EXPECT_TRUE(Has(met.text, "a\\x1B[31m\\x0Ab\\xFF.example.net")) << met.text;
}

TEST(TlsVerify, FindsAddressesAmongTheAddresses) {
  const Identity server = For({"mail.example.org"}, {"192.0.2.7", "2001:db8::7"});
  const char *const good[] = {"192.0.2.7", "2001:db8::7", "[2001:db8::7]", "2001:DB8:0::0007",
                              "2001:db8::7%eth0"};
  for (const char *name : good) {
    const Meeting met = MeetOne(server, name);
    EXPECT_EQ(met.status, POP3_OK) << name << ": " << met.text;
    EXPECT_EQ(met.server_name, "") << "an address is no SNI";
  }
  for (const char *name : {"192.0.2.8", "2001:db8::8", "::ffff:192.0.2.7"}) {
    const Meeting met = MeetOne(server, name);
    EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE) << name;
    EXPECT_TRUE(Has(met.text, "192.0.2.7, 2001:db8::7")) << met.text;
  }
}

TEST(TlsVerify, TellsAnAddressFromADnsNameThatLooksLikeOne) {
  const struct {
    const char *dns;
    const char *name;
  } cases[] = {{"192.0.2.7", "192.0.2.7"}, {"2001:db8::7", "[2001:db8::7]"}};
  for (const auto &one : cases) {
    const Meeting met = MeetOne(For({one.dns}), one.name);
    EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
    EXPECT_EQ(met.text, "the server's certificate is not for the IP address \"" +
                            std::string(one.dns) + "\", but for the DNS name " + one.dns);
  }
}

TEST(TlsVerify, SaysWhenItExpired) {
  CertificateSpec spec;
  spec.dns = {"mail.example.org"};
  spec.not_before = -86400 * 2;
  spec.not_after = -3600;
  const Meeting met = MeetOne(TheWorld().Issue(spec));
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
  EXPECT_TRUE(Has(met.text, "the server's certificate expired on 2")) << met.text;
  EXPECT_TRUE(Has(met.text, " UTC")) << met.text;
  EXPECT_EQ(met.error.lib_code, X509_V_ERR_CERT_HAS_EXPIRED);
  EXPECT_EQ(met.server_error, "SSLV3_ALERT_CERTIFICATE_EXPIRED");
}

TEST(TlsVerify, SaysFromWhenItIsValid) {
  CertificateSpec spec;
  spec.dns = {"mail.example.org"};
  spec.not_before = 3600;
  const Meeting met = MeetOne(TheWorld().Issue(spec));
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
  EXPECT_TRUE(Has(met.text, "is not valid before 2")) << met.text;
  EXPECT_EQ(met.server_error, "SSLV3_ALERT_CERTIFICATE_EXPIRED");
}

TEST(TlsVerify, SaysWhoIsNotTrusted) {
  CertificateSpec ca;
  ca.common_name = "Other Root";
  ca.is_ca = true;
  const Identity other(ca);
  CertificateSpec spec;
  spec.dns = {"mail.example.org"};
  const Identity issued(spec, &other);
  Meeting met = MeetOne(issued);
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
  EXPECT_EQ(met.text,
            "the server's certificate was issued by CN=Other Root, which is not known here and not "
            "sent by the server");
  EXPECT_EQ(met.server_error, "TLSV1_ALERT_UNKNOWN_CA");
  met = MeetOne(issued, "mail.example.org", nullptr, {&other});
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
  EXPECT_EQ(met.text,
            "the server's certificate is not trusted: CN=Other Root is a root that is not among "
            "the trusted ones (tls.ca_file)");
}

TEST(TlsVerify, TakesSelfSignedOnesOnlyIfTheyAreNamed) {
  CertificateSpec spec;
  spec.dns = {"mail.example.org"};
  const Identity self_signed(spec);
  Meeting met = MeetOne(self_signed);
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
  EXPECT_TRUE(Has(met.text, "is self-signed")) << met.text;
  Options options;
  options.Text("tls.ca_pem", self_signed.Pem());
  met = MeetOne(self_signed, "mail.example.org", &options);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  met = MeetOne(self_signed, "pop.example.org", &options);
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE) << "the name counts all the same";
}

TEST(TlsVerify, FollowsIntermediateOnes) {
  CertificateSpec middle_spec;
  middle_spec.common_name = "Middle";
  middle_spec.is_ca = true;
  const Identity middle = TheWorld().Issue(middle_spec);
  CertificateSpec spec;
  spec.dns = {"mail.example.org"};
  const Identity leaf(spec, &middle);
  EXPECT_EQ(MeetOne(leaf, "mail.example.org", nullptr, {&middle}).status, POP3_OK);
  const Meeting met = MeetOne(leaf);
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
  EXPECT_TRUE(Has(met.text, "CN=Middle, which is not known here")) << met.text;
  // What the caller names need not be a root.
  Options options;
  options.Text("tls.ca_pem", middle.Pem());
  EXPECT_EQ(MeetOne(leaf, "mail.example.org", &options).status, POP3_OK);
}

TEST(TlsVerify, SaysWhoMayNotIssue) {
  CertificateSpec spec;
  spec.dns = {"mail.example.org"};
  const Identity fraud(spec, &TheWorld().mail);
  const Meeting met = MeetOne(fraud, "mail.example.org", nullptr, {&TheWorld().mail});
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
  EXPECT_EQ(met.text,
            "the server's certificate is not trusted: CN=mail must not issue certificates, but "
            "issued one");
}

TEST(TlsVerify, WantsACertificateForServers) {
  CertificateSpec spec;
  spec.dns = {"mail.example.org"};
  spec.purpose = "clientAuth";
  Meeting met = MeetOne(TheWorld().Issue(spec));
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
  EXPECT_EQ(met.text, "the server's certificate is not meant for servers");
  spec.purpose = "serverAuth";
  met = MeetOne(TheWorld().Issue(spec));
  EXPECT_EQ(met.status, POP3_OK) << met.text;
}

TEST(TlsVerify, WantsOneOfThePins) {
  Options options;
  options.Text("tls.ca_pem", TheWorld().root_pem)
      .Text("tls.pin_sha256", TheWorld().root.Pin() + ";sha256//" + TheWorld().mail.Pin());
  Meeting met = MeetOne(TheWorld().mail, "mail.example.org", &options);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_TRUE(Has(met.verified, "; its key is pinned")) << met.verified;
  Options other;
  other.Text("tls.ca_pem", TheWorld().root_pem).Text("tls.pin_sha256", TheWorld().root.Pin());
  met = MeetOne(TheWorld().mail, "mail.example.org", &other);
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
  EXPECT_EQ(met.text, "the server's public key is not among tls.pin_sha256: it is sha256//" +
                          TheWorld().mail.Pin());
  // A pin is no substitute for the rest.
  met = MeetOne(TheWorld().mail, "pop.example.org", &options);
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
}

TEST(TlsVerify, ComparesPinsToTheLastOctet) {
  uint8_t pin[48];
  size_t len = 0;
  const std::string text = TheWorld().mail.Pin();
  ASSERT_EQ(EVP_DecodeBase64(pin, &len, sizeof(pin), reinterpret_cast<const uint8_t *>(text.data()),
                             text.size()),
            1);
  ASSERT_EQ(len, 32U);
  for (size_t at = 0; at < len; at++) {
    pin[at] ^= 1;
    char other[64];
    EVP_EncodeBlock(reinterpret_cast<uint8_t *>(other), pin, len);
    pin[at] ^= 1;
    Options options;
    options.Text("tls.ca_pem", TheWorld().root_pem).Text("tls.pin_sha256", other);
    EXPECT_EQ(MeetOne(TheWorld().mail, "mail.example.org", &options).status, POP3_ERR_CERTIFICATE)
        << "octet " << at;
  }
}

TEST(TlsVerify, DoesNotVerifyIfToldSo) {
  CertificateSpec spec;
  spec.not_after = -3600;
  const Identity bad(spec);
  Options options;
  options.Number("tls.insecure_do_not_verify", 1);
  Meeting met = MeetOne(bad, "/a/path", &options);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_EQ(met.verified, "not verified (tls.insecure_do_not_verify)");
  EXPECT_EQ(met.proven, 0);
  EXPECT_EQ(met.name_verified, 0);
  options.Text("tls.pin_sha256", TheWorld().mail.Pin());
  met = MeetOne(bad, "mail.example.org", &options);
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE) << "a pin counts all the same";
  met = MeetOne(TheWorld().mail, "other.example.org", &options);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_EQ(met.proven, 1) << "a pin proves it";
}

// The chain counts as ever, the name does not: nor is it certain then who the server is.
TEST(TlsVerify, VerifiesTheChainWithoutTheNameIfToldSo) {
  Options options;
  options.Text("tls.ca_pem", TheWorld().root_pem).Number("tls.check_name", 0);
  for (const char *name : {"other.example.org", "192.0.2.7", "mail.example.org"}) {
    const Meeting met = MeetOne(TheWorld().mail, name, &options);
    EXPECT_EQ(met.status, POP3_OK) << met.text;
    EXPECT_EQ(met.verified,
              "verified: issued by CN=Test Root; its name was NOT checked (tls.check_name)");
    EXPECT_EQ(met.proven, 0);
    EXPECT_EQ(met.name_verified, 0);
    EXPECT_EQ(met.server_name, name[0] == '1' ? "" : name) << "it is sent all the same";
  }
  EXPECT_EQ(MeetOne(For({}), "/a/path", &options).status, POP3_OK);
  CertificateSpec spec;
  spec.dns = {"mail.example.org"};
  EXPECT_EQ(MeetOne(Identity(spec), "mail.example.org", &options).status, POP3_ERR_CERTIFICATE)
      << "of no root";
  spec.not_after = -3600;
  const Meeting expired = MeetOne(TheWorld().Issue(spec), "mail.example.org", &options);
  EXPECT_EQ(expired.status, POP3_ERR_CERTIFICATE);
  EXPECT_TRUE(Has(expired.text, "expired")) << expired.text;
  options.Text("tls.pin_sha256", TheWorld().mail.Pin());
  const Meeting met = MeetOne(TheWorld().mail, "other.example.org", &options);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_EQ(met.proven, 1) << "a pin proves it";
  EXPECT_EQ(met.name_verified, 0);
  EXPECT_EQ(MeetOne(For({"mail.example.org"}), "mail.example.org", &options).status,
            POP3_ERR_CERTIFICATE)
      << "another key";
}

struct Judge {
  int answer = 1;
  const char *why = nullptr;
  int calls = 0;
  pop3_status verdict = POP3_OK;
  std::string words;
  std::string name;
  std::string chain;

  static int Decide(void *arg, const pop3_tls_peer *peer, char *why, size_t why_cap) {
    auto *self = static_cast<Judge *>(arg);
    self->calls++;
    self->verdict = peer->verdict;
    self->words = peer->words;
    self->name = peer->name;
    self->chain.assign(peer->chain, peer->chain_len);
    EXPECT_EQ(std::strlen(peer->chain), peer->chain_len);
    if (self->why != nullptr) snprintf(why, why_cap, "%s", self->why);
    return self->answer;
  }
  pop3_tls_verify verify{sizeof(pop3_tls_verify), 0, Decide, this};
};

TEST(TlsVerify, LetsTheProgramAccept) {
  Judge judge;
  Options options;
  options.Text("tls.ca_pem", TheWorld().root_pem).Object("tls.verify", &judge.verify);
  const Meeting met = MeetOne(TheWorld().mail, "pop.example.org", &options);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_EQ(judge.calls, 1);
  EXPECT_EQ(judge.verdict, POP3_ERR_CERTIFICATE);
  EXPECT_EQ(judge.name, "pop.example.org");
  EXPECT_EQ(judge.words,
            "the server's certificate is not for \"pop.example.org\", but for mail.example.org");
  EXPECT_EQ(judge.chain, TheWorld().mail.Pem());
  EXPECT_EQ(met.verified, judge.words + "; accepted by the program (tls.verify)");
  EXPECT_EQ(met.proven, 0) << "that proves nothing";
  EXPECT_EQ(met.name_verified, 0);
  const Meeting good = MeetOne(TheWorld().mail, "mail.example.org", &options);
  EXPECT_EQ(good.status, POP3_OK) << good.text;
  EXPECT_EQ(good.proven, 1);
}

TEST(TlsVerify, TakesNothingButOneForYes) {
  Judge judge;
  Options options;
  options.Text("tls.ca_pem", TheWorld().root_pem).Object("tls.verify", &judge.verify);
  for (const int answer : {-1, 2, 256}) {
    judge.answer = answer;
    EXPECT_EQ(MeetOne(TheWorld().mail, "mail.example.org", &options).status, POP3_ERR_CERTIFICATE)
        << answer;
    EXPECT_EQ(MeetOne(TheWorld().mail, "pop.example.org", &options).status, POP3_ERR_CERTIFICATE)
        << answer;
  }
}

// Babbler refuses with as many words as there is room for, and no NUL behind them.
int Babbler(void *arg, const pop3_tls_peer *, char *why, size_t why_cap) {
  *static_cast<size_t *>(arg) = why_cap;
  std::memset(why, 'x', why_cap);
  return 0;
}

TEST(TlsVerify, ReadsNoReasonBeyondItsRoom) {
  size_t room = 0;
  const pop3_tls_verify verify = {sizeof(verify), 0, Babbler, &room};
  Options options;
  options.Text("tls.ca_pem", TheWorld().root_pem).Object("tls.verify", &verify);
  const Meeting met = MeetOne(TheWorld().mail, "mail.example.org", &options);
  ASSERT_GT(room, 1U);
  EXPECT_EQ(met.text, "the program refused the server's certificate (tls.verify): " +
                          std::string(room - 1, 'x'));
}

TEST(TlsVerify, LetsTheProgramRefuse) {
  Judge judge;
  judge.answer = 0;
  judge.why = "never seen\x1b before";
  Options options;
  options.Text("tls.ca_pem", TheWorld().root_pem).Object("tls.verify", &judge.verify);
  Meeting met = MeetOne(TheWorld().mail, "mail.example.org", &options);
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
  EXPECT_EQ(judge.verdict, POP3_OK);
  EXPECT_EQ(met.text,
            "the program refused the server's certificate (tls.verify): never seen\\x1B before");
  EXPECT_EQ(met.server_error, "SSLV3_ALERT_BAD_CERTIFICATE");
  met = MeetOne(TheWorld().mail, "pop.example.org", &options);
  EXPECT_EQ(met.text,
            "the server's certificate is not for \"pop.example.org\", but for mail.example.org; "
            "never seen\\x1B before");
  judge.why = nullptr;
  met = MeetOne(TheWorld().mail, "mail.example.org", &options);
  EXPECT_EQ(met.text, "the program refused the server's certificate (tls.verify)");
  met = MeetOne(TheWorld().mail, "pop.example.org", &options);
  EXPECT_TRUE(Has(met.text, "is not for \"pop.example.org\"")) << met.text;
}

TEST(TlsVerify, LetsTheProgramAcceptAnotherKeyThanThePinned) {
  Judge judge;
  Options options;
  options.Text("tls.ca_pem", TheWorld().root_pem)
      .Text("tls.pin_sha256", TheWorld().root.Pin())
      .Object("tls.verify", &judge.verify);
  const Meeting met = MeetOne(TheWorld().mail, "mail.example.org", &options);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_EQ(judge.verdict, POP3_ERR_CERTIFICATE);
  EXPECT_TRUE(Has(judge.words, "tls.pin_sha256")) << judge.words;
}

}  // namespace
}  // namespace tls_verify_test
}  // namespace pop3_testing
