// Session after session: what connecting and logging in cost.
#ifndef POP3_TOOLS_BENCH_SESSION_BENCH_H_
#define POP3_TOOLS_BENCH_SESSION_BENCH_H_

#include "tools/bench/report.h"

// bench_sessions logs in, asks STAT and quits, many times. The floor sends all of that with one
// write behind the greeting. Returns 1, or 0 when what is wrong was said on standard error.
int bench_sessions(bench_report *report);

#endif  // POP3_TOOLS_BENCH_SESSION_BENCH_H_
