// The server that both clients fetch from.
#ifndef POP3_TOOLS_BENCH_SERVER_H_
#define POP3_TOOLS_BENCH_SERVER_H_

#include <pop3/url.h>
#include <sys/types.h>

#include "tools/bench/options.h"

// bench_server is where to fetch, and the mailboxd process if it is ours.
typedef struct bench_server {
  pop3_url url;
  pid_t pid;        // 0: not ours
  char folder[64];  // of the Unix socket, the port file and certificates, or empty
  // With bench_server_start_tls only:
  pop3_url tls_url;
  char ca_file[80];
} bench_server;

// bench_server_start starts mailboxd with |workload| and waits until it listens; with options->url
// it only reads that. Returns 1, or 0 when what is wrong was said on standard error.
int bench_server_start(bench_server *out, const bench_options *options,
                       const bench_workload *workload);

// bench_server_start_tls starts mailboxd with a TLS port beside the plain one, and a certificate of
// its own.
int bench_server_start_tls(bench_server *out, const bench_options *options,
                           const bench_workload *workload);

// bench_server_stop ends what was started. Harmless after a failed start.
void bench_server_stop(bench_server *server);

#endif  // POP3_TOOLS_BENCH_SERVER_H_
