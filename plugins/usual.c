#include <pop3/usual.h>

#include "auth/apop.h"
#include "auth/rpop.h"
#include "auth/user_pass.h"
#include "transports/tcp.h"
#include "transports/tls.h"
#include "transports/unix.h"

static const pop3_plugin_entry_fn usual[] = {
    pop3_plugin_tcp,       pop3_plugin_unix, pop3_plugin_tls,
    pop3_plugin_user_pass, pop3_plugin_apop, pop3_plugin_rpop,
};

pop3_status pop3_registry_add_usual(pop3_registry *registry, pop3_error *err) {
  for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
    pop3_status status = pop3_registry_add(registry, usual[i](POP3_ABI), err);
    if (status != POP3_OK) return status;
  }
  return POP3_OK;
}
