// The transport "socks5": asks a SOCKS 5 proxy (RFC 1928, RFC 1929) for a connection to the server.
// It stands on the transport that reaches the proxy: {"tcp", "socks5"}, {"unix", "socks5"}; TLS to
// the server goes on top: {"tcp", "socks5", "tls"}.
//
// The session's host and port are the server's, and the proxy is asked for them; where the proxy is
// say the options of the transport below: tcp.connect_host and tcp.connect_port, or unix.path. A
// name goes to the proxy as it is, at most 255 octets: it is looked up there and not here. Numeric
// addresses go as such; one with a zone ("fe80::1%eth0") means nothing to another machine and is
// refused.
//
// Options (the member of pop3_option that counts in parentheses):
//
//   socks5.user      (text)  user name for the proxy, 1 to 255 octets. It is sent only if the proxy
//                            asks for it
//   socks5.password  (text)  its password, 1 to 255 octets: both or none. Note that everybody on
//                            the way to the proxy can read both
//
// The connection from the proxy to the server is not encrypted, however the proxy is reached.
// Therefore POP3_QUERY_IS_LOCAL and POP3_QUERY_IS_ENCRYPTED are answered with 0, and queries about
// TLS are not answered, whatever transport is below.
#ifndef POP3_PLUGINS_SOCKS5_SOCKS5_H_
#define POP3_PLUGINS_SOCKS5_SOCKS5_H_

#include <pop3/spi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_plugin_socks5 returns the plugin with the transport "socks5", for pop3_registry_add; NULL if
// it cannot work with a host of |host_abi|. The descriptor is static.
const pop3_plugin *pop3_plugin_socks5(uint32_t host_abi);

#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_SOCKS5_SOCKS5_H_
