#include "transports/tls_sessions.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "tests/transports/tls_drive.h"

namespace pop3_testing {
namespace tls_sessions_test {
namespace {

// Cache is a caller's cache. It hands each session out once.
struct Cache {
  std::map<std::string, std::string> entries;
  int gets = 0;
  int puts = 0;
  bool keeps = false;  // does not forget
  std::string always;  // hands out this
  std::string last;    // what was put last
  size_t lie = 0;      // says that it has so many octets

  static size_t Get(void *arg, const char *key, uint8_t *buf, size_t buf_cap) {
    auto *self = static_cast<Cache *>(arg);
    self->gets++;
    if (self->lie != 0) return self->lie;
    auto it = self->entries.find(key);
    std::string entry = self->always;
    if (entry.empty() && it != self->entries.end()) entry = it->second;
    if (entry.size() > buf_cap) return entry.size();
    std::memcpy(buf, entry.data(), entry.size());
    if (!self->keeps && it != self->entries.end()) self->entries.erase(it);
    return entry.size();
  }
  static void Put(void *arg, const char *key, const uint8_t *data, size_t data_len) {
    auto *self = static_cast<Cache *>(arg);
    self->puts++;
    self->last = std::string(reinterpret_cast<const char *>(data), data_len);
    self->entries[key] = std::string(reinterpret_cast<const char *>(data), data_len);
  }
  pop3_tls_session_cache table{sizeof(pop3_tls_session_cache), 0, Get, Put, this};
};

// Judge accepts everybody.
struct Judge {
  static int Accept(void *, const pop3_tls_peer *, char *, size_t) { return 1; }
  static int AcceptToo(void *, const pop3_tls_peer *peer, char *, size_t) {
    return peer->size > 0 ? 1 : 0;
  }
  pop3_tls_verify verify{sizeof(pop3_tls_verify), 0, Accept, this};
};

class TlsSessions : public ::testing::TestWithParam<int> {
 protected:
  TlsSessions() {
    options_.Text("tls.ca_pem", TheWorld().root_pem).Object("tls.session_cache", &cache_.table);
  }
  TlsServerSpec Spec() const {
    TlsServerSpec spec;
    spec.identity = &TheWorld().mail;
    spec.max_version = static_cast<uint16_t>(GetParam());
    return spec;
  }

  Cache cache_;
  Options options_;
};

TEST_P(TlsSessions, AreResumed) {
  const TlsServer server(Spec());
  Meeting met = Meet(server, options_);
  ASSERT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_FALSE(met.resumed);
  ASSERT_EQ(cache_.entries.size(), 1U);
  const std::string key = cache_.entries.begin()->first;
  EXPECT_EQ(key.find("mail.example.org:995 "), 0U) << key;
  for (int i = 0; i < 3; i++) {
    met = Meet(server, options_);
    ASSERT_EQ(met.status, POP3_OK) << met.text;
    EXPECT_TRUE(met.resumed) << i;
    EXPECT_EQ(met.verified, "verified: issued by CN=Test Root for mail.example.org");
  }
}

TEST_P(TlsSessions, AreVerifiedAnew) {
  const TlsServer server(Spec());
  ASSERT_EQ(Meet(server, options_).status, POP3_OK);
  // The same key, so that the session is found, but the roots are others by now.
  const TempFile roots(TheWorld().root_pem);
  Options by_file;
  by_file.Text("tls.ca_file", roots.path()).Object("tls.session_cache", &cache_.table);
  ASSERT_EQ(Meet(server, by_file).status, POP3_OK);
  CertificateSpec spec;
  spec.is_ca = true;
  const Identity other(spec);
  FILE *file = fopen(roots.path(), "w");
  ASSERT_NE(file, nullptr);
  fputs(other.Pem().c_str(), file);
  fclose(file);
  const Meeting met = Meet(server, by_file);
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
}

// Policy is how a server is verified, and under which name and port.
struct Policy {
  explicit Policy(const char *called) : what(called) {}
  Policy &With(const char *name, const std::string &text) {
    options.Text(name, text);
    return *this;
  }

  const char *what;
  Options options;
  const char *host = "mail.example.org";
  uint32_t port = 995;
};

TEST_P(TlsSessions, AreOfOneServerAndOnePolicyOnly) {
  CertificateSpec spec;
  spec.dns = {"mail.example.org", "other.example.org"};
  const Identity both = TheWorld().Issue(spec);
  TlsServerSpec server_spec = Spec();
  server_spec.identity = &both;
  const TlsServer server(server_spec);
  const std::string root = TheWorld().root_pem;
  const TempFile file(root);
  const TempFile same(root);
  const HashedDir dir(&TheWorld().root);
  const Identity alice = TheWorld().Issue(CertificateSpec());
  const TempFile client(alice.Pem() + alice.KeyPem());
  Judge judges[2];
  const pop3_tls_verify other_callback = {sizeof(other_callback), 0, Judge::AcceptToo, &judges[0]};
  // For each member of the digest there are two that differ in that one only.
  std::vector<Policy> policies;
  const auto add = [&](const char *what) -> Policy & { return policies.emplace_back(what); };
  add("ca_file").With("tls.ca_file", file.path());
  add("another ca_file").With("tls.ca_file", same.path());
  add("ca_file and ca_dir").With("tls.ca_file", file.path()).With("tls.ca_dir", dir.path());
  add("ca_pem").With("tls.ca_pem", root);
  add("another ca_pem").With("tls.ca_pem", root + "\n");
  add("another name").With("tls.ca_pem", root).host = "other.example.org";
  add("another port").With("tls.ca_pem", root).port = 996;
  add("min_version").With("tls.ca_pem", root).With("tls.min_version", "1.0");
  add("max_version")
      .With("tls.ca_pem", root)
      .With("tls.max_version", GetParam() == TLS1_2_VERSION ? "1.2" : "1.3");
  add("no alpn").With("tls.ca_pem", root).With("tls.alpn", "");
  add("pin").With("tls.ca_pem", root).With("tls.pin_sha256", both.Pin());
  add("two pins")
      .With("tls.ca_pem", root)
      .With("tls.pin_sha256", both.Pin() + ";" + TheWorld().root.Pin());
  add("not verified").With("tls.ca_pem", root).options.Number("tls.insecure_do_not_verify", 1);
  add("of any name").With("tls.ca_pem", root).options.Number("tls.check_name", 0);
  add("weak ones").With("tls.ca_pem", root).options.Number("tls.allow_weak_certificates", 1);
  add("callback").With("tls.ca_pem", root).options.Object("tls.verify", &judges[0].verify);
  add("its argument").With("tls.ca_pem", root).options.Object("tls.verify", &judges[1].verify);
  add("another callback").With("tls.ca_pem", root).options.Object("tls.verify", &other_callback);
  add("certificate").With("tls.ca_pem", root).With("tls.cert_file", client.path());
  // The entry of one is handed out to the other, whatever the key.
  for (Policy &one : policies) one.options.Object("tls.session_cache", &cache_.table);
  for (const Policy &mine : policies) {
    cache_.always = "none";
    Meeting met = Meet(server, mine.options, mine.host, TlsFaults(), mine.port);
    ASSERT_EQ(met.status, POP3_OK) << mine.what << ": " << met.text;
    const std::string entry = cache_.last;
    cache_.always = entry;
    met = Meet(server, mine.options, mine.host, TlsFaults(), mine.port);
    EXPECT_TRUE(met.resumed) << mine.what;
    for (const Policy &other : policies) {
      if (&other == &mine) continue;
      met = Meet(server, other.options, other.host, TlsFaults(), other.port);
      EXPECT_EQ(met.status, POP3_OK) << other.what << ": " << met.text;
      EXPECT_FALSE(met.resumed) << "under " << other.what << ", made under " << mine.what;
    }
  }
  // Only the final dot makes no difference.
  cache_.always = "none";
  ASSERT_EQ(Meet(server, options_).status, POP3_OK);
  cache_.always = cache_.last;
  EXPECT_TRUE(Meet(server, options_, "mail.example.org.").resumed);
}

// A session that was made while weak certificates were allowed is no way around the rule.
TEST_P(TlsSessions, ObeyTheRuleAboutWeakCertificates) {
  CertificateSpec spec;
  spec.dns = {"mail.example.org"};
  spec.key = "RSA-1024";
  const Identity weak = TheWorld().Issue(spec);
  TlsServerSpec server_spec = Spec();
  server_spec.identity = &weak;
  const TlsServer server(server_spec);
  Options allowing;
  allowing.Text("tls.ca_pem", TheWorld().root_pem)
      .Object("tls.session_cache", &cache_.table)
      .Number("tls.allow_weak_certificates", 1);
  ASSERT_EQ(Meet(server, allowing).status, POP3_OK);
  cache_.always = cache_.last;
  Meeting met = Meet(server, allowing);
  EXPECT_TRUE(met.resumed);
  EXPECT_EQ(met.weakness, "CN=test has an RSA key of 1024 bits");
  met = Meet(server, options_);
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
  EXPECT_FALSE(met.resumed);
}

TEST_P(TlsSessions, AreNotTakenFromStrangers) {
  const TlsServer server(Spec());
  ASSERT_EQ(Meet(server, options_).status, POP3_OK);
  const std::string entry = cache_.entries.begin()->second;
  std::string other_format = entry;
  other_format[7] = '2';
  for (const std::string &bad :
       {other_format, std::string("x"), std::string(100, 'y'), entry.substr(0, 41),
        entry.substr(0, entry.size() - 1), entry.substr(0, 60), entry + "z"}) {
    cache_.always = bad;
    const Meeting met = Meet(server, options_);
    EXPECT_EQ(met.status, POP3_OK) << met.text;
    EXPECT_FALSE(met.resumed);
  }
  cache_.always.clear();
  for (size_t lie : {size_t{9000}, size_t{1} << 30, SIZE_MAX}) {
    cache_.lie = lie;
    const Meeting met = Meet(server, options_);
    EXPECT_EQ(met.status, POP3_OK) << met.text;
    EXPECT_FALSE(met.resumed);
  }
}

TEST_P(TlsSessions, MayBeForgottenByTheServer) {
  const TlsServer server(Spec());
  ASSERT_EQ(Meet(server, options_).status, POP3_OK);
  const TlsServer restarted(Spec());
  const Meeting met = Meet(restarted, options_);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_FALSE(met.resumed);
}

TEST_P(TlsSessions, MayBeLong) {
  // Many certificates make an entry that does not fit at the first try.
  TlsServerSpec spec = Spec();
  CertificateSpec big;
  big.common_name = "big";
  for (int i = 0; i < 300; i++) {
    big.dns.push_back("host-" + std::to_string(i) + ".a-rather-long-name.example.org");
  }
  const Identity filler = TheWorld().Issue(big);
  spec.chain = {&filler};
  const TlsServer server(spec);
  ASSERT_EQ(Meet(server, options_).status, POP3_OK);
  ASSERT_EQ(cache_.entries.size(), 1U);
  ASSERT_GT(cache_.entries.begin()->second.size(), 8192U);
  const int before = cache_.gets;
  const Meeting met = Meet(server, options_);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_TRUE(met.resumed);
  EXPECT_EQ(cache_.gets, before + 2);
}

TEST_P(TlsSessions, RememberTheClientCertificate) {
  CertificateSpec spec;
  spec.common_name = "alice";
  const Identity alice = TheWorld().Issue(spec);
  const TempFile file(alice.Pem() + alice.KeyPem());
  TlsServerSpec server_spec = Spec();
  server_spec.asks_certificate = true;
  server_spec.client_ca = &TheWorld().root;
  const TlsServer server(server_spec);
  Options with;
  with.Text("tls.ca_pem", TheWorld().root_pem)
      .Object("tls.session_cache", &cache_.table)
      .Text("tls.cert_file", file.path());
  Meeting met = Meet(server, with);
  ASSERT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_EQ(met.client_certificate, 1);
  met = Meet(server, with);
  EXPECT_TRUE(met.resumed);
  EXPECT_EQ(met.client_certificate, 1);
  // Without the certificate it is another policy.
  met = Meet(server, options_);
  EXPECT_EQ(met.status, POP3_OK) << met.text;
  EXPECT_FALSE(met.resumed);
  EXPECT_EQ(met.client_certificate, 0);
}

TEST_P(TlsSessions, AreNotKeptOfARefusedServer) {
  CertificateSpec spec;
  spec.dns = {"mail.example.org"};
  const Identity self_signed(spec);
  TlsServerSpec server_spec = Spec();
  server_spec.identity = &self_signed;
  const TlsServer server(server_spec);
  EXPECT_EQ(Meet(server, options_).status, POP3_ERR_CERTIFICATE);
  EXPECT_EQ(cache_.puts, 0);
}

// Whoever has a session can read what it resumes.
TEST(TlsSessionEntries, AreForgottenWhenTheyWereOffered) {
  TlsServerSpec spec;
  spec.identity = &TheWorld().mail;
  const TlsServer server(spec);
  Cache cache;
  Options options;
  options.Text("tls.ca_pem", TheWorld().root_pem).Object("tls.session_cache", &cache.table);
  for (const bool is_known : {false, true}) {
    TestHost host;
    EchoPeer echo;
    TlsPeer peer(&echo, &server);
    TlsChain chain(&host, &peer);
    ASSERT_EQ(chain.Create(options), POP3_OK) << chain.text();
    if (is_known) {
      const std::string entry = cache.last;
      ASSERT_GT(entry.size(), 200U);
      EXPECT_EQ(host.notes().back(), "tls: offering a session of the cache");
      EXPECT_FALSE(host.Remembers(entry.substr(entry.size() / 2, 60)));
    }
    ASSERT_EQ(chain.Connect(), POP3_IO_DONE) << chain.text();
    std::string got;
    ASSERT_EQ(chain.Receive(11, &got), POP3_IO_DONE) << chain.text();
    EXPECT_EQ(peer.resumed(), is_known);
    ASSERT_FALSE(cache.last.empty());
    EXPECT_FALSE(host.Remembers(cache.last.substr(cache.last.size() / 2, 60)));
  }
}

// A server may send any number of tickets.
TEST(TlsSessionEntries, AreNotPutWithoutEnd) {
  const TlsServerSpec spec = [] {
    TlsServerSpec one;
    one.identity = &TheWorld().mail;
    return one;
  }();
  Cache cache;
  Options options;
  options.Text("tls.ca_pem", TheWorld().root_pem).Object("tls.session_cache", &cache.table);
  ASSERT_EQ(Meet(TlsServer(spec), options).status, POP3_OK);
  constexpr size_t kHeader = 41;
  ASSERT_GT(cache.last.size(), kHeader);
  bssl::UniquePtr<SSL_CTX> context(SSL_CTX_new(TLS_method()));
  bssl::UniquePtr<SSL_SESSION> session(
      SSL_SESSION_from_bytes(reinterpret_cast<const uint8_t *>(cache.last.data()) + kHeader,
                             cache.last.size() - kHeader, context.get()));
  ASSERT_TRUE(session);
  TestHost host;
  pop3_error error = POP3_ERROR_INIT;
  p3_tls_options read = {};
  read.cache = cache.table;
  p3_tls_sessions sessions;
  ASSERT_EQ(p3_tls_sessions_init(&sessions, host.get(), &read, context.get(), &error), POP3_OK);
  cache.puts = 0;
  for (int i = 0; i < 100; i++) p3_tls_sessions_keep(&sessions, session.get(), 0);
  EXPECT_EQ(cache.puts, 8);
  p3_tls_sessions_put_back(&sessions, session.get(), 0);
  EXPECT_EQ(cache.puts, 8);
  p3_tls_sessions_cleanup(&sessions);
}

INSTANTIATE_TEST_SUITE_P(Versions, TlsSessions, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

}  // namespace
}  // namespace tls_sessions_test
}  // namespace pop3_testing
