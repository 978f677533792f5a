#include "tests/servers/server_profile.h"

namespace pop3_testing {

const ServerProfile &Profile() {
  static const ServerProfile profile = [] {
    ServerProfile it = {};
    it.script = "tests/servers/popa3d.sh";
    it.in_clear = {"user"};
    it.best_in_clear = "user";
    it.refused_text = "Authentication failed (bad password?)";
    return it;
  }();
  return profile;
}

}  // namespace pop3_testing
