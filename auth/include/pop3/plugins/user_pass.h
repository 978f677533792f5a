// The mechanism "user": USER and PASS (RFC 1939 section 7). The password can be read from what is
// sent, so it is for channels that nobody can listen on.
//
// It is unusable, and says so, if the server's capabilities are known and do not have USER: such a
// server wants another mechanism, or TLS first.
#ifndef POP3_AUTH_USER_PASS_H_
#define POP3_AUTH_USER_PASS_H_

#include <pop3/spi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_plugin_user_pass returns the plugin with the mechanism "user", for pop3_registry_add; NULL
// if it cannot work with a host of |host_abi|. The descriptor is static.
const pop3_plugin *pop3_plugin_user_pass(uint32_t host_abi);

#ifdef __cplusplus
}
#endif

#endif  // POP3_AUTH_USER_PASS_H_
