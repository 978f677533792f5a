// The mechanism "apop": APOP (RFC 1939 section 7), a digest of the greeting's timestamp and the
// password.
//
// Only used when asked for by name. Its MD5 lets somebody who can alter the greeting find out the
// first characters of the password (CVE-2007-1558), and the server must keep the password in clear.
// Anything over TLS is better.
#ifndef POP3_AUTH_APOP_H_
#define POP3_AUTH_APOP_H_

#include <pop3/spi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_plugin_apop returns the plugin with the mechanism "apop", for pop3_registry_add; NULL if it
// cannot work with a host of |host_abi|. The descriptor is static.
const pop3_plugin *pop3_plugin_apop(uint32_t host_abi);

#ifdef __cplusplus
}
#endif

#endif  // POP3_AUTH_APOP_H_
