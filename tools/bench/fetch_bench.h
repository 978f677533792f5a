// Fetching a mailbox: the workloads for which there are goals.
#ifndef POP3_TOOLS_BENCH_FETCH_BENCH_H_
#define POP3_TOOLS_BENCH_FETCH_BENCH_H_

#include "tools/bench/report.h"

// bench_fetch fetches |workload| (or, with options->url, what is there) with both clients. Returns
// 1, or 0 when what is wrong was said on standard error.
int bench_fetch(bench_report *report, const bench_workload *workload);

#endif  // POP3_TOOLS_BENCH_FETCH_BENCH_H_
