// The plugin is a loadable object.
#include <dlfcn.h>

#include "tests/conformance/entry.h"

namespace pop3_conformance {

pop3_plugin_entry_fn FindEntry(const std::string &path, std::string *out_words) {
  void *const object = dlopen((path.find('/') == std::string::npos ? "./" + path : path).c_str(),
                              RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (object == nullptr) {
    *out_words = dlerror();
    return nullptr;
  }
  void *const entry = dlsym(object, "pop3_plugin_entry");
  if (entry == nullptr) *out_words = path + " does not export pop3_plugin_entry";
  return reinterpret_cast<pop3_plugin_entry_fn>(entry);
}

}  // namespace pop3_conformance
