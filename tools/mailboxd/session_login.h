// AUTHORIZATION: USER and PASS, APOP, RPOP; and what all logins end with.
#ifndef TOOLS_MAILBOXD_SESSION_LOGIN_H_
#define TOOLS_MAILBOXD_SESSION_LOGIN_H_

#include "tools/mailboxd/command.h"
#include "tools/mailboxd/reply.h"
#include "tools/mailboxd/session_state.h"
#include "tools/mailboxd/users.h"

#ifdef __cplusplus
extern "C" {
#endif

// log_in opens the maildrop for a user who has proved who it is, and answers.
enum result log_in(struct session *s, struct user *user);

// deny says nothing of what was wrong, and counts as bad: passwords are not for trying out.
enum result deny(struct session *s);

// The handlers of USER, PASS, APOP and RPOP.
enum result handle_user(struct session *s, const struct command_line *line);
enum result handle_pass(struct session *s, const struct command_line *line);
enum result handle_apop(struct session *s, const struct command_line *line);
enum result handle_rpop(struct session *s, const struct command_line *line);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_SESSION_LOGIN_H_
