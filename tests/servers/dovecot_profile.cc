#include "tests/servers/server_profile.h"

namespace pop3_testing {

const ServerProfile &Profile() {
  static const ServerProfile profile = [] {
    ServerProfile it = {};
    it.script = "tests/servers/dovecot.sh";
    it.in_clear = {"user",      "apop",       "PLAIN",       "LOGIN",
                   "CRAM-MD5",  "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256",
                   "ANONYMOUS", "XOAUTH2",    "OAUTHBEARER"};
    it.over_tls = it.in_clear;
    it.over_tls.push_back("EXTERNAL");
    it.best_in_clear = "SCRAM-SHA-256";
    it.best_over_tls = "SCRAM-SHA-256";
    it.refused_code = POP3_CODE_AUTH;
    it.refused_text = "[AUTH] Authentication failed.";
    it.bad_certificates = {"expired", "other"};
    return it;
  }();
  return profile;
}

}  // namespace pop3_testing
