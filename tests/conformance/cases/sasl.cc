#include "tests/auth/base64.h"
#include "tests/auth/scram_server.h"
#include "tests/conformance/conformance.h"

namespace {

using pop3_conformance::AuthCase;
using pop3_testing::Base64;
using pop3_testing::Unbase64;

constexpr char kPassword[] = "correct horse battery";

// SCRAM-SHA-256, whose server proves itself in a challenge before it says +OK.
class Scram : public pop3_conformance::AuthServer {
 public:
  std::string Answer(const std::string &line) override {
    const std::string command = "AUTH SCRAM-SHA-256 ";
    switch (turn_++) {
      case 0:
        if (line.compare(0, command.size(), command) != 0) break;
        return "+ " + Base64(scram_.First(Unbase64(line.substr(command.size()))));
      case 1: {
        const std::string proof = scram_.Final(Unbase64(line));
        if (proof.empty()) break;
        return "+ " + Base64(proof);
      }
      case 2:
        over = line.empty();
        if (over) return "+OK welcome";
        break;
      default:
        break;
    }
    complaint = "SCRAM is not spoken like this: " + line;
    return "-ERR [AUTH] no";
  }

 private:
  pop3_testing::ScramServer scram_{EVP_sha256(), kPassword};
  int turn_ = 0;
};

AuthCase Playing(const char *mechanism, const char *label) {
  AuthCase sasl;
  sasl.mechanism = mechanism;
  sasl.label = label;
  sasl.credentials = {{POP3_CREDENTIAL_USER, "alice"}, {POP3_CREDENTIAL_PASSWORD, kPassword}};
  sasl.capabilities = {{"SASL", "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256"}};
  return sasl;
}

}  // namespace

void pop3_conformance::Describe(Suite *suite) {
  const std::string message = Base64(std::string("\0alice\0", 7) + kPassword);
  AuthCase plain = Playing("PLAIN", "plain");
  plain.server = Script({{"AUTH PLAIN " + message, "+OK welcome"}});
  suite->auths.push_back(plain);

  plain.label = "plain_two_step";
  plain.prefers_two_step = true;
  plain.server = Script({{"AUTH PLAIN", "+ "}, {message, "+OK welcome"}});
  suite->auths.push_back(plain);

  AuthCase login = Playing("LOGIN", "login");
  login.server = Script({{"AUTH LOGIN", "+ " + Base64("Username:")},
                         {Base64("alice"), "+ " + Base64("Password:")},
                         {Base64(kPassword), "+OK welcome"}});
  suite->auths.push_back(login);

  // The example of RFC 2195 section 2.
  AuthCase cram = Playing("CRAM-MD5", "cram_md5");
  cram.credentials = {{POP3_CREDENTIAL_USER, "tim"},
                      {POP3_CREDENTIAL_PASSWORD, "tanstaaftanstaaf"}};
  cram.server =
      Script({{"AUTH CRAM-MD5", "+ " + Base64("<1896.697170952@postoffice.reston.mci.net>")},
              {Base64("tim b913a602c7eda7a495b4e6e7334d3890"), "+OK welcome"}});
  suite->auths.push_back(cram);

  AuthCase scram = Playing("SCRAM-SHA-256", "scram");
  scram.server = [] { return std::make_unique<Scram>(); };
  suite->auths.push_back(scram);
}
