// Fetching: a window of RETRs in flight, each message into its place, DELE for what is stored.
#ifndef POP3_TOOLS_CLI_FETCH_RUN_H_
#define POP3_TOOLS_CLI_FETCH_RUN_H_

#include "tools/cli/connection.h"
#include "tools/cli/deliver.h"
#include "tools/cli/fetch_plan.h"
#include "tools/cli/progress.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_fetch_run is one pass over a plan.
typedef struct cli_fetch_run {
  cli_connection *connection;
  cli_fetch_plan *plan;
  cli_deliver *place;
  cli_progress progress;

  // The window.
  size_t next;                // the first entry that was not submitted
  size_t first_waiting;       // the first entry that is not done
  uint64_t in_flight_octets;  // announced for those between the two
  size_t first_unmarked;      // entries before it are stored, and marked if they are to be

  // The message that is being received.
  int open;  // it was begun in |place|
  uint64_t octets;

  // What waits for a flush.
  uint64_t unflushed;
  uint64_t unflushed_octets;
  uint64_t flushed_stored;  // |place->stored| after the last flush
  int64_t flushed_ms;

  // What came of it.
  int drained;               // every RETR was answered
  int cut_off;               // the session ended with something under way
  uint64_t received;         // messages
  uint64_t received_octets;  // of complete messages
  uint64_t stored;
  uint64_t refused;      // RETR answered with -ERR
  uint64_t differences;  // messages whose size was not the one that LIST told
  uint64_t marked;       // DELE accepted
  uint64_t mark_refused;
  uint32_t failed_number;  // the message that the session failed at, or 0
  int refused_code;        // exit code for the first refusal
  pop3_error failure;      // the first failure on this side: what is received then is dropped
} cli_fetch_run;

// cli_fetch_run_init prepares to fetch |plan| into |place|.
void cli_fetch_run_init(cli_fetch_run *run, cli_connection *connection, cli_fetch_plan *plan,
                        cli_deliver *place);

// cli_fetch_run_go does it. Returns POP3_OK, or the failure of the session or of this side with
// |err| filled. Refused messages are no failure. What was stored is stored in any case.
pop3_status cli_fetch_run_go(cli_fetch_run *run, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_FETCH_RUN_H_
