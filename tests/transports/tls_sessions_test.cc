#include "transports/tls_sessions.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/transports/tls_drive.h"

namespace pop3_testing {
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

TEST_P(TlsSessions, AreOfOneServerAndOnePolicyOnly) {
  const TlsServer server(Spec());
  ASSERT_EQ(Meet(server, options_).status, POP3_OK);
  cache_.always = cache_.entries.begin()->second;  // for whatever key
  EXPECT_TRUE(Meet(server, options_).resumed);
  // A file, a folder and a text with the same root, and another file of the same contents.
  const TempFile file(TheWorld().root_pem);
  const TempFile same(TheWorld().root_pem);
  const HashedDir dir(&TheWorld().root);
  Judge judges[2];
  const auto policy = [&](const std::function<void(Options *)> &change) {
    Options options;
    options.Object("tls.session_cache", &cache_.table);
    change(&options);
    return options;
  };
  // Each takes what the one before has put, and none resumes it.
  const std::vector<std::pair<const char *, std::function<void(Options *)>>> policies = {
      {"ca_file", [&](Options *o) { o->Text("tls.ca_file", file.path()); }},
      {"another ca_file", [&](Options *o) { o->Text("tls.ca_file", same.path()); }},
      {"ca_dir", [&](Options *o) { o->Text("tls.ca_dir", dir.path()); }},
      {"file and folder",
       [&](Options *o) { o->Text("tls.ca_dir", dir.path()).Text("tls.ca_file", file.path()); }},
      {"ca_pem", [&](Options *o) { o->Text("tls.ca_pem", TheWorld().root_pem); }},
      {"another ca_pem", [&](Options *o) { o->Text("tls.ca_pem", TheWorld().root_pem + "\n"); }},
      {"min_version",
       [&](Options *o) {
         o->Text("tls.ca_pem", TheWorld().root_pem).Text("tls.min_version", "1.0");
       }},
      {"max_version",
       [&](Options *o) {
         o->Text("tls.ca_pem", TheWorld().root_pem)
             .Text("tls.max_version", GetParam() == TLS1_2_VERSION ? "1.2" : "1.3");
       }},
      {"alpn",
       [&](Options *o) { o->Text("tls.ca_pem", TheWorld().root_pem).Text("tls.alpn", ""); }},
      {"pin",
       [&](Options *o) {
         o->Text("tls.ca_pem", TheWorld().root_pem).Text("tls.pin_sha256", TheWorld().mail.Pin());
       }},
      {"two pins",
       [&](Options *o) {
         o->Text("tls.ca_pem", TheWorld().root_pem)
             .Text("tls.pin_sha256", TheWorld().mail.Pin() + ";" + TheWorld().root.Pin());
       }},
      {"not verified", [&](Options *o) { o->Number("tls.insecure_do_not_verify", 1); }},
      {"weak ones",
       [&](Options *o) {
         o->Text("tls.ca_pem", TheWorld().root_pem).Number("tls.allow_weak_certificates", 1);
       }},
      {"a callback",
       [&](Options *o) {
         o->Text("tls.ca_pem", TheWorld().root_pem).Object("tls.verify", &judges[0].verify);
       }},
      {"its argument",
       [&](Options *o) {
         o->Text("tls.ca_pem", TheWorld().root_pem).Object("tls.verify", &judges[1].verify);
       }},
  };
  for (const auto &[what, change] : policies) {
    const Options options = policy(change);
    Meeting met = Meet(server, options);
    EXPECT_EQ(met.status, POP3_OK) << what << ": " << met.text;
    EXPECT_FALSE(met.resumed) << what;
    cache_.always = cache_.last;
    met = Meet(server, options);
    EXPECT_TRUE(met.resumed) << what << ": the same policy resumes";
    cache_.always = cache_.last;
  }
  // Only the final dot makes no difference.
  ASSERT_EQ(Meet(server, options_).status, POP3_OK);
  cache_.always = cache_.last;
  Options dot = policy([](Options *o) {
    o->Text("tls.ca_pem", TheWorld().root_pem).Text("tls.server_name", "mail.example.org.");
  });
  EXPECT_TRUE(Meet(server, dot).resumed);
  EXPECT_FALSE(Meet(server, options_, "mail.example.org", TlsFaults(), 996).resumed) << "the port";
  Options other = policy([](Options *o) {
    o->Text("tls.ca_pem", TheWorld().root_pem).Text("tls.server_name", "other.example.org");
  });
  const Meeting met = Meet(server, other);
  EXPECT_EQ(met.status, POP3_ERR_CERTIFICATE);
  EXPECT_FALSE(met.resumed);
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
  for (const std::string &bad :
       {std::string("x"), std::string(100, 'y'), entry.substr(0, 41),
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

INSTANTIATE_TEST_SUITE_P(Versions, TlsSessions, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

}  // namespace
}  // namespace pop3_testing
