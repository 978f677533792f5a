// What is fetched: so many messages of such a size.
#ifndef POP3_TOOLS_BENCH_WORKLOAD_H_
#define POP3_TOOLS_BENCH_WORKLOAD_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// bench_workload is a mailbox that mailboxd makes up.
typedef struct bench_workload {
  uint32_t count;
  uint64_t size;  // octets of each message
} bench_workload;

// BENCH_NAME_MAX is enough for the name of a workload.
#define BENCH_NAME_MAX 48

// bench_workload_parse reads "200x5M" (K, M, G: powers of 1024). Returns 1 if |text| is one.
int bench_workload_parse(bench_workload *out, const char *text);

// bench_size_parse reads a number of octets such as "128K". Returns 1 if |text| is one.
int bench_size_parse(uint64_t *out, const char *text);

// bench_workload_name writes "200x5M" to |out|.
void bench_workload_name(char out[BENCH_NAME_MAX], const bench_workload *workload);

// bench_workload_is_bulk says whether octets count, and not messages.
int bench_workload_is_bulk(const bench_workload *workload);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_BENCH_WORKLOAD_H_
