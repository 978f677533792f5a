#include "tests/testing/usual_plugins.h"

#include <pop3/plugins/apop.h>
#include <pop3/plugins/rpop.h>
#include <pop3/plugins/tcp.h>
#include <pop3/plugins/unix.h>
#include <pop3/plugins/user_pass.h>

namespace pop3_testing {

std::vector<const pop3_plugin *> UsualPlugins() {
  return {pop3_plugin_tcp(POP3_ABI), pop3_plugin_unix(POP3_ABI), pop3_plugin_user_pass(POP3_ABI),
          pop3_plugin_apop(POP3_ABI), pop3_plugin_rpop(POP3_ABI)};
}

}  // namespace pop3_testing
