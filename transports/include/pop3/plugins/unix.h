// The transport "unix": a connection to a Unix stream socket, at the bottom of a chain.
//
// The host is the socket's path, or "@name" for a socket in Linux's abstract namespace (a file
// whose name begins with '@' is reached as "./@name"). The port does not count.
//
// Options (the member of pop3_option that counts in parentheses):
//
//   unix.path      (text)    connect to this socket; the host is that of the layers above then, as
//                            for the socket of a proxy
//   unix.peer_uid  (number)  refuse, with POP3_ERR_POLICY, unless the process that made the socket
//                            listen runs as this user id (SO_PEERCRED). Worth it for abstract names
//                            and for paths in directories that others may write to
#ifndef POP3_TRANSPORTS_UNIX_H_
#define POP3_TRANSPORTS_UNIX_H_

#include <pop3/spi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_plugin_unix returns the plugin with the transport "unix", for pop3_registry_add; NULL if it
// cannot work with a host of |host_abi|. The descriptor is static.
const pop3_plugin *pop3_plugin_unix(uint32_t host_abi);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_UNIX_H_
