// The client that is measured: libpop3 through its public interface.
#ifndef POP3_TOOLS_BENCH_CLIENT_H_
#define POP3_TOOLS_BENCH_CLIENT_H_

#include <pop3/pop3.h>

#include "tools/bench/child.h"
#include "tools/bench/options.h"

// bench_client is how libpop3 runs.
typedef struct bench_client {
  const pop3_url *url;
  const bench_options *options;
  const char *ca_file;  // over TLS: what to trust; else NULL
} bench_client;

// bench_client_open makes a registry with the usual plugins and the options of a session, which
// logs in with USER and PASS as the clients that it is compared with do. Returns 1, or 0 when what
// is wrong was said on standard error. |limits| must outlive |out|.
int bench_client_open(pop3_registry **registry, pop3_session_options *out, pop3_limits *limits,
                      const bench_options *options);

// bench_client_fail says what |error| is. Returns 0.
int bench_client_fail(const char *doing, const pop3_error *error);

// bench_client_run is a bench_task: it logs in, fetches all messages and quits. |arg| is a
// bench_client. It counts the octets of the messages.
int bench_client_run(const void *arg, bench_sample *out);

#endif  // POP3_TOOLS_BENCH_CLIENT_H_
