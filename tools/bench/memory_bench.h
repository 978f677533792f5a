// The engine without any socket, so that what it adds to the copy out of the kernel can be seen.
#ifndef POP3_TOOLS_BENCH_MEMORY_BENCH_H_
#define POP3_TOOLS_BENCH_MEMORY_BENCH_H_

#include "tools/bench/report.h"

// bench_memory feeds a pop3_engine one message many times, beside memcpy and memchr. Returns 1, or
// 0 when what is wrong was said on standard error.
int bench_memory(bench_report *report);

#endif  // POP3_TOOLS_BENCH_MEMORY_BENCH_H_
