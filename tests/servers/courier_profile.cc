#include "tests/servers/server_profile.h"

namespace pop3_testing {

const ServerProfile &Profile() {
  static const ServerProfile profile = [] {
    ServerProfile it = {};
    it.script = "tests/servers/courier.sh";
    it.in_clear = {"user", "PLAIN", "LOGIN", "CRAM-MD5"};
    it.over_tls = it.in_clear;
    it.over_tls.push_back("EXTERNAL");
    it.best_in_clear = "CRAM-MD5";
    it.best_over_tls = "PLAIN";
    it.refused_text = " failed.";  // "Login" or "Authentication"
    it.wants_utf8 = true;
    it.bad_certificates = {"expired", "other", "old"};
    return it;
  }();
  return profile;
}

}  // namespace pop3_testing
