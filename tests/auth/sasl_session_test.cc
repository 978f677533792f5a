// Whole sessions that log in by SASL with libsasl2 on the other side.
#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <memory>

#include "auth/sasl.h"
#include "tests/auth/cyrus_server.h"
#include "tests/testing/failing_allocator.h"
#include "tests/testing/memory_transport.h"

namespace pop3_testing {
namespace {

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
    options.password = kCyrusPassword;
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
  std::unique_ptr<SaslPeer> peer_;
  std::unique_ptr<MemoryWire> wire_;
  pop3_registry *registry_ = nullptr;
  pop3_session *session_ = nullptr;
  pop3_error error_ = POP3_ERROR_INIT;
};

TEST_F(SaslSession, LogsInByName) {
  for (const char *mechanism :
       {"plain", "LOGIN", "cram-md5", "DIGEST-MD5", "scram-sha-1", "SCRAM-SHA-512"}) {
    for (bool two_step : {false, true}) {
      two_step_ = two_step;
      ASSERT_EQ(New("PLAIN"), POP3_OK) << error_.text;
      EXPECT_EQ(LoginAndStat(mechanism), POP3_OK) << mechanism << ": " << error_.text;
      EXPECT_EQ(peer_->user(), "alice");
      EXPECT_EQ(pop3_quit(session_, nullptr, &error_), POP3_OK);
    }
  }
}

TEST_F(SaslSession, ChoosesTheStrongest) {
  ASSERT_EQ(New("PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256 SCRAM-SHA-1"), POP3_OK);
  EXPECT_EQ(LoginAndStat(), POP3_OK) << error_.text;
  EXPECT_NE(peer_->raw().find("AUTH SCRAM-SHA-256 "), std::string::npos);
}

TEST_F(SaslSession, OctetByOctet) {
  faults_.read = Chunking::Octets();
  faults_.write = Chunking::Octets();
  faults_.want_everywhere = true;
  for (const char *mechanism : {"PLAIN", "SCRAM-SHA-256", "DIGEST-MD5"}) {
    ASSERT_EQ(New(mechanism), POP3_OK);
    EXPECT_EQ(LoginAndStat(), POP3_OK) << error_.text;
  }
}

TEST_F(SaslSession, EndsWhenTheServerDoesNotProveItself) {
  ASSERT_EQ(New("SCRAM-SHA-256"), POP3_OK);
  peer_->early_yes = true;
  EXPECT_EQ(LoginAndStat(), POP3_ERR_AUTH);
  EXPECT_NE(std::string(error_.text).find("has not proved"), std::string::npos) << error_.text;
  EXPECT_EQ(pop3_stat(session_, nullptr, nullptr, &error_), POP3_ERR_AUTH) << "no more of it";
}

TEST_F(SaslSession, GoesOnAfterARefusal) {
  ASSERT_EQ(New("PLAIN NTLM"), POP3_OK);
  EXPECT_EQ(LoginAndStat("NO-SUCH"), POP3_ERR_NO_MECHANISM) << error_.text;
  EXPECT_EQ(LoginAndStat("PLAIN"), POP3_OK) << error_.text;
}

TEST_F(SaslSession, SurvivesEveryFailedAllocation) {
  const size_t allocations = ForEachAllocationFailure([this](FailingAllocator &allocator) {
    allocator.Forbid(kCyrusPassword);
    pop3_status status = New("SCRAM-SHA-256", allocator.get());
    if (status == POP3_OK) status = LoginAndStat();
    EXPECT_EQ(status, allocator.has_failed() ? POP3_ERR_MEMORY : POP3_OK) << error_.text;
    Drop();
  });
  EXPECT_GT(allocations, 10U);
}

}  // namespace
}  // namespace pop3_testing
