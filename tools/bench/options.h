// The command line of `bench`.
#ifndef POP3_TOOLS_BENCH_OPTIONS_H_
#define POP3_TOOLS_BENCH_OPTIONS_H_

#include <stddef.h>
#include <stdint.h>

#include "tools/bench/workload.h"

#ifdef __cplusplus
extern "C" {
#endif

// BENCH_WORKLOADS_MAX is how many mailboxes one run can fetch.
#define BENCH_WORKLOADS_MAX 16

// bench_pin says on which CPUs client and server run.
typedef enum bench_pin {
  BENCH_PIN_SAME = 0,  // both on one: all work counts, and no wake-up of another CPU
  BENCH_PIN_APART,     // each on one of its own
  BENCH_PIN_NONE       // as the kernel likes
} bench_pin;

// bench_options is what the command line says. Strings point into argv.
typedef struct bench_options {
  bench_workload workloads[BENCH_WORKLOADS_MAX];  // to fetch
  size_t num_workloads;
  int memory;    // the engine on its own
  int sessions;  // session after session
  int crowd;     // many sessions at a time
  int tls;       // bulk over TLS
  bench_workload tls_workload;
  uint32_t runs;  // rounds; 0: enough of them
  uint32_t num_sessions;
  uint32_t num_crowd;
  uint32_t window;       // RETRs submitted ahead; 0: all
  uint32_t recv_buffer;  // of libpop3; 0: its default
  int no_pipelining;
  int use_unix;
  int json;
  bench_pin pin;
  const char *url;     // or NULL
  const char *server;  // path of mailboxd, or NULL
} bench_options;

// bench_options_result says what to do after reading the command line.
typedef enum bench_options_result {
  BENCH_OPTIONS_RUN = 0,
  BENCH_OPTIONS_DONE,  // --help was answered
  BENCH_OPTIONS_WRONG  // what is wrong was said on standard error
} bench_options_result;

// bench_options_parse reads the command line.
bench_options_result bench_options_parse(bench_options *out, int argc, char **argv);

// bench_pin_name says what |pin| is, for people.
const char *bench_pin_name(bench_pin pin);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_BENCH_OPTIONS_H_
