#include "tests/testing/usual_plugins.h"

#include "auth/apop.h"
#include "auth/rpop.h"
#include "auth/user_pass.h"
#include "transports/tcp.h"
#include "transports/unix.h"

namespace pop3_testing {

std::vector<const pop3_plugin *> UsualPlugins() {
  return {pop3_plugin_tcp(POP3_ABI), pop3_plugin_unix(POP3_ABI), pop3_plugin_user_pass(POP3_ABI),
          pop3_plugin_apop(POP3_ABI), pop3_plugin_rpop(POP3_ABI)};
}

}  // namespace pop3_testing
