// Whole sessions with servers whose TLS is not as it should be.
#include <gtest/gtest.h>
#include <pop3/plugins/tls.h>
#include <pop3/pop3.h>

#include <string>
#include <vector>

#include "tests/testing/memory_transport.h"
#include "tests/testing/script_server.h"
#include "tests/testing/tls_peer.h"
#include "tests/testing/transcript.h"

namespace pop3_testing {
namespace tls_hostile_test {
namespace {

CertificateSpec Certificate() {
  CertificateSpec spec;
  spec.dns = {"pop.example.org"};
  return spec;
}

const Identity &Pop() {
  static const Identity pop(Certificate());
  return pop;
}

const TlsServer &PopServer() {
  static const TlsServerSpec spec = [] {
    TlsServerSpec made;
    made.identity = &Pop();
    return made;
  }();
  static const TlsServer server(spec);
  return server;
}

class TlsHostile : public ::testing::Test {
 protected:
  ~TlsHostile() override {
    pop3_session_free(session_);
    pop3_registry_free(registry_);
    if (wire_ == nullptr) return;
    for (const std::string &complaint : wire_->complaints()) ADD_FAILURE() << complaint;
    EXPECT_FALSE(wire_->hung());
  }

  // Open makes a session with a server that speaks |lines|, with TLS at once or after STLS.
  void Open(const std::vector<std::string> &lines, bool stls, const TlsFaults &faults = TlsFaults(),
            const char *host = "pop.example.org") {
    transcript_ = pop3_testing::Spoken(lines);
    script_ = std::make_unique<ScriptServer>(transcript_, true);
    peer_ = std::make_unique<TlsPeer>(script_.get(), &PopServer(), stls, faults);
    WireFaults not_local;
    not_local.local = false;
    wire_ = std::make_unique<MemoryWire>(&clock_, peer_.get(), not_local);
    ASSERT_EQ(pop3_registry_new(&registry_, nullptr, &error_), POP3_OK);
    ASSERT_EQ(pop3_registry_add(registry_, MemoryPlugin(), &error_), POP3_OK);
    ASSERT_EQ(pop3_registry_add(registry_, pop3_plugin_tls(POP3_ABI), &error_), POP3_OK);
    const char *const both[] = {"memory", "tls"};
    const std::string trusted = Pop().Pem();
    const pop3_option settings[] = {{"memory.wire", nullptr, 0, wire_.get()},
                                    {"tls.ca_pem", trusted.c_str(), 0, nullptr}};
    pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
    options.transports = both;
    options.num_transports = stls ? 1 : 2;
    options.host = host;
    options.port = 995;
    options.options = settings;
    options.num_options = 2;
    options.clock_ms = FakeClock::Read;
    options.clock_arg = &clock_;
    ASSERT_EQ(pop3_session_new(&session_, registry_, &options, &error_), POP3_OK) << error_.text;
  }

  pop3_status Noop() { return pop3_noop(session_, &error_); }
  bool Has(const char *part) const {
    return std::string(error_.text).find(part) != std::string::npos;
  }

  FakeClock clock_;
  Transcript transcript_;
  std::unique_ptr<ScriptServer> script_;
  std::unique_ptr<TlsPeer> peer_;
  std::unique_ptr<MemoryWire> wire_;
  pop3_registry *registry_ = nullptr;
  pop3_session *session_ = nullptr;
  pop3_error error_ = POP3_ERROR_INIT;
};

TEST_F(TlsHostile, NotAtAll) {
  Open({"S: +OK ready", "C: NOOP", "S: +OK", "C: QUIT", "S: +OK bye", "close"}, false);
  EXPECT_EQ(Noop(), POP3_OK) << error_.text;
  EXPECT_EQ(pop3_session_is_private(session_), 1);
  EXPECT_EQ(pop3_quit(session_, nullptr, &error_), POP3_OK) << error_.text;
  std::string out;
  (void)peer_->Turn(0, &out);
  EXPECT_TRUE(peer_->got_close_notify()) << "the client ended in order";
}

TEST_F(TlsHostile, WithoutAnEndThatIsNotNeededAnyMore) {
  TlsFaults faults;
  faults.no_close_notify = true;
  Open({"S: +OK ready", "C: NOOP", "S: +OK", "C: QUIT", "S: +OK bye", "close"}, false, faults);
  EXPECT_EQ(Noop(), POP3_OK) << error_.text;
  EXPECT_EQ(pop3_quit(session_, nullptr, &error_), POP3_OK) << error_.text;
}

TEST_F(TlsHostile, CutOffInTheDialogue) {
  TlsFaults faults;
  faults.no_close_notify = true;
  Open({"S: +OK ready", "C: NOOP", "close"}, false, faults);
  EXPECT_EQ(Noop(), POP3_ERR_TLS);
  EXPECT_TRUE(Has("truncated")) << error_.text;
}

TEST_F(TlsHostile, DrippingForEver) {
  TlsFaults faults;
  faults.drip_ms = 900;
  Open({"S: +OK ready"}, false, faults);
  const int64_t before = clock_.now_ms();
  EXPECT_EQ(Noop(), POP3_ERR_TIMEOUT) << error_.text;
  EXPECT_LT(clock_.now_ms() - before, 60000) << "octets that come are no progress by themselves";
}

TEST_F(TlsHostile, OfAnotherName) {
  Open({"S: +OK ready"}, false, TlsFaults(), "pop.example.net");
  EXPECT_EQ(Noop(), POP3_ERR_CERTIFICATE);
  EXPECT_TRUE(Has("is not for \"pop.example.net\", but for pop.example.org")) << error_.text;
}

TEST_F(TlsHostile, PlainOnTheTlsPort) {
  TlsFaults faults;
  faults.instead = "-ERR not now\r\n";
  Open({"S: +OK ready"}, false, faults);
  EXPECT_EQ(Noop(), POP3_ERR_TLS);
  EXPECT_TRUE(Has("it speaks plain POP3")) << error_.text;
}

TEST_F(TlsHostile, StlsInOrder) {
  Open({"S: +OK ready", "C: STLS", "S: +OK go", "C: NOOP", "S: +OK"}, true);
  ASSERT_EQ(pop3_stls(session_, &error_), POP3_OK) << error_.text;
  EXPECT_EQ(pop3_session_is_private(session_), 1);
  EXPECT_EQ(Noop(), POP3_OK) << error_.text;
}

TEST_F(TlsHostile, StlsWithAnotherName) {
  Open({"S: +OK ready", "C: STLS", "S: +OK go"}, true, TlsFaults(), "pop.example.net");
  EXPECT_EQ(pop3_stls(session_, &error_), POP3_ERR_CERTIFICATE) << error_.text;
  EXPECT_EQ(Noop(), POP3_ERR_CERTIFICATE) << "nothing goes on in the clear";
}

TEST_F(TlsHostile, StlsWithSomethingInjected) {
  TlsFaults faults;
  faults.injection = "+OK injected\r\n";
  Open({"S: +OK ready", "C: STLS", "S: +OK go"}, true, faults);
  EXPECT_EQ(pop3_stls(session_, &error_), POP3_ERR_INJECTION) << error_.text;
}

TEST_F(TlsHostile, StlsThatGoesOnInTheClear) {
  TlsFaults faults;
  faults.instead = "+OK fooled\r\n";
  Open({"S: +OK ready", "C: STLS", "S: +OK go"}, true, faults);
  EXPECT_EQ(pop3_stls(session_, &error_), POP3_ERR_TLS) << error_.text;
  EXPECT_EQ(Noop(), POP3_ERR_TLS);
}

TEST_F(TlsHostile, StlsThatEndsInTheHandshake) {
  TlsFaults faults;
  faults.eof_at = 300;
  Open({"S: +OK ready", "C: STLS", "S: +OK go"}, true, faults);
  EXPECT_EQ(pop3_stls(session_, &error_), POP3_ERR_TLS) << error_.text;
  EXPECT_TRUE(Has("during the TLS handshake")) << error_.text;
}

}  // namespace
}  // namespace tls_hostile_test
}  // namespace pop3_testing
