// What a mailbox holds on the wire and un-stuffed, found by a reader that has nothing to do with
// libpop3: the recv loop needs it to know when it has everything, and libpop3 must come to the same
// octets.
#ifndef POP3_TOOLS_BENCH_CENSUS_H_
#define POP3_TOOLS_BENCH_CENSUS_H_

#include <pop3/url.h>
#include <stdint.h>

// bench_census is what there is.
typedef struct bench_census {
  uint32_t count;
  uint64_t wire_octets;  // of all replies to RETR: status line, dots and the end included
  uint64_t body_octets;  // of all messages
  uint64_t wire_of[];    // |wire_octets| of each message
} bench_census;

// bench_census_take reads the whole mailbox, one message after the other. Returns NULL when what is
// wrong was said on standard error.
bench_census *bench_census_take(const pop3_url *url);

// bench_census_free frees |census|, which may be NULL.
void bench_census_free(bench_census *census);

#endif  // POP3_TOOLS_BENCH_CENSUS_H_
