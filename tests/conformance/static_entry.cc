// The plugin is linked in: POP3_CONFORMANCE_ENTRY is its function, pop3_plugin_NAME.
#include "tests/conformance/entry.h"

extern "C" const pop3_plugin *POP3_CONFORMANCE_ENTRY(uint32_t host_abi);

namespace pop3_conformance {

pop3_plugin_entry_fn FindEntry(const std::string &path, std::string *out_words) {
  if (path.empty()) return POP3_CONFORMANCE_ENTRY;
  *out_words = "the plugin is linked in; there is nothing to load";
  return nullptr;
}

}  // namespace pop3_conformance
