// The handlers of the commands, and how they answer. For the files of the session only.
#ifndef TOOLS_MAILBOXD_REPLY_H_
#define TOOLS_MAILBOXD_REPLY_H_

#include "tools/mailboxd/session.h"

#ifdef __cplusplus
extern "C" {
#endif

// result is what a handler says about the command.
enum result {
  RESULT_OK,       // done, or begun
  RESULT_REFUSED,  // a good command that could not be carried out
  RESULT_BAD,      // a command that counts against the client
  RESULT_QUIT,     // the session is over
  RESULT_STLS,     // TLS is to begin, if nothing has come behind the command
  RESULT_BROKEN    // it cannot go on
};

// reply_ok queues +OK and a text, and returns RESULT_OK.
enum result reply_ok(struct session *s, enum text text);

// reply_error queues -ERR, a response code (as "IN-USE", or NULL) and a text; returns
// RESULT_REFUSED.
enum result reply_error(struct session *s, const char *code, enum text text);

// reply_bad is reply_error for a command that counts as bad; returns RESULT_BAD.
enum result reply_bad(struct session *s, const char *code, enum text text);

// The handlers, by the file that they are in.

// session_login.c
enum result handle_user(struct session *s, const struct command_line *line);
enum result handle_pass(struct session *s, const struct command_line *line);
enum result handle_apop(struct session *s, const struct command_line *line);
enum result handle_rpop(struct session *s, const struct command_line *line);
// log_in opens the maildrop for a user who has proved who it is, and answers.
enum result log_in(struct session *s, struct user *user);
// deny says nothing of what was wrong, and counts as bad: passwords are not for trying out.
enum result deny(struct session *s);

// session_auth.c
// offers_mech says whether a mechanism is possible on this connection.
bool offers_mech(const struct session *s, const struct auth_mech *mech);
enum result handle_auth(struct session *s, const struct command_line *line);
enum result handle_auth_response(struct session *s, const char *line, size_t line_len);

// session_stls.c
enum result handle_stls(struct session *s, const struct command_line *line);
// needs_tls says that |command| may not be given before TLS.
bool needs_tls(const struct session *s, enum command command);
// offers_stls says whether STLS is possible now.
bool offers_stls(const struct session *s);

// session_mail.c
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

// session_capa.c
enum result handle_capa(struct session *s, const struct command_line *line);
enum result handle_utf8(struct session *s, const struct command_line *line);
enum result handle_lang(struct session *s, const struct command_line *line);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_REPLY_H_
