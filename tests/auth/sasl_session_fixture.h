// Sessions that log in by SASL with libsasl2 on the other side.
#ifndef POP3_TESTS_AUTH_SASL_SESSION_FIXTURE_H_
#define POP3_TESTS_AUTH_SASL_SESSION_FIXTURE_H_

#include <gtest/gtest.h>
#include <pop3/plugins/sasl.h>
#include <pop3/pop3.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/auth/cyrus_server.h"
#include "tests/testing/memory_transport.h"

namespace pop3_testing {

// SaslPeer is a POP3 server with one message of 320 octets, and libsasl2 behind AUTH.
class SaslPeer : public Peer {
 public:
  SaslPeer(const std::string &mechanisms, const CyrusServer::Options &options)
      : mechanisms_(mechanisms), server_(options) {
    out_ = "+OK ready\r\n";
  }

  void Receive(const uint8_t *data, size_t len) override {
    std::string octets(reinterpret_cast<const char *>(data), len);
    raw_ += octets;
    if (layer_) octets = server_.Decode(octets);
    in_ += octets;
    for (size_t end; (end = in_.find("\r\n")) != std::string::npos;) {
      const std::string line = in_.substr(0, end);
      in_.erase(0, end + 2);
      Answer(line);
    }
  }

  PeerState Turn(int64_t, std::string *out) override {
    out->append(out_);
    out_.clear();
    PeerState state;
    state.kind = closed_ ? PeerState::kClosed : PeerState::kOpen;
    return state;
  }

  const std::string &raw() const { return raw_; }
  // secrets are what the client said inside exchanges: initial responses and answers.
  const std::vector<std::string> &secrets() const { return secrets_; }
  std::string user() const { return server_.user(); }
  bool early_yes = false;  // says +OK where the server's proof is due

 private:
  void Say(const std::string &text) { out_ += layer_ ? server_.Encode(text) : text; }

  void Answer(const std::string &line) {
    if (in_auth_ && line == "*") {
      in_auth_ = false;
      Say("-ERR cancelled\r\n");
    } else if (in_auth_ || line.rfind("AUTH ", 0) == 0) {
      Authenticate(line);
    } else if (line == "CAPA") {
      Say("+OK\r\nSASL " + mechanisms_ + "\r\nPIPELINING\r\n.\r\n");
    } else if (line == "STAT") {
      Say("+OK 1 320\r\n");
    } else if (line == "QUIT") {
      Say("+OK bye\r\n");
      closed_ = true;
    } else {
      Say("-ERR what?\r\n");
    }
  }

  void Authenticate(const std::string &line) {
    const size_t space = in_auth_ ? std::string::npos : line.find(' ', 5);
    const std::string secret = in_auth_                     ? line
                               : space == std::string::npos ? ""
                                                            : line.substr(space + 1);
    if (secret.size() > 1) secrets_.push_back(secret);
    in_auth_ = true;
    const CyrusServer::Reply reply = server_.Take(line);
    if (reply.event == POP3_AUTH_CHALLENGE) {
      challenges_++;
      Say(early_yes && challenges_ == 2 ? "+OK welcome\r\n" : "+ " + reply.text + "\r\n");
      return;
    }
    in_auth_ = false;
    if (reply.event == POP3_AUTH_NEGATIVE) {
      Say("-ERR " + reply.text + "\r\n");
    } else {
      Say("+OK welcome\r\n");
      layer_ = server_.ssf() > 0;
    }
  }

  std::string mechanisms_;
  CyrusServer server_;
  std::string raw_;
  std::vector<std::string> secrets_;
  std::string in_;
  std::string out_;
  bool in_auth_ = false;
  bool layer_ = false;
  bool closed_ = false;
  int challenges_ = 0;
};

class SaslSession : public ::testing::Test {
 protected:
  ~SaslSession() override { Drop(); }

  void Drop() {
    pop3_session_free(session_);
    pop3_registry_free(registry_);
    session_ = nullptr;
    registry_ = nullptr;
    wire_.reset();
    peer_.reset();
  }

  // Makes a session with a server that has |mechanisms|.
  pop3_status New(const std::string &mechanisms, const pop3_allocator *allocator = nullptr) {
    Drop();
    peer_ = std::make_unique<SaslPeer>(mechanisms, server_options_);
    wire_ = std::make_unique<MemoryWire>(&clock_, peer_.get(), faults_);
    pop3_status status = pop3_registry_new(&registry_, allocator, &error_);
    if (status == POP3_OK) status = pop3_registry_add(registry_, MemoryPlugin(), &error_);
    if (status == POP3_OK) {
      status = pop3_registry_add(registry_, pop3_plugin_sasl(POP3_ABI), &error_);
    }
    if (status != POP3_OK) return status;
    pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
    const char *const transports[] = {"memory"};
    const pop3_option wire = {"memory.wire", nullptr, 0, wire_.get()};
    options.transports = transports;
    options.num_transports = 1;
    options.host = "mail.example";
    options.options = &wire;
    options.num_options = 1;
    options.user = "alice";
    options.password = password_.c_str();
    options.debug_level = 2;
    options.trace = [](void *arg, const pop3_trace_event *event) {
      static_cast<SaslSession *>(arg)->seen_.append(event->data, event->data_len);
    };
    options.trace_arg = this;
    options.audit = [](void *arg, const pop3_audit_event *event) {
      if (event->line != nullptr) {
        static_cast<SaslSession *>(arg)->seen_.append(event->line, event->line_len);
      }
      return 0;
    };
    options.audit_arg = this;
    options.clock_ms = FakeClock::Read;
    options.clock_arg = &clock_;
    options.allocator = allocator;
    options.auth_two_step = two_step_ ? 1 : 0;
    return pop3_session_new(&session_, registry_, &options, &error_);
  }

  // Logs in and looks at the maildrop.
  pop3_status LoginAndStat(const char *mechanism = nullptr) {
    pop3_status status = mechanism != nullptr ? pop3_auth(session_, mechanism, &error_)
                                              : pop3_login(session_, &error_);
    uint32_t count = 0;
    if (status == POP3_OK) status = pop3_stat(session_, &count, nullptr, &error_);
    EXPECT_EQ(count, status == POP3_OK ? 1U : 0U);
    return status;
  }

  FakeClock clock_;
  CyrusServer::Options server_options_;
  WireFaults faults_;
  bool two_step_ = false;
  std::string password_ = kCyrusPassword;
  std::string seen_;  // what trace and audit hook were shown
  std::unique_ptr<SaslPeer> peer_;
  std::unique_ptr<MemoryWire> wire_;
  pop3_registry *registry_ = nullptr;
  pop3_session *session_ = nullptr;
  pop3_error error_ = POP3_ERROR_INIT;
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_AUTH_SASL_SESSION_FIXTURE_H_
