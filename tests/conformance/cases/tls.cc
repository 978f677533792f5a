#include "tests/conformance/conformance.h"
#include "tests/testing/tls_peer.h"

namespace {

using pop3_testing::CertificateSpec;
using pop3_testing::Identity;
using pop3_testing::PeerState;
using pop3_testing::TlsServer;
using pop3_testing::TlsServerSpec;

// An authority, a server of it, and what the client has to know, for the whole program.
struct World {
  World() {
    CertificateSpec spec;
    spec.common_name = "the authority";
    spec.is_ca = true;
    root = Identity(spec);
    root_pem = root.Pem();
    CertificateSpec server;
    server.dns = {"mail.example"};
    mail = Identity(server, &root);
  }
  Identity root, mail;
  std::string root_pem;
};

const World &TheWorld() {
  static const World *const world = new World;
  return *world;
}

// What is inside TLS: says what it is told to, and keeps what it hears.
class Inside : public pop3_testing::Peer {
 public:
  void Receive(const uint8_t *data, size_t len) override {
    heard.append(reinterpret_cast<const char *>(data), len);
  }
  PeerState Turn(int64_t, std::string *out) override {
    out->append(unsaid);
    unsaid.clear();
    PeerState state;
    state.kind = finished ? PeerState::kClosed : PeerState::kOpen;
    return state;
  }

  std::string unsaid, heard;
  bool finished = false;
};

class TlsEnd : public pop3_conformance::Peer {
 public:
  explicit TlsEnd(uint16_t version) : server_(Spec(version)), tls_(&inside_, &server_) {}
  void Hear(const std::string &octets) override {
    tls_.Receive(reinterpret_cast<const uint8_t *>(octets.data()), octets.size());
    Turn();
  }
  void Say(const std::string &text) override {
    inside_.unsaid += text;
    Turn();
  }
  void Finish() override {
    inside_.finished = true;
    Turn();
  }

 private:
  static TlsServerSpec Spec(uint16_t version) {
    TlsServerSpec spec;
    spec.identity = &TheWorld().mail;
    spec.min_version = spec.max_version = version;
    return spec;
  }
  void Turn() {
    const PeerState state = tls_.Turn(0, &to_plugin);
    closed = state.kind == PeerState::kClosed || state.kind == PeerState::kBroken;
    heard = inside_.heard;
  }

  TlsServer server_;
  Inside inside_;
  pop3_testing::TlsPeer tls_;
};

}  // namespace

void pop3_conformance::Describe(Suite *suite) {
  TransportCase newest;
  newest.label = "1_3";
  newest.options = {{"tls.ca_pem", TheWorld().root_pem.c_str(), 0, nullptr}};
  newest.peer = [] { return std::make_unique<TlsEnd>(TLS1_3_VERSION); };
  suite->transports.push_back(newest);

  TransportCase older = newest;
  older.label = "1_2";
  older.peer = [] { return std::make_unique<TlsEnd>(TLS1_2_VERSION); };
  suite->transports.push_back(older);
}
