// Drives a mechanism through its function table as a host would, playing the server.
#ifndef POP3_TESTS_AUTH_EXCHANGE_H_
#define POP3_TESTS_AUTH_EXCHANGE_H_

#include <pop3/spi/auth.h>

#include <map>
#include <string>
#include <vector>

#include "tests/testing/test_host.h"

namespace pop3_testing {

// Exchange is one login attempt with a plugin's mechanism, the |nth|. Fill in what the session
// knows, then Begin and Step.
class Exchange {
 public:
  Exchange(TestHost *host, const pop3_plugin *plugin, size_t nth = 0);
  ~Exchange() { End(); }
  Exchange(const Exchange &) = delete;
  Exchange &operator=(const Exchange &) = delete;

  std::map<pop3_credential, std::string> credentials;
  std::map<std::string, std::string> capabilities;
  bool capabilities_known = false;
  const char *mechanism = nullptr;  // the name that the caller asked for, in upper case
  std::string timestamp;            // "" if the greeting had none
  // The credential that is refused although has_credential said it is there, or 0.
  int withhold = 0;

  // has_credential says no to what is not the user or the password, as it does where a callback has
  // to be asked.
  bool only_when_asked = false;

  // The host has no is_given, or it says no: a callback has to be asked.
  bool without_given = false;
  bool nothing_given = false;

  uint32_t channel = POP3_CHANNEL_PRIVATE;
  std::string host_name = "mail.example";
  bool prefers_two_step = false;
  pop3_channel_binding channel_binding = POP3_CHANNEL_BINDING_PREFER;
  const char *timestamp_problem = nullptr;
  // What the transports answer.
  std::map<uint32_t, std::string> answers;
  std::map<uint32_t, int64_t> numbers;
  // What renew gives, one after the other.
  std::vector<std::string> renewals;
  // The host knows no more of pop3_auth_context, or pop3_auth_output, than these octets, if not 0.
  size_t context_size = 0;
  size_t output_size = 0;
  // What the host may leave NULL: the server's name, all of offer, renew and detail, the errors.
  bool without_name = false;
  bool without_options = false;
  bool without_errors = false;

  // Offer is a call of offer.
  struct Offer {
    int strength;
    std::string why;
  };
  // What was offered by the last Score.
  std::map<std::string, Offer> offers;
  // What detail was told.
  std::string detail;
  int renews = 0;

  int Score();
  // ScoreInto is Score with the room for the reason that the host has.
  int ScoreInto(char *why, size_t why_cap);
  const std::string &why() const { return why_; }

  pop3_status Begin();
  // Step hands |text| over in a block of just that size, or as NULL if it is empty.
  pop3_auth_verdict Step(pop3_auth_event event, const std::string &text = "");
  void End();

  // The line of the last step that answered SEND, and the part of it that may be shown.
  const std::string &line() const { return line_; }
  const std::string &shown() const { return shown_; }
  // The security layer of the last step that answered DONE; its ops are NULL if there was none.
  const pop3_auth_output &output() const { return output_; }
  // ReleaseLayer gives back what came with it, as a host does after create. End does so, too.
  void ReleaseLayer();

  const pop3_error &error() const { return error_; }
  const pop3_auth_ops *ops() const { return ops_; }

 private:
  static const char *Capability(void *session, const char *keyword);
  static pop3_status Credential(void *session, pop3_credential what, const uint8_t **out_data,
                                size_t *out_len, pop3_error *err);
  static int HasCredential(void *session, pop3_credential what);
  static int IsGiven(void *session, pop3_credential what);
  static pop3_status Query(void *session, uint32_t what, pop3_answer *out);
  static void TakeOffer(void *session, const char *mechanism, int strength, const char *why);
  static pop3_status Renew(void *session, pop3_credential what, const uint8_t **out_data,
                           size_t *out_len, pop3_error *err);
  static void TakeDetail(void *session, const char *text, size_t text_len);
  void Prepare();
  pop3_error *Error() { return without_errors ? nullptr : &error_; }

  TestHost *host_;
  const pop3_auth_ops *ops_;
  pop3_auth_context context_;
  void *self_ = nullptr;
  pop3_error error_ = POP3_ERROR_INIT;
  pop3_auth_output output_ = {};
  std::string why_;
  std::string line_;
  std::string shown_;
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_AUTH_EXCHANGE_H_
