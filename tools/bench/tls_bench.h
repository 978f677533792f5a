// Bulk over TLS: libpop3 against a loop of SSL_read on the same kind of connection.
#ifndef POP3_TOOLS_BENCH_TLS_BENCH_H_
#define POP3_TOOLS_BENCH_TLS_BENCH_H_

#include "tools/bench/report.h"

// bench_tls adds the section for |workload|. Returns 1, or 0 when what is wrong was said on
// standard error.
int bench_tls(bench_report *report, const bench_workload *workload);

#endif  // POP3_TOOLS_BENCH_TLS_BENCH_H_
