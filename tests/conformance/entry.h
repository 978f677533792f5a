// Where the plugin under test comes from: linked in (static_entry.cc) or a file (dso_entry.cc).
#ifndef POP3_TESTS_CONFORMANCE_ENTRY_H_
#define POP3_TESTS_CONFORMANCE_ENTRY_H_

#include <pop3/spi/plugin.h>

#include <string>

namespace pop3_conformance {

// FindEntry returns the plugin's entry. |path| is the loadable object, "" if none was given. NULL,
// with |*out_words|, if there is none to be had.
pop3_plugin_entry_fn FindEntry(const std::string &path, std::string *out_words);

}  // namespace pop3_conformance

#endif  // POP3_TESTS_CONFORMANCE_ENTRY_H_
