// Whole sessions whose TLS is told after the greeting how it is to be.
#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <memory>
#include <string>
#include <vector>

#include <pop3/plugins/tls.h>
#include "tests/testing/memory_transport.h"
#include "tests/testing/script_server.h"
#include "tests/testing/tls_peer.h"
#include "tests/testing/transcript.h"

namespace pop3_testing {
namespace tls_late_option_test {
namespace {

CertificateSpec ForName(const char *name) {
  CertificateSpec spec;
  spec.dns = {name};
  return spec;
}

const Identity &Pop() {
  static const Identity pop(ForName("pop.example.org"));
  return pop;
}

CertificateSpec Authority() {
  CertificateSpec spec;
  spec.common_name = "clients";
  spec.is_ca = true;
  return spec;
}

const Identity &ClientAuthority() {
  static const Identity authority(Authority());
  return authority;
}

const Identity &Client() {
  static const Identity client(ForName("client.example.org"), &ClientAuthority());
  return client;
}

const TlsServer &Server(bool needs_certificate) {
  TlsServerSpec spec;
  spec.identity = &Pop();
  static const TlsServer plain(spec);
  spec.asks_certificate = spec.needs_certificate = true;
  spec.client_ca = &ClientAuthority();
  static const TlsServer strict(spec);
  return needs_certificate ? strict : plain;
}

class TlsLateOption : public ::testing::Test {
 protected:
  ~TlsLateOption() override {
    pop3_session_free(session_);
    pop3_registry_free(registry_);
    if (wire_ == nullptr) return;
    for (const std::string &complaint : wire_->complaints()) ADD_FAILURE() << complaint;
    EXPECT_FALSE(wire_->hung());
  }

  // Open connects to a server that has STLS. One with TLS |at_once| is not connected to yet.
  void Open(bool needs_certificate = false, bool at_once = false) {
    transcript_ =
        at_once
            ? pop3_testing::Spoken({"S: +OK ready", "C: NOOP", "S: +OK"})
            : pop3_testing::Spoken({"S: +OK ready", "C: STLS", "S: +OK go", "C: NOOP", "S: +OK"});
    script_ = std::make_unique<ScriptServer>(transcript_, true);
    peer_ = std::make_unique<TlsPeer>(script_.get(), &Server(needs_certificate), !at_once);
    WireFaults not_local;
    not_local.local = false;
    wire_ = std::make_unique<MemoryWire>(&clock_, peer_.get(), not_local);
    ASSERT_EQ(pop3_registry_new(&registry_, nullptr, &error_), POP3_OK);
    ASSERT_EQ(pop3_registry_add(registry_, MemoryPlugin(), &error_), POP3_OK);
    ASSERT_EQ(pop3_registry_add(registry_, pop3_plugin_tls(POP3_ABI), &error_), POP3_OK);
    const char *const both[] = {"memory", "tls"};
    const pop3_option setting = {"memory.wire", nullptr, 0, wire_.get()};
    pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
    options.transports = both;
    options.num_transports = at_once ? 2 : 1;
    options.host = "pop.example.org";
    options.port = 110;
    options.options = &setting;
    options.num_options = 1;
    options.clock_ms = FakeClock::Read;
    options.clock_arg = &clock_;
    ASSERT_EQ(pop3_session_new(&session_, registry_, &options, &error_), POP3_OK) << error_.text;
    if (at_once) return;
    ASSERT_EQ(pop3_connect(session_, &error_), POP3_OK) << error_.text;
  }
  pop3_status Set(const char *name, const std::string &text) {
    const pop3_option option = {name, text.c_str(), 0, nullptr};
    return pop3_session_set_option(session_, &option, &error_);
  }
  pop3_status Stls() { return pop3_stls(session_, &error_); }
  bool Has(const char *part) const {
    return std::string(error_.text).find(part) != std::string::npos;
  }
  int64_t Ask(uint32_t what) const {
    pop3_answer answer = POP3_ANSWER_INIT;
    return pop3_session_query(session_, what, &answer) == POP3_OK ? answer.number : -1;
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

TEST_F(TlsLateOption, Roots) {
  Open();
  ASSERT_EQ(Set("tls.ca_pem", Pop().Pem()), POP3_OK) << error_.text;
  ASSERT_EQ(Stls(), POP3_OK) << error_.text;
  EXPECT_EQ(Ask(POP3_QUERY_TLS_VERIFIED), 1);
  EXPECT_EQ(pop3_noop(session_, &error_), POP3_OK) << error_.text;
}

TEST_F(TlsLateOption, RootsForTlsFromTheStart) {
  Open(false, true);
  ASSERT_EQ(Set("tls.ca_pem", Client().Pem()), POP3_OK) << error_.text;
  ASSERT_EQ(Set("tls.ca_pem", Pop().Pem()), POP3_OK) << "replaced";
  ASSERT_EQ(pop3_noop(session_, &error_), POP3_OK) << error_.text;
  EXPECT_EQ(Ask(POP3_QUERY_TLS_VERIFIED), 1);
}

TEST_F(TlsLateOption, RootsThatAreReplacedByOthers) {
  Open();
  ASSERT_EQ(Set("tls.ca_pem", Pop().Pem()), POP3_OK);
  ASSERT_EQ(Set("tls.ca_pem", Client().Pem()), POP3_OK);
  EXPECT_EQ(Stls(), POP3_ERR_CERTIFICATE) << "the first ones do not count any more";
}

TEST_F(TlsLateOption, Pins) {
  Open();
  ASSERT_EQ(Set("tls.ca_pem", Pop().Pem()), POP3_OK);
  ASSERT_EQ(Set("tls.pin_sha256", Pop().Pin()), POP3_OK);
  EXPECT_EQ(Stls(), POP3_OK) << error_.text;
}

TEST_F(TlsLateOption, PinsThatDoNotMatch) {
  Open();
  ASSERT_EQ(Set("tls.ca_pem", Pop().Pem()), POP3_OK);
  ASSERT_EQ(Set("tls.pin_sha256", Client().Pin()), POP3_OK);
  EXPECT_EQ(Stls(), POP3_ERR_CERTIFICATE);
  EXPECT_TRUE(Has("is not among tls.pin_sha256")) << error_.text;
  EXPECT_EQ(Set("tls.pin_sha256", Pop().Pin()), POP3_ERR_CERTIFICATE) << "the session is over";
}

TEST_F(TlsLateOption, AClientCertificate) {
  const TempFile file(Client().Pem() + Client().KeyPem());
  Open(true);
  ASSERT_EQ(Set("tls.ca_pem", Pop().Pem()), POP3_OK);
  ASSERT_EQ(Set("tls.cert_file", file.path()), POP3_OK);
  ASSERT_EQ(Stls(), POP3_OK) << error_.text;
  EXPECT_EQ(pop3_noop(session_, &error_), POP3_OK) << error_.text;
  EXPECT_EQ(Ask(POP3_QUERY_TLS_CLIENT_CERT), 1);
}

TEST_F(TlsLateOption, AfterTheHandshake) {
  Open();
  ASSERT_EQ(Set("tls.ca_pem", Pop().Pem()), POP3_OK);
  ASSERT_EQ(Stls(), POP3_OK) << error_.text;
  EXPECT_EQ(Set("tls.pin_sha256", Client().Pin()), POP3_ERR_STATE);
  EXPECT_TRUE(Has("tls.pin_sha256 comes too late")) << error_.text;
  EXPECT_EQ(pop3_noop(session_, &error_), POP3_OK) << error_.text;
}

// The transport says so itself, when it reads it.
TEST_F(TlsLateOption, ThatTlsDoesNotKnow) {
  Open();
  ASSERT_EQ(Set("tls.colour", "red"), POP3_OK);
  EXPECT_EQ(Stls(), POP3_ERR_ARGUMENT);
  EXPECT_TRUE(Has("tls.colour")) << error_.text;
}

}  // namespace
}  // namespace tls_late_option_test
}  // namespace pop3_testing
