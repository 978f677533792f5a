// "tls" while BoringSSL runs out of memory: each of its allocations fails in turn.
#include <gtest/gtest.h>
#include <pop3/plugins/tls.h>

#include <cstring>
#include <string>
#include <vector>

#include "tests/transports/boringssl_memory.h"
#include "tests/transports/tls_drive.h"

namespace pop3_testing {
namespace tls_memory_test {
namespace {

// OtherMemory is a peer that never runs out of it.
class OtherMemory : public Peer {
 public:
  explicit OtherMemory(Peer *peer) : peer_(peer) {}
  void Receive(const uint8_t *data, size_t len) override {
    const Exempt exempt;
    peer_->Receive(data, len);
  }
  PeerState Turn(int64_t now_ms, std::string *out) override {
    const Exempt exempt;
    return peer_->Turn(now_ms, out);
  }

 private:
  struct Exempt {
    Exempt() { BoringsslMemory::is_ours = false; }
    ~Exempt() { BoringsslMemory::is_ours = before; }
    const bool before = BoringsslMemory::is_ours;
  };

  Peer *peer_;
};

// Kept is a cache of one session.
struct Kept {
  static size_t Get(void *arg, const char *, uint8_t *buf, size_t buf_cap) {
    const auto *self = static_cast<Kept *>(arg);
    if (self->entry.size() <= buf_cap) std::memcpy(buf, self->entry.data(), self->entry.size());
    return self->entry.size();
  }
  static void Put(void *arg, const char *, const uint8_t *data, size_t data_len) {
    auto *self = static_cast<Kept *>(arg);
    self->entry.assign(reinterpret_cast<const char *>(data), data_len);
  }
  std::string entry;
  pop3_tls_session_cache table{sizeof(pop3_tls_session_cache), 0, Get, Put, this};
};

class TlsMemory : public ::testing::Test {
 protected:
  TlsMemory() { spec_.identity = &TheWorld().mail; }
  ~TlsMemory() override { BoringsslMemory::Reset(); }

  // Runs a session of which the allocation |fail_at| fails. Returns how many it has taken.
  int64_t Run(const TlsServer &server, const Options &options, int64_t fail_at,
              const char *name = "mail.example.org") {
    TestHost host;
    EchoPeer echo;
    TlsPeer peer(&echo, &server);
    OtherMemory other(&peer);
    TlsChain chain(&host, &other);
    std::string got;
    BoringsslMemory::count = 0;
    BoringsslMemory::fail_at = fail_at;
    BoringsslMemory::is_ours = true;
    const bool ok = chain.Create(options, name) == POP3_OK && chain.Connect() == POP3_IO_DONE &&
                    chain.Send("NOOP\r\n") == POP3_IO_DONE &&
                    chain.Receive(kSaid.size(), &got) == POP3_IO_DONE;
    std::vector<std::string> answers;
    if (ok) answers = Ask(&chain);
    const bool ended = ok && chain.Shutdown() == POP3_IO_DONE;
    BoringsslMemory::is_ours = false;
    if (ok) {
      EXPECT_EQ(got, kSaid);
    }
    was_trusted_ = ok;
    if (fail_at < 0) {
      EXPECT_EQ(ended, is_good_) << chain.text();
      if (ok) {
        EXPECT_EQ(chain.AskNumber(POP3_QUERY_TLS_RESUMED), peer.resumed() ? 1 : 0);
      }
      answers_ = answers;
    } else if (!ended) {
      Count(chain.error());
    }
    // What cannot be told for want of memory is not told, rather than told wrongly.
    for (size_t i = 0; i < answers.size(); i++) {
      EXPECT_TRUE(answers[i] == "?" || answers[i] == answers_[i])
          << i << " after " << fail_at << ": " << answers[i];
    }
    return BoringsslMemory::count;
  }

  static std::vector<std::string> Ask(TlsChain *chain) {
    std::vector<std::string> answers;
    for (const uint32_t what :
         {POP3_QUERY_TLS_VERSION, POP3_QUERY_TLS_VERIFIED, POP3_QUERY_TLS_PEER_CHAIN,
          POP3_QUERY_TLS_SUBJECT, POP3_QUERY_TLS_NAMES, POP3_QUERY_TLS_SPKI_SHA256,
          POP3_QUERY_TLS_EXPIRES, POP3_QUERY_CB_TLS_SERVER_END_POINT, POP3_QUERY_CB_TLS_EXPORTER}) {
      pop3_answer answer = POP3_ANSWER_INIT;
      const pop3_status status = chain->tls().ops->query(chain->tls().self, what, &answer);
      std::string text = status == POP3_ERR_MEMORY ? "?" : "status " + std::to_string(status);
      if (status == POP3_OK) {
        text.assign(reinterpret_cast<const char *>(answer.data), answer.data_len);
        // It is another one for each connection.
        if (what == POP3_QUERY_CB_TLS_EXPORTER) text = std::to_string(text.size());
        text += ' ' + std::to_string(answer.number);
      }
      answers.push_back(text);
    }
    return answers;
  }

  void Count(const pop3_error &error) {
    failures_++;
    if (error.status == POP3_ERR_MEMORY) {
      EXPECT_STREQ(error.text, "out of memory");
      out_of_memory_++;
    } else {
      // BoringSSL itself took it for something else, or did not say.
      EXPECT_TRUE(error.status == POP3_ERR_TLS || error.status == POP3_ERR_CERTIFICATE ||
                  error.status == POP3_ERR_ARGUMENT)
          << error.status << ": " << error.text;
      EXPECT_EQ(std::string(error.text).find("waits for something"), std::string::npos);
      if (error.status == POP3_ERR_CERTIFICATE) bad_certificate_++;
    }
  }

  void FailEach(const Options &options) {
    const TlsServer server(spec_);
    const int64_t count = Run(server, options, -1);
    ASSERT_GT(count, 50);
    for (int64_t at = 0; at < count; at++) Run(server, options, at);
    EXPECT_GT(failures_, count / 3);
    EXPECT_GT(out_of_memory_ * 10, failures_ * 8) << "mostly that is what it is called";
    EXPECT_LT(bad_certificate_ * 15, failures_) << "hardly ever the server's fault";
  }

  // Each allocation fails while a server is met that must not be trusted.
  void FailEachRefusal(const Options &options, const char *name = "mail.example.org") {
    is_good_ = false;
    const TlsServer server(spec_);
    const int64_t count = Run(server, options, -1, name);
    ASSERT_GT(count, 50);
    for (int64_t at = 0; at < count; at++) {
      Run(server, options, at, name);
      EXPECT_FALSE(was_trusted_) << at;
    }
  }

  const std::string kSaid = "+OK ready\r\nNOOP\r\n";
  TlsServerSpec spec_;
  bool is_good_ = true;  // the server
  bool was_trusted_ = false;
  std::vector<std::string> answers_;  // with all the memory that it takes
  int64_t failures_ = 0;
  int64_t out_of_memory_ = 0;
  int64_t bad_certificate_ = 0;
};

TEST_F(TlsMemory, RunsOutWithRootsThatAreGiven) {
  FailEach(Options().Text("tls.ca_pem", TheWorld().root_pem));
}

TEST_F(TlsMemory, RunsOutWithTheRootsOfTheMachine) {
  const TempFile file(TheWorld().root_pem);
  const HashedDir dir(&TheWorld().root);
  const Variable one("SSL_CERT_FILE", file.path());
  const Variable two("SSL_CERT_DIR", dir.path());
  FailEach(Options());
}

TEST_F(TlsMemory, RunsOutWithAClientCertificateAndTls12) {
  CertificateSpec about;
  about.common_name = "alice";
  about.key = "RSA-2048";
  const Identity alice = TheWorld().Issue(about);
  const TempFile file(alice.Pem() + alice.KeyPem());
  spec_.max_version = TLS1_2_VERSION;
  spec_.needs_certificate = true;
  spec_.client_ca = &TheWorld().root;
  FailEach(Options()
               .Text("tls.ca_pem", TheWorld().root_pem)
               .Text("tls.cert_file", file.path())
               .Text("tls.pin_sha256", TheWorld().mail.Pin()));
}

TEST_F(TlsMemory, RunsOutWithASessionToResume) {
  Kept kept;
  FailEach(
      Options().Text("tls.ca_pem", TheWorld().root_pem).Object("tls.session_cache", &kept.table));
  EXPECT_FALSE(kept.entry.empty());
}

TEST_F(TlsMemory, RunsOutAndABadServerStaysOne) {
  Options good;
  good.Text("tls.ca_pem", TheWorld().root_pem);
  FailEachRefusal(good, "pop.example.org");
  FailEachRefusal(Options().Text("tls.ca_pem", TheWorld().mail.Pem()), "pop.example.org");
  CertificateSpec about;
  about.common_name = "another root";
  about.is_ca = true;
  FailEachRefusal(Options().Text("tls.ca_pem", Identity(about).Pem()));
  FailEachRefusal(Options()
                      .Number("tls.insecure_do_not_verify", 1)
                      .Text("tls.pin_sha256", TheWorld().root.Pin()));
  about = CertificateSpec();
  about.dns = {"mail.example.org"};
  about.key = "RSA-1024";
  const Identity weak = TheWorld().Issue(about);
  spec_.identity = &weak;
  FailEachRefusal(good);
}

TEST_F(TlsMemory, RunsOutWithAPinAlone) {
  FailEach(Options()
               .Number("tls.insecure_do_not_verify", 1)
               .Text("tls.pin_sha256", TheWorld().mail.Pin()));
}

}  // namespace
}  // namespace tls_memory_test
}  // namespace pop3_testing
