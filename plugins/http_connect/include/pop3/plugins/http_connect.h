// The transport "http_connect": asks an HTTP proxy for a tunnel to the server (CONNECT, RFC 9110
// section 9.3.6). It stands on the transport that reaches the proxy: {"tcp", "http_connect"},
// {"tcp", "tls", "http_connect"} for a proxy that is spoken to over TLS; TLS to the server goes on
// top.
//
// The session's host and port are the server's, and the proxy is asked for them; where the proxy is
// say tcp.connect_host and tcp.connect_port. The name is looked up by the proxy. It must be made of
// letters, digits, '.', '-' and '_' (an international one in its "xn--" form), or be a numeric
// address without a zone.
//
// The proxy's answer is read strictly: lines end in CRLF, the header has at most 8192 octets, and
// at most 8 interim answers (1xx) come before the final one. What the proxy sends behind a header
// that grants the tunnel is the server's.
//
// Options (the member of pop3_option that counts in parentheses):
//
//   http_connect.user      (text)  user name for the proxy (Basic, RFC 7617), 1 to 255 octets
//                                  without ':' and controls. It is sent with the request, and
//                                  everybody on the way to the proxy can read it and the password
//   http_connect.password  (text)  its password, at most 255 octets without controls; empty if this
//                                  is not given
//
// The connection from the proxy to the server is not encrypted, however the proxy is reached.
// Therefore POP3_QUERY_IS_LOCAL and POP3_QUERY_IS_ENCRYPTED are answered with 0, and queries about
// TLS are not answered, whatever transport is below.
#ifndef POP3_PLUGINS_HTTP_CONNECT_HTTP_CONNECT_H_
#define POP3_PLUGINS_HTTP_CONNECT_HTTP_CONNECT_H_

#include <pop3/spi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_plugin_http_connect returns the plugin with the transport "http_connect", for
// pop3_registry_add; NULL if it cannot work with a host of |host_abi|. The descriptor is static.
const pop3_plugin *pop3_plugin_http_connect(uint32_t host_abi);

#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_HTTP_CONNECT_HTTP_CONNECT_H_
