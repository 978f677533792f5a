#include "tests/servers/server_profile.h"

namespace pop3_testing {

const ServerProfile &Profile() {
  static const ServerProfile profile = [] {
    ServerProfile it = {};
    it.script = "tests/servers/cyrus.sh";
    it.in_clear = {"user",          "apop",          "PLAIN",        "LOGIN",
                   "CRAM-MD5",      "DIGEST-MD5",    "SCRAM-SHA-1",  "SCRAM-SHA-224",
                   "SCRAM-SHA-256", "SCRAM-SHA-384", "SCRAM-SHA-512"};
    it.over_tls = it.in_clear;
    it.over_tls.push_back("EXTERNAL");
    // Cyrus binds to "tls-unique" only, which TLS 1.3 does not have.
    it.over_tls_12 = {"SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512-PLUS"};
    it.best_in_clear = "SCRAM-SHA-512";
    it.best_over_tls = "SCRAM-SHA-512-PLUS";
    it.best_over_tls_13 = "SCRAM-SHA-512";
    it.refused_code = POP3_CODE_AUTH;
    it.refused_text = "[AUTH] ";
    it.bad_certificates = {"expired", "other", "old"};
    return it;
  }();
  return profile;
}

}  // namespace pop3_testing
