// How many messages one session takes before its deletions are committed. POP3 commits them with
// QUIT only, which ends the session, so that the next messages need a new one.
#ifndef POP3_TOOLS_CLI_FETCH_BATCH_H_
#define POP3_TOOLS_CLI_FETCH_BATCH_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// CLI_FETCH_BATCH_MESSAGES is how many by default: few enough that little comes a second time from
// a server that cuts the connection, and enough that logging in and listing take little of the
// time.
#define CLI_FETCH_BATCH_MESSAGES 500

// CLI_FETCH_BATCH_OCTETS is after how many octets it is time, too.
#define CLI_FETCH_BATCH_OCTETS (UINT64_C(256) << 20)

// cli_fetch_batch is what a session has taken.
typedef struct cli_fetch_batch {
  uint64_t max_messages;  // 0: any number, and any size
  uint64_t messages;
  uint64_t octets;
  int is_closed;
} cli_fetch_batch;

// cli_fetch_batch_start begins a session.
void cli_fetch_batch_start(cli_fetch_batch *batch, uint64_t max_messages);

// cli_fetch_batch_close makes it full.
void cli_fetch_batch_close(cli_fetch_batch *batch);

// cli_fetch_batch_is_full says whether no message more is for this session.
int cli_fetch_batch_is_full(const cli_fetch_batch *batch);

// cli_fetch_batch_add counts a message of |octets| (0 if that is not known).
void cli_fetch_batch_add(cli_fetch_batch *batch, uint64_t octets);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_FETCH_BATCH_H_
