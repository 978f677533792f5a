// The mechanism "rpop": USER and RPOP (RFC 1081), where the server trusts the name of the user on
// the client's machine because the connection comes from a reserved port of a host that it knows
// (option tcp.source_port_reserved).
//
// Only used when asked for by name. The user name is that on the client's machine, which RPOP
// names; USER names the maildrop, which is POP3_CREDENTIAL_AUTHZID if there is one, else the user
// name. No secret is sent, and nothing is proved: it is for machines that trust each other's root
// and network.
#ifndef POP3_AUTH_RPOP_H_
#define POP3_AUTH_RPOP_H_

#include <pop3/spi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_plugin_rpop returns the plugin with the mechanism "rpop", for pop3_registry_add; NULL if it
// cannot work with a host of |host_abi|. The descriptor is static.
const pop3_plugin *pop3_plugin_rpop(uint32_t host_abi);

#ifdef __cplusplus
}
#endif

#endif  // POP3_AUTH_RPOP_H_
