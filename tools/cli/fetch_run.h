// Fetching: a window of RETRs in flight, each message into its place, DELE for what is stored.
#ifndef POP3_TOOLS_CLI_FETCH_RUN_H_
#define POP3_TOOLS_CLI_FETCH_RUN_H_

#include "tools/cli/connection.h"
#include "tools/cli/deliver.h"
#include "tools/cli/fetch_batch.h"
#include "tools/cli/fetch_plan.h"
#include "tools/cli/fetch_stop.h"
#include "tools/cli/progress.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_fetch_run is one pass over a plan, in one session or several.
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
  size_t first_unsettled;     // what became of entries before it is final: QUIT was answered

  // The message that is being received.
  int open;  // it was begun in |place|
  uint64_t octets;
  uint64_t lines;  // in them

  // What waits for a flush.
  uint64_t unflushed;
  uint64_t unflushed_octets;
  uint64_t flushed_stored;  // |place->stored| after the last flush
  int64_t flushed_ms;

  // This session.
  size_t window_messages;  // how many RETRs may be submitted and not answered
  cli_fetch_batch batch;
  cli_fetch_stop stop;
  uint64_t marks_in_flight;  // DELEs without an answer
  uint64_t marked_here;      // DELEs accepted
  uint64_t received_before;  // |received| when it began
  int cut_off;               // it ended with something under way
  uint32_t failed_number;    // the message that it failed at, or 0

  // What came of all.
  uint64_t received;         // messages
  uint64_t received_octets;  // of complete messages
  uint64_t stored;
  uint64_t refused;      // RETR answered with -ERR
  uint64_t differences;  // messages whose size was not the one that LIST told
  uint64_t cut;          // of those: messages that are far smaller
  uint64_t marked;       // DELE accepted
  uint64_t mark_refused;
  uint64_t committed;  // of the marked ones: deleted by a QUIT
  int refused_code;    // exit code for the first refusal, cut message or one that has gone
  pop3_error failure;  // the first failure on this side: what is received then is dropped
} cli_fetch_run;

// cli_fetch_run_init prepares to fetch |plan| into |place|.
void cli_fetch_run_init(cli_fetch_run *run, cli_connection *connection, cli_fetch_plan *plan,
                        cli_deliver *place);

// cli_fetch_run_go fetches what a session takes: |max_messages|, if that is not 0, of what is left.
// Returns POP3_OK, or the failure of the session or of this side with |err| filled,
// POP3_ERR_CANCELLED after a signal. Refused messages are no failure. What was stored is stored in
// any case, and marked if it is to be deleted and |cut_off| is 0 then.
pop3_status cli_fetch_run_go(cli_fetch_run *run, uint64_t max_messages, pop3_error *err);

// cli_fetch_run_settle says that QUIT was answered in a session whose outcome is final.
void cli_fetch_run_settle(cli_fetch_run *run);

// cli_fetch_run_rewind prepares for a further session after one that was cut off: what did not come
// whole is left again, and what is stored is marked once more when that begins.
void cli_fetch_run_rewind(cli_fetch_run *run);

// cli_fetch_run_left returns how many messages are left for a further session.
uint64_t cli_fetch_run_left(const cli_fetch_run *run);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_FETCH_RUN_H_
