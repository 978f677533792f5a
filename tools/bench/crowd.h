// Many connections at a time in one thread: what both clients of the workload "crowd" share.
#ifndef POP3_TOOLS_BENCH_CROWD_H_
#define POP3_TOOLS_BENCH_CROWD_H_

#include <pop3/url.h>

#include "tools/bench/child.h"
#include "tools/bench/options.h"

// BENCH_CROWD_MESSAGES is how many messages each session fetches, from the first on.
#define BENCH_CROWD_MESSAGES 10

// BENCH_CROWD_EVENTS is how many events are taken at a time.
#define BENCH_CROWD_EVENTS 256

// bench_crowd_task is what is to be done.
typedef struct bench_crowd_task {
  const pop3_url *url;
  const bench_options *options;
  uint32_t num_sessions;
} bench_crowd_task;

// bench_crowd_raw is a bench_task: sessions that send everything with one write behind the greeting
// and read until the server hangs up. It counts octets on the wire, and sessions.
int bench_crowd_raw(const void *arg, bench_sample *out);

// bench_crowd_client is a bench_task: the same with libpop3's sessions on the same kind of loop. It
// counts octets of messages, and sessions.
int bench_crowd_client(const void *arg, bench_sample *out);

#endif  // POP3_TOOLS_BENCH_CROWD_H_
