#include "tests/transports/tls_drive.h"

#include <gtest/gtest.h>
#include <openssl/x509.h>
#include <pop3/plugins/tls.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "tests/testing/flaky_layer.h"

namespace pop3_testing {

namespace {

constexpr unsigned kBarrenMax = 1000;  // how often to wait for a peer that says nothing

Identity MakeRoot() {
  CertificateSpec spec;
  spec.common_name = "Test Root";
  spec.is_ca = true;
  return Identity(spec);
}

CertificateSpec MailSpec() {
  CertificateSpec spec;
  spec.common_name = "mail";
  spec.dns = {"mail.example.org"};
  return spec;
}

}  // namespace

World::World() : root(MakeRoot()), root_pem(root.Pem()), mail(Issue(MailSpec())) {}

const World &TheWorld() {
  static const World world;
  return world;
}

Variable::Variable(const char *name, const char *value) : name_(name) {
  const char *before = getenv(name);
  was_set_ = before != nullptr;
  if (was_set_) before_ = before;
  if (value != nullptr) {
    setenv(name, value, 1);
  } else {
    unsetenv(name);
  }
}

Variable::~Variable() {
  if (was_set_) {
    setenv(name_, before_.c_str(), 1);
  } else {
    unsetenv(name_);
  }
}

HashedDir::HashedDir(const Identity *identity) {
  char path[] = "/tmp/pop3-roots-XXXXXX";
  path_ = mkdtemp(path);
  if (identity == nullptr) return;
  char name[32];
  snprintf(name, sizeof(name), "/%08x.0",
           static_cast<unsigned>(X509_subject_name_hash(identity->certificate())));
  file_ = path_ + name;
  FILE *file = fopen(file_.c_str(), "w");
  fputs(identity->Pem().c_str(), file);
  fclose(file);
}

HashedDir::~HashedDir() {
  unlink(file_.c_str());
  rmdir(path_.c_str());
}

void EchoPeer::Receive(const uint8_t *data, size_t len) {
  heard_.append(reinterpret_cast<const char *>(data), len);
  to_say_.append(reinterpret_cast<const char *>(data), len);
  const std::string quit = "QUIT\r\n";
  closed_ = heard_.size() >= quit.size() &&
            heard_.compare(heard_.size() - quit.size(), quit.size(), quit) == 0;
}

PeerState EchoPeer::Turn(int64_t, std::string *out) {
  *out += to_say_;
  to_say_.clear();
  PeerState state;
  if (closed_) state.kind = PeerState::kClosed;
  return state;
}

Options &Options::Text(const char *name, const std::string &text) {
  texts_.push_back(std::make_unique<std::string>(text));
  options_.push_back({name, texts_.back()->c_str(), 0, nullptr});
  return *this;
}

Options &Options::Number(const char *name, int64_t number) {
  options_.push_back({name, nullptr, number, nullptr});
  return *this;
}

Options &Options::Object(const char *name, const void *object) {
  options_.push_back({name, nullptr, 0, object});
  return *this;
}

TlsChain::TlsChain(TestHost *host, Peer *peer, const WireFaults &faults, bool flaky)
    : host_(host), wire_(&clock_, peer, faults), flaky_(flaky) {
  layers_.reserve(3);
}

TlsChain::~TlsChain() {
  Destroy();
  for (const std::string &complaint : wire_.complaints()) ADD_FAILURE() << complaint;
}

void TlsChain::Push(const pop3_plugin *plugin, const pop3_transport_config &config) {
  pop3_layer layer = {plugin->transports[0], nullptr};
  const pop3_layer *lower = layers_.empty() ? nullptr : &layers_.back();
  ASSERT_EQ(layer.ops->create(host_->get(), &config, lower, &layer.self, &error_), POP3_OK)
      << error_.text;
  layers_.push_back(layer);
}

pop3_status TlsChain::Create(const Options &options, const char *name, uint32_t port) {
  if (layers_.empty()) {
    const pop3_option wire = {"memory.wire", nullptr, 0, &wire_};
    const pop3_transport_config config = {sizeof(config), 0, "", &wire, 1};
    Push(MemoryPlugin(), config);
    const pop3_transport_config none = {sizeof(none), 0, "", nullptr, 0};
    if (flaky_) Push(FlakyPlugin(), none);
    if (::testing::Test::HasFatalFailure()) return POP3_ERR_STATE;
    for (const pop3_layer &layer : layers_) {
      pop3_io io;
      do {
        io = layer.ops->connect(layer.self, &error_);
      } while (Again(io));
      EXPECT_EQ(io, POP3_IO_DONE);
    }
  }
  const pop3_transport_config config = {sizeof(config), port, name, options.get().data(),
                                        options.get().size()};
  pop3_layer layer = {pop3_plugin_tls(POP3_ABI)->transports[0], nullptr};
  const pop3_status status =
      layer.ops->create(host_->get(), &config, &layers_.back(), &layer.self, &error_);
  if (status == POP3_OK) layers_.push_back(layer);
  return status;
}

// Again says whether to call again, waiting in between.
bool TlsChain::Again(pop3_io io) {
  if (io != POP3_IO_WANT_READ && io != POP3_IO_WANT_WRITE) return false;
  pop3_interest interest = POP3_INTEREST_INIT;
  interest.events = io == POP3_IO_WANT_READ ? POP3_WAIT_READ : POP3_WAIT_WRITE;
  layers_.back().ops->interest(layers_.back().self, &interest);
  EXPECT_NE(interest.deadline_ms, POP3_NO_DEADLINE);
  return wire_.barren() < kBarrenMax;
}

pop3_io TlsChain::Connect() {
  pop3_io io;
  do {
    io = tls().ops->connect(tls().self, &error_);
  } while (Again(io));
  return io;
}

pop3_io TlsChain::Send(const std::string &data) {
  for (size_t at = 0; at < data.size();) {
    size_t len = 0;
    const pop3_io io =
        tls().ops->write(tls().self, reinterpret_cast<const uint8_t *>(data.data()) + at,
                         data.size() - at, &len, &error_);
    if (io == POP3_IO_DONE) {
      EXPECT_GT(len, 0U);
      at += len;
    } else if (!Again(io)) {
      return io;
    }
  }
  return POP3_IO_DONE;
}

pop3_io TlsChain::Read(std::string *out, size_t cap) {
  std::string buf(cap, '\0');
  pop3_io io;
  size_t len = 0;
  do {
    io = tls().ops->read(tls().self, reinterpret_cast<uint8_t *>(buf.data()), cap, &len, &error_);
  } while (Again(io));
  if (io == POP3_IO_DONE) {
    EXPECT_GT(len, 0U);
    out->append(buf, 0, len);
  }
  return io;
}

pop3_io TlsChain::Receive(size_t len, std::string *out) {
  while (out->size() < len) {
    const pop3_io io = Read(out);
    if (io != POP3_IO_DONE) return io;
  }
  return POP3_IO_DONE;
}

pop3_io TlsChain::Shutdown() {
  pop3_io io;
  do {
    io = tls().ops->shutdown(tls().self, &error_);
  } while (Again(io));
  return io;
}

void TlsChain::Destroy() {
  while (!layers_.empty()) {
    layers_.back().ops->destroy(layers_.back().self);
    layers_.pop_back();
  }
}

std::string TlsChain::AskText(uint32_t what) {
  pop3_answer answer = POP3_ANSWER_INIT;
  if (tls().ops->query(tls().self, what, &answer) != POP3_OK) return "?";
  return std::string(reinterpret_cast<const char *>(answer.data), answer.data_len);
}

int64_t TlsChain::AskNumber(uint32_t what) {
  pop3_answer answer = POP3_ANSWER_INIT;
  return tls().ops->query(tls().self, what, &answer) == POP3_OK ? answer.number : -1;
}

Meeting Meet(const TlsServer &server, const Options &options, const char *name,
             const TlsFaults &faults, uint32_t port) {
  Meeting met;
  TestHost host;
  EchoPeer echo;
  TlsPeer peer(&echo, &server, false, faults);
  TlsChain chain(&host, &peer);
  std::string got;
  met.status = chain.Create(options, name, port);
  const bool ok = met.status == POP3_OK && chain.Connect() == POP3_IO_DONE &&
                  chain.Receive(11, &got) == POP3_IO_DONE;
  if (ok) {
    EXPECT_EQ(got, "+OK ready\r\n");
    met.verified = chain.AskText(POP3_QUERY_TLS_VERIFIED);
    met.proven = chain.AskNumber(POP3_QUERY_TLS_VERIFIED);
    met.name_verified = chain.AskNumber(POP3_QUERY_TLS_NAME_VERIFIED);
    met.alpn_refused = chain.AskText(POP3_QUERY_TLS_ALPN_REFUSED);
    met.weakness = chain.AskText(POP3_QUERY_TLS_WEAKNESS);
    met.client_certificate = chain.AskNumber(POP3_QUERY_TLS_CLIENT_CERT);
    EXPECT_EQ(chain.AskNumber(POP3_QUERY_TLS_RESUMED), peer.resumed() ? 1 : 0);
    EXPECT_EQ(chain.Shutdown(), POP3_IO_DONE);
  } else {
    met.error = chain.error();
    met.status = met.error.status;
    met.text = met.error.text;
    EXPECT_EQ(std::string(met.error.layer), "tls") << met.text;
  }
  (void)peer.Turn(chain.clock()->now_ms(), &got);  // it sees what was sent last
  met.server_error = peer.error();
  met.server_name = peer.server_name();
  met.resumed = peer.resumed();
  return met;
}

}  // namespace pop3_testing
