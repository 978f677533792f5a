// Many sessions at a time in one thread.
#ifndef POP3_TOOLS_BENCH_CROWD_BENCH_H_
#define POP3_TOOLS_BENCH_CROWD_BENCH_H_

#include "tools/bench/report.h"

// bench_crowd runs them with bare sockets and with libpop3, and finds what one session takes in
// memory. Returns 1, or 0 when what is wrong was said on standard error.
int bench_crowd(bench_report *report);

#endif  // POP3_TOOLS_BENCH_CROWD_BENCH_H_
