// The plugin that is linked in: POP3_CONFORMANCE_ENTRY is its function, pop3_plugin_NAME. This is
// compiled for each plugin, so it is C, which takes no time.
#include <pop3/spi/plugin.h>

const pop3_plugin *POP3_CONFORMANCE_ENTRY(uint32_t host_abi);

extern const pop3_plugin_entry_fn pop3_conformance_linked;
const pop3_plugin_entry_fn pop3_conformance_linked = POP3_CONFORMANCE_ENTRY;
