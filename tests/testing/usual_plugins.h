// The plugins that transcripts are played with, beside those for tests.
#ifndef POP3_TESTS_TESTING_USUAL_PLUGINS_H_
#define POP3_TESTS_TESTING_USUAL_PLUGINS_H_

#include <pop3/spi/plugin.h>

#include <vector>

namespace pop3_testing {

// UsualPlugins returns tcp, unix, user_pass, apop and rpop: not <pop3/usual.h>, whose "tls" would
// be in the way of the pretended one.
std::vector<const pop3_plugin *> UsualPlugins();

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_USUAL_PLUGINS_H_
