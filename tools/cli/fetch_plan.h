// Which messages to fetch: LIST, the numbers asked for, the size limit.
#ifndef POP3_TOOLS_CLI_FETCH_PLAN_H_
#define POP3_TOOLS_CLI_FETCH_PLAN_H_

#include <pop3/request.h>
#include <pop3/session.h>

#include "tools/cli/number_set.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_fetch_state is how far a message has come.
typedef enum cli_fetch_state {
  CLI_FETCH_WAITS = 0,
  CLI_FETCH_ENDED,   // received and handed over
  CLI_FETCH_STORED,  // and durable
  CLI_FETCH_FAILED,  // the server refused it
  CLI_FETCH_MARKED   // and marked for deletion
} cli_fetch_state;

// cli_fetch_entry is one message.
typedef struct cli_fetch_entry {
  uint64_t octets;  // as LIST tells, or POP3_OCTETS_UNKNOWN
  uint32_t number;
  cli_fetch_state state;
} cli_fetch_entry;

// cli_fetch_plan is all of them, in the server's order.
typedef struct cli_fetch_plan {
  cli_fetch_entry *entries;
  size_t num_entries;
  size_t room;
  uint64_t octets;   // sum of the sizes that are known
  uint64_t skipped;  // messages that are larger than |max_size|
  uint64_t listed;   // messages that the server has
  // What is wanted.
  const cli_number_set *wanted;  // empty: all
  uint64_t max_size;
  int no_memory;
} cli_fetch_plan;

// cli_fetch_plan_init makes a plan without messages. |wanted| must stay valid.
void cli_fetch_plan_init(cli_fetch_plan *plan, const cli_number_set *wanted, uint64_t max_size);

// cli_fetch_plan_add adds a message if it is wanted. Returns 0 when memory ran out.
int cli_fetch_plan_add(cli_fetch_plan *plan, uint32_t number, uint64_t octets);

// cli_fetch_plan_ask fills |plan| from the server's LIST.
pop3_status cli_fetch_plan_ask(cli_fetch_plan *plan, pop3_session *session, pop3_error *err);

// cli_fetch_plan_missing returns how many of the numbers that were asked for (open ends aside) the
// server does not have.
uint64_t cli_fetch_plan_missing(const cli_fetch_plan *plan);

// cli_fetch_plan_cleanup frees what |plan| owns.
void cli_fetch_plan_cleanup(cli_fetch_plan *plan);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_FETCH_PLAN_H_
