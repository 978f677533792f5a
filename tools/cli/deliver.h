// Where fetched messages go: one small interface, and the four places that implement it.
#ifndef POP3_TOOLS_CLI_DELIVER_H_
#define POP3_TOOLS_CLI_DELIVER_H_

#include <pop3/status.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/cli/report.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cli_deliver cli_deliver;

// cli_message_id says which message it is.
typedef struct cli_message_id {
  const char *uid;       // its unique-id, or NULL if it has none of its own
  uint32_t number;       // in this session
  int others_have_uids;  // 1: only this one has no |uid|
} cli_message_id;

// cli_deliver_ops is the function table of a place.
//
// Contract. For each message: begin, write any number of times, then end if the message is
// complete, abort if not (also after a failed write or end). flush makes all ended messages visible
// and durable; until then some may be neither. Nothing of an aborted message is left behind. close
// comes last, in any state; messages that were ended and not flushed may be lost with it.
typedef struct cli_deliver_ops {
  pop3_status (*begin)(cli_deliver *deliver, const cli_message_id *id, pop3_error *err);
  pop3_status (*write)(cli_deliver *deliver, const uint8_t *data, size_t data_len, pop3_error *err);
  pop3_status (*end)(cli_deliver *deliver, pop3_error *err);
  void (*abort)(cli_deliver *deliver);
  pop3_status (*flush)(cli_deliver *deliver, pop3_error *err);
  // rest says after a flush that no message comes for a while: what others wait for is given back.
  // Optional.
  void (*rest)(cli_deliver *deliver);
  void (*close)(cli_deliver *deliver);
} cli_deliver_ops;

// cli_deliver is what all places begin with.
struct cli_deliver {
  const cli_deliver_ops *ops;
  uint64_t stored;  // how many messages a flush has made durable, in the order of their end
};

// cli_eol is how lines end in what is written.
typedef enum cli_eol {
  CLI_EOL_DEFAULT = 0,  // the place's own: as on the wire, but LF in an mbox
  CLI_EOL_CRLF,         // as on the wire, octet for octet
  CLI_EOL_LF            // each CRLF becomes LF
} cli_eol;

// Each of these opens a place as |*out|, creating and checking what can be before a server is
// asked, and fails with POP3_ERR_LOCAL_IO or POP3_ERR_MEMORY. Close it with ops->close.

// cli_deliver_maildir_open opens the Maildir at |path|, creating what is missing of it.
pop3_status cli_deliver_maildir_open(cli_deliver **out, const char *path, pop3_error *err);

// cli_deliver_mbox_open opens the mbox at |path|, which may not exist yet. |crlf| chooses the line
// end of the lines that an mbox adds. What the user should know is told to |report|, which must
// stay valid and may be NULL.
pop3_status cli_deliver_mbox_open(cli_deliver **out, const char *path, int crlf,
                                  const cli_report *report, pop3_error *err);

// cli_deliver_dir_open opens the directory at |path|, creating it if it is missing. A message
// becomes NAME.eml (mail_name.h), or NAME~2.eml, NAME~3.eml, ... if that is taken. A file of the
// same unique-id that holds the same octets, and that only this user may write to, is the message
// already, and no second is made; with |replace| NAME.eml of a unique-id is replaced. Nothing else
// is.
pop3_status cli_deliver_dir_open(cli_deliver **out, const char *path, int replace, pop3_error *err);

// cli_deliver_fd_open writes messages to |fd|, one behind the other, and leaves it open. |name| is
// for error messages and must stay valid.
pop3_status cli_deliver_fd_open(cli_deliver **out, int fd, const char *name, pop3_error *err);

// cli_deliver_lf_open makes a place that turns each CRLF into LF and hands the rest to |inner|,
// which it closes with itself; on failure |inner| is left alone.
pop3_status cli_deliver_lf_open(cli_deliver **out, cli_deliver *inner, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_DELIVER_H_
