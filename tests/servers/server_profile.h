// What the tests that run against every server know of the one that they are linked with.
#ifndef POP3_TESTS_SERVERS_SERVER_PROFILE_H_
#define POP3_TESTS_SERVERS_SERVER_PROFILE_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/servers/real_session.h"
#include "tests/servers/server_process.h"

namespace pop3_testing {

constexpr uint32_t kAliceMessages = 20;

// ServerProfile is how servers differ. Each test program defines one.
struct ServerProfile {
  const char *script;                    // "tests/servers/dovecot.sh"
  std::vector<std::string> in_clear;     // the mechanisms with which one can log in without TLS
  std::vector<std::string> over_tls;     // and those with which one can over TLS; none: no TLS
  std::vector<std::string> over_tls_12;  // further ones that want TLS 1.2
  std::string best_in_clear;             // the mechanism that pop3_login chooses
  std::string best_over_tls;             // likewise, with TLS 1.2
  std::string best_over_tls_13;          // with TLS 1.3, if that is another one
  pop3_response_code refused_code = POP3_CODE_NONE;  // of a wrong password
  std::string refused_text;                          // a part of it
  bool wants_utf8 = false;         // else it does not hand out headers of 8 bits as they are
  std::vector<uint32_t> altered;   // messages that it does not hand out as they are at all
  std::vector<std::string> added;  // header fields that it puts into messages
  std::vector<std::string> bad_certificates;  // facts: ports with "expired", "other", "old"
};

// Profile returns the profile of this program's server.
const ServerProfile &Profile();

// Server returns the server, started when it is first asked for.
const ServerProcess &Server();

// TestName returns a name that GoogleTest takes: "SCRAM_SHA_1" for "SCRAM-SHA-1".
std::string TestName(std::string text);

// RealServerTest fails, and says why, where the server cannot be run.
class RealServerTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(Server().ready()) << "the server could not be started; the script said why above";
  }

  // In clear, over TLS, and at another port that the script tells of (over TLS or not).
  static Address Clear();
  static Address Tls() { return At("pop3s", true); }
  static Address At(const std::string &fact, bool tls);

  // TlsFile is the path of one of the certificates.
  static std::string TlsFile(const std::string &name);

  // Login is a plan that logs alice in with |mechanism| ("": the one that is chosen), by her
  // password, her certificate or her token, trusting the authority of the tests.
  static Plan Login(const Address &address, const std::string &mechanism);

  // LoggedIn is a session of |plan| that is logged in, or NULL, with a failed expectation.
  // |prepare| is called before the login. While the server says that the mailbox is in use (by the
  // session that a test before has just left), it tries again.
  static std::unique_ptr<RealSession> LoggedIn(
      const Plan &plan, const std::function<pop3_status(RealSession *)> &prepare = nullptr);

  // ExpectMail: |session| is logged in and message 1 is there and right. Quits.
  static void ExpectMail(RealSession *session);

  // Wire is what RETR |number| must give to alice.
  static std::string Wire(uint32_t number);
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_SERVERS_SERVER_PROFILE_H_
