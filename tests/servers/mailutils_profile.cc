#include "tests/servers/server_profile.h"

namespace pop3_testing {

const ServerProfile &Profile() {
  static const ServerProfile profile = [] {
    ServerProfile it = {};
    it.script = "tests/servers/mailutils.sh";
    it.in_clear = {"user", "apop"};
    it.over_tls = it.in_clear;
    it.best_in_clear = "user";
    it.best_over_tls = "user";
    it.refused_code = POP3_CODE_AUTH;
    it.refused_text = "[AUTH] Bad login";
    // An empty line behind the header where there is no body, ">From " without the >, a space
    // behind the colon of an empty field.
    it.altered = {6, 7, 12, 16};
    it.added = {"X-IMAPbase:", "X-UID:", "X-UIDL:", "Status:"};
    return it;
  }();
  return profile;
}

}  // namespace pop3_testing
