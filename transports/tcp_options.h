// The options of the transport "tcp"; <pop3/plugins/tcp.h> says what they mean.
#ifndef POP3_TRANSPORTS_TCP_OPTIONS_H_
#define POP3_TRANSPORTS_TCP_OPTIONS_H_

#include <pop3/spi/transport.h>

#include "transports/address.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// P3_TCP_DEFAULT stands for an option that was not given.
#define P3_TCP_DEFAULT (-1)

// p3_tcp_options is what the options of a session amount to.
typedef struct p3_tcp_options {
  int family;             // AF_UNSPEC, AF_INET or AF_INET6; source_address's if that is given
  int fd;                 // or -1
  int own_fd;             // 0 or 1
  int nodelay;            // 0, 1 or P3_TCP_DEFAULT
  int keepalive;          // likewise
  int source_reserved;    // 0 or 1
  int64_t delay_ms;       // between two attempts
  const char *host;       // whom to connect to: tcp.connect_host, or the session's; not a copy
  uint32_t port;          // likewise
  p3_address source;      // len 0: any
  p3_address_list fixed;  // tcp.resolve of |host|; empty: none
} p3_tcp_options;

// p3_tcp_target_host returns the host to connect to: the last tcp.connect_host with a text, or
// the session's, which may be NULL. Checks nothing.
const char *p3_tcp_target_host(const pop3_transport_config *config);

// p3_tcp_options_read reads those of |config|. POP3_ERR_ARGUMENT names the option that is wrong.
pop3_status p3_tcp_options_read(p3_tcp_options *out, const pop3_host *host,
                                const pop3_transport_config *config, pop3_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_TCP_OPTIONS_H_
