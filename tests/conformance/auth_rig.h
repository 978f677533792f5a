// A login attempt under test: the session's side of a mechanism's function table, and each line and
// verdict checked for what holds always.
#ifndef POP3_TESTS_CONFORMANCE_AUTH_RIG_H_
#define POP3_TESTS_CONFORMANCE_AUTH_RIG_H_

#include <pop3/spi/auth.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/conformance/conformance.h"
#include "tests/conformance/findings.h"
#include "tests/testing/plugin_host.h"

namespace pop3_conformance {

using pop3_testing::PluginHost;

// AuthBench is what a rule works with.
struct AuthBench {
  const pop3_auth_ops *ops;
  const AuthCase *what;
  Findings *findings;

  bool is_family() const { return (ops->flags & POP3_AUTH_FAMILY) != 0; }
};

// Offer is what a family said in a score that asked for all of its mechanisms.
struct Offer {
  std::string mechanism;
  int strength;
  std::string why;
};

// AuthRig is one attempt. When it goes, everything must be given back and no secret left.
class AuthRig {
 public:
  explicit AuthRig(const AuthBench &bench);
  ~AuthRig();
  AuthRig(const AuthRig &) = delete;
  AuthRig &operator=(const AuthRig &) = delete;

  // What the session knows; a copy of the case's until a rule changes it.
  std::map<pop3_credential, std::string> credentials;
  std::map<std::string, std::string> capabilities;
  std::string mechanism;
  std::string timestamp;
  uint32_t channel = POP3_CHANNEL_PRIVATE;
  int withhold = 0;  // a credential that is not there although has_credential says so

  int Score(std::string *why, size_t why_cap = 200);
  pop3_status Begin();
  // Answer is a step with a line of the server: "+OK ...", "-ERR ...", "+ ..."; "" is the start.
  pop3_auth_verdict Answer(const std::string &line);
  void End();

  // Twist takes the number of the turn, from 0, and the server's proper answer, and returns what
  // the server says instead, or "" to break the attempt off there.
  using Twist = std::function<std::string(int turn, const std::string &proper)>;
  // Play begins and goes on until the verdict is no SEND, or the twist broke it off.
  pop3_auth_verdict Play(const Twist &twist = nullptr);

  bool begun() const { return begun_; }
  int turns() const { return turns_; }
  // proper holds the server's proper answers so far, and lines what the client sent.
  const std::vector<std::string> &proper() const { return proper_; }
  const std::vector<std::string> &lines() const { return lines_; }
  const std::vector<Offer> &offers() const { return offers_; }
  bool sent_cleartext() const { return sent_cleartext_; }
  bool server_is_over() const { return server_->over; }
  int asked() const { return asked_; }
  PluginHost &host() { return host_; }
  const pop3_error &error() const { return error_; }

 private:
  static AuthRig *Of(void *session) { return static_cast<AuthRig *>(session); }
  static const char *Capability(void *session, const char *keyword);
  static pop3_status Credential(void *session, pop3_credential what, const uint8_t **out_data,
                                size_t *out_len, pop3_error *err);
  static pop3_status Renew(void *session, pop3_credential what, const uint8_t **out_data,
                           size_t *out_len, pop3_error *err);
  static int HasCredential(void *session, pop3_credential what);
  static pop3_status Query(void *session, uint32_t what, pop3_answer *out);
  static void AddOffer(void *session, const char *mechanism, int strength, const char *why);
  static void Detail(void *session, const char *text, size_t text_len);

  void Prepare();
  void CheckVerdict(pop3_auth_verdict verdict, pop3_auth_event event, const pop3_auth_output &out);
  void CheckLayer(const pop3_auth_output &out);
  void CheckLine(pop3_auth_event event, const pop3_auth_output &out);
  void CheckSecrets(const std::string &line, size_t secret_offset);
  void CheckNothingIsLeft();
  std::vector<std::string> Secrets() const;

  const AuthBench &bench_;
  PluginHost host_;
  std::unique_ptr<AuthServer> server_;
  pop3_auth_context context_;
  void *self_ = nullptr;
  bool begun_ = false;
  bool renewed_ = false;
  bool sent_cleartext_ = false;
  int asked_ = 0;
  int turns_ = 0;
  pop3_error error_ = POP3_ERROR_INIT;
  std::string line_;
  std::vector<std::string> lines_;
  std::vector<std::string> proper_;
  std::set<std::string> sent_secrets_;
  std::vector<Offer> offers_;
};

// Base64 is |text| in base64.
std::string Base64(const std::string &text);
// Shows says whether |secret| can be read in |text|: as it is, or behind base64.
bool Shows(const std::string &text, const std::string &secret);

}  // namespace pop3_conformance

#endif  // POP3_TESTS_CONFORMANCE_AUTH_RIG_H_
