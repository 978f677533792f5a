// The unique-ids of a session: what tells messages apart when their numbers change.
#ifndef POP3_TOOLS_CLI_FETCH_IDS_H_
#define POP3_TOOLS_CLI_FETCH_IDS_H_

#include <pop3/session.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// cli_fetch_id is the unique-id of a message.
typedef struct cli_fetch_id {
  uint32_t number;
  char *uid;  // NULL: it has none of its own
} cli_fetch_id;

// cli_fetch_ids is those of all messages.
typedef struct cli_fetch_ids {
  cli_fetch_id *entries;  // sorted by number once settled
  size_t num_entries;
  size_t room;
  cli_fetch_id **by_uid;  // sorted; only those with a unique-id of their own
  size_t num_by_uid;
} cli_fetch_ids;

// CLI_FETCH_IDS_INIT is none.
#define CLI_FETCH_IDS_INIT \
  { NULL, 0, 0, NULL, 0 }

// cli_fetch_ids_add adds what the server says of message |number|. Returns 0 when memory ran out.
int cli_fetch_ids_add(cli_fetch_ids *ids, uint32_t number, const char *uid, size_t uid_len);

// cli_fetch_ids_settle ends the adding. An id that is empty or stands at two numbers is nobody's,
// and neither is one of a number that has two. Returns 0 when memory ran out.
int cli_fetch_ids_settle(cli_fetch_ids *ids);

// cli_fetch_ids_ask fills |ids| from the server's UIDL. After POP3_REFUSED, or an answer that makes
// no sense, it is empty.
pop3_status cli_fetch_ids_ask(cli_fetch_ids *ids, pop3_session *session, pop3_error *err);

// cli_fetch_ids_uid returns the unique-id of message |number|, or NULL.
const char *cli_fetch_ids_uid(const cli_fetch_ids *ids, uint32_t number);

// cli_fetch_ids_number returns the number of the message |uid|, or 0.
uint32_t cli_fetch_ids_number(const cli_fetch_ids *ids, const char *uid);

// cli_fetch_ids_cleanup frees what |ids| owns; it is empty then.
void cli_fetch_ids_cleanup(cli_fetch_ids *ids);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_FETCH_IDS_H_
