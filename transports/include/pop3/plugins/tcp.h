// The transport "tcp": a connection to a host and port, at the bottom of a chain.
//
// The name is looked up without blocking, all its addresses are raced (RFC 8305), and what went
// wrong with each is said when none answers. The connect deadline is the session's.
//
// The host and port are the session's: the server's. Where a proxy's layer stands on top, which
// asks the proxy for that server, tcp.connect_host and tcp.connect_port say where the proxy is.
//
// Options (the member of pop3_option that counts in parentheses):
//
//   tcp.connect_host          (text)    connect to this name or address instead of the session's
//                                       host
//   tcp.connect_port          (number)  connect to this port instead of the session's
//   tcp.source_address        (text)    numeric address to connect from; addresses of the other
//                                       family are then not tried
//   tcp.source_port_reserved  (number)  1: connect from a port of 512 to 1023, as RPOP wants; takes
//                                       CAP_NET_BIND_SERVICE
//   tcp.family                (text)    "ipv4", "ipv6" or "any" (default)
//   tcp.resolve               (text)    "host:address[,address]": numeric addresses to try for the
//                                       host connected to, in this order, instead of looking it
//                                       up; may be given for several hosts. An IPv6 address may
//                                       stand in brackets
//   tcp.attempt_delay_ms      (number)  before the next address is tried too: 10 to 60000, default
//                                       250
//   tcp.nodelay               (number)  TCP_NODELAY: 1 (default) or 0
//   tcp.keepalive             (number)  SO_KEEPALIVE: 1 (default) or 0
//   tcp.fd                    (number)  a connected stream socket to use instead (TCP, or any other
//                                       family). Its modes are left as they are: it may be a
//                                       blocking one; nodelay and keepalive are set only if given
//   tcp.own_fd                (number)  1: tcp.fd is shut down and closed with the session,
//                                       once create has succeeded (the session's first step);
//                                       until then, and with 0 (default), it is the caller's
//
// The one resource that may outlive a session is the thread of a look-up that has not ended: the C
// library cannot be interrupted. It frees what it holds when it ends.
#ifndef POP3_TRANSPORTS_TCP_H_
#define POP3_TRANSPORTS_TCP_H_

#include <pop3/spi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_plugin_tcp returns the plugin with the transport "tcp", for pop3_registry_add; NULL if it
// cannot work with a host of |host_abi|. The descriptor is static.
const pop3_plugin *pop3_plugin_tcp(uint32_t host_abi);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_TCP_H_
