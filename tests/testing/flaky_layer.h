// A transport to put on any other: it moves one octet at a time and answers WANT everywhere.
#ifndef POP3_TESTS_TESTING_FLAKY_LAYER_H_
#define POP3_TESTS_TESTING_FLAKY_LAYER_H_

#include <pop3/spi/plugin.h>

namespace pop3_testing {

// FlakyPlugin returns the plugin with the transport "flaky" (upper). Each real answer is preceded
// by a WANT_READ and a WANT_WRITE that are not true; its interest then asks for an immediate call,
// so a host that follows the contract loses no time and a host that does not hangs.
const pop3_plugin *FlakyPlugin();

// PretendTlsPlugin returns a plugin with a transport "tls" (upper) that passes everything through
// and claims that it is encrypted and verified: for what a session does at STLS, without TLS.
const pop3_plugin *PretendTlsPlugin();

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_FLAKY_LAYER_H_
