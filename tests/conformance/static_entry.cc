// The plugin is linked in: linked_entry.c names it.
#include "tests/conformance/entry.h"

extern "C" const pop3_plugin_entry_fn pop3_conformance_linked;

namespace pop3_conformance {

pop3_plugin_entry_fn FindEntry(const std::string &path, std::string *out_words) {
  if (path.empty()) return pop3_conformance_linked;
  *out_words = "the plugin is linked in; there is nothing to load";
  return nullptr;
}

}  // namespace pop3_conformance
