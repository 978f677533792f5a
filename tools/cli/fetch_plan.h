// Which messages to fetch: LIST, the numbers asked for, the size limit, the unique-ids.
#ifndef POP3_TOOLS_CLI_FETCH_PLAN_H_
#define POP3_TOOLS_CLI_FETCH_PLAN_H_

#include <pop3/request.h>
#include <pop3/session.h>

#include "tools/cli/fetch_ids.h"
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
  CLI_FETCH_MARKED,  // and marked for deletion
  CLI_FETCH_SETTLED  // and that is committed
} cli_fetch_state;

// cli_fetch_entry is one message. There may be very many, hence nothing in it that not all need.
typedef struct cli_fetch_entry {
  uint64_t octets;  // as LIST tells, or POP3_OCTETS_UNKNOWN
  uint32_t number;  // in this session
  uint8_t state;    // a cli_fetch_state
  uint8_t is_cut;   // less came than LIST tells: it stays on the server
} cli_fetch_entry;

// cli_fetch_plan is all of them, in the server's order.
typedef struct cli_fetch_plan {
  cli_fetch_entry *entries;
  size_t num_entries;
  size_t room;
  const char *
      *uids;         // for each entry its unique-id, in |ids|, or NULL; NULL before they were asked
  uint64_t octets;   // sum of the sizes that are known
  uint64_t skipped;  // messages that are larger than |max_size|
  uint64_t listed;   // messages that the server has
  uint64_t doubles;  // lines about numbers that had been listed before
  uint64_t gone;     // messages that a later session does not have any more
  uint32_t last;     // the largest number listed
  int is_unsorted;   // the numbers did not ascend
  cli_fetch_ids ids;
  // What is wanted.
  const cli_number_set *wanted;  // empty: all
  uint64_t max_size;
  int no_memory;
} cli_fetch_plan;

// cli_fetch_plan_init makes a plan without messages. |wanted| must stay valid.
void cli_fetch_plan_init(cli_fetch_plan *plan, const cli_number_set *wanted, uint64_t max_size);

// cli_fetch_plan_add adds a message if it is wanted. Returns 0 when memory ran out.
int cli_fetch_plan_add(cli_fetch_plan *plan, uint32_t number, uint64_t octets);

// cli_fetch_plan_settle ends the adding: of a number that was listed twice one entry stays, with
// the larger size. Returns 0 when memory ran out.
int cli_fetch_plan_settle(cli_fetch_plan *plan);

// cli_fetch_plan_ask fills |plan| from the server's LIST.
pop3_status cli_fetch_plan_ask(cli_fetch_plan *plan, pop3_session *session, pop3_error *err);

// cli_fetch_plan_ask_ids asks for the unique-ids, too. Fails only if the session does, or for lack
// of memory: a server need not have any.
pop3_status cli_fetch_plan_ask_ids(cli_fetch_plan *plan, pop3_session *session, pop3_error *err);

// cli_fetch_plan_uid returns the unique-id of the |index|-th entry, or NULL if it has none of its
// own.
const char *cli_fetch_plan_uid(const cli_fetch_plan *plan, size_t index);

// cli_fetch_plan_has_all_ids says whether each message has a unique-id of its own, so that a later
// session can find it again.
int cli_fetch_plan_has_all_ids(const cli_fetch_plan *plan);

// cli_fetch_plan_renumber gives the entries from |from| on the numbers that they have in a later
// session, whose messages are |later|. Of those that are not there the ones before |next| get
// number 0, the others are dropped. The ones before |next| are about to be deleted unseen: they
// must have the same size, too.
void cli_fetch_plan_renumber(cli_fetch_plan *plan, size_t from, size_t next,
                             const cli_fetch_plan *later);

// cli_fetch_plan_missing returns how many of the numbers that were asked for (open ends aside) the
// server does not have.
uint64_t cli_fetch_plan_missing(const cli_fetch_plan *plan);

// cli_fetch_plan_cleanup frees what |plan| owns.
void cli_fetch_plan_cleanup(cli_fetch_plan *plan);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_FETCH_PLAN_H_
