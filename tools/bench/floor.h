// The client that libpop3 is measured against: it knows how many octets will come, and calls recv()
// until they are there. No client that looks at what it gets can be faster.
#ifndef POP3_TOOLS_BENCH_FLOOR_H_
#define POP3_TOOLS_BENCH_FLOOR_H_

#include <pop3/url.h>

#include "tools/bench/census.h"
#include "tools/bench/child.h"

// bench_floor is how the recv loop runs.
typedef struct bench_floor {
  const pop3_url *url;
  const bench_census *census;
  int lockstep;  // one RETR at a time instead of all with one write
} bench_floor;

// bench_floor_run is a bench_task: it logs in, fetches all and quits. |arg| is a bench_floor. It
// counts octets as they are on the wire.
int bench_floor_run(const void *arg, bench_sample *out);

#endif  // POP3_TOOLS_BENCH_FLOOR_H_
