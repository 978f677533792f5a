// The client that libpop3 is measured against over TLS: BoringSSL on a blocking socket, SSL_read
// until the known number of octets is there.
#ifndef POP3_TOOLS_BENCH_TLS_FLOOR_H_
#define POP3_TOOLS_BENCH_TLS_FLOOR_H_

#include <pop3/url.h>

#include "tools/bench/census.h"
#include "tools/bench/child.h"

// bench_tls_floor is how the SSL_read loop runs.
typedef struct bench_tls_floor {
  const pop3_url *url;  // pop3s://
  const char *ca_file;  // PEM
  const bench_census *census;
} bench_tls_floor;

// bench_tls_floor_run is a bench_task: it verifies the server, logs in, sends all RETRs with one
// SSL_write, reads and quits. |arg| is a bench_tls_floor. It counts octets as they are inside TLS.
int bench_tls_floor_run(const void *arg, bench_sample *out);

#endif  // POP3_TOOLS_BENCH_TLS_FLOOR_H_
