// TRANSACTION and UPDATE: the commands that deal with messages.
#ifndef TOOLS_MAILBOXD_SESSION_MAIL_H_
#define TOOLS_MAILBOXD_SESSION_MAIL_H_

#include "tools/mailboxd/command.h"
#include "tools/mailboxd/reply.h"
#include "tools/mailboxd/session_state.h"

#ifdef __cplusplus
extern "C" {
#endif

// The handlers of these commands.
enum result handle_stat(struct session *s, const struct command_line *line);
enum result handle_list(struct session *s, const struct command_line *line);
enum result handle_retr(struct session *s, const struct command_line *line);
enum result handle_dele(struct session *s, const struct command_line *line);
enum result handle_noop(struct session *s, const struct command_line *line);
enum result handle_rset(struct session *s, const struct command_line *line);
enum result handle_top(struct session *s, const struct command_line *line);
enum result handle_uidl(struct session *s, const struct command_line *line);
enum result handle_last(struct session *s, const struct command_line *line);
enum result handle_quit(struct session *s, const struct command_line *line);

// fill_listing queues more lines of LIST or UIDL.
void fill_listing(struct session *s);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_SESSION_MAIL_H_
