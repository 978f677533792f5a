// A mechanism for tests: it says what the password holds, line by line.
#ifndef POP3_TESTS_TESTING_LINE_AUTH_H_
#define POP3_TESTS_TESTING_LINE_AUTH_H_

#include <pop3/spi/plugin.h>

namespace pop3_testing {

// LineAuthPlugin returns the plugin with the mechanism "x-lines". It sends AUTH X-LINES, with an
// initial response if the user is called "initial", and answers each challenge with the next line
// of the password; when no line is left it gives up. It is used only if asked for by name.
const pop3_plugin *LineAuthPlugin();

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_LINE_AUTH_H_
