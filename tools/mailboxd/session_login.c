#include "tools/mailboxd/session_login.h"

#include <string.h>

#include "tools/mailboxd/auth.h"
#include "tools/mailboxd/log.h"
#include "tools/mailboxd/maildrop.h"

enum result log_in(struct session *s, struct user *user) {
  const struct session_config *config = s->config;
  s->user_given = 0;
  int64_t since_ms = *config->now_ms - user->last_login_ms;
  if (user->has_logged_in && since_ms < (int64_t)config->login_delay_s * 1000) {
    return reply_error(s, "LOGIN-DELAY", TEXT_TOO_SOON);
  }
  switch (maildrop_open(user->box, &s->drop)) {
    case DROP_OK:
      break;
    case DROP_IN_USE:
      return reply_error(s, "IN-USE", TEXT_MAILDROP_IN_USE);
    case DROP_TEMP:
      return reply_error(s, "SYS/TEMP", TEXT_MAILDROP_TEMP);
    case DROP_PERM:
      return reply_error(s, "SYS/PERM", TEXT_MAILDROP_PERM);
  }
  user->has_logged_in = 1;
  user->last_login_ms = *config->now_ms;
  s->user = user;
  s->state = STATE_TRANSACTION;
  s->logged_in_now = 1;
  log_write(LOG_LEVEL_INFO, "%s logged in: %u messages", user->name, s->drop->count);
  return reply_ok(s, TEXT_LOGGED_IN);
}

enum result deny(struct session *s) {
  s->user_given = 0;
  s->user = NULL;
  return reply_bad(s, "AUTH", TEXT_WRONG_PASSWORD);
}

enum result handle_user(struct session *s, const struct command_line *line) {
  s->user = users_find(s->config->users, line->arg[0], line->arg_len[0]);
  s->user_given = 1;
  return reply_ok(s, TEXT_SEND_PASS);
}

enum result handle_pass(struct session *s, const struct command_line *line) {
  if (!s->user_given) {
    return reply_bad(s, NULL, TEXT_USER_FIRST);
  }
  struct user *user = s->user;
  if (user == NULL ||
      !auth_same(line->arg[0], line->arg_len[0], user->password, strlen(user->password))) {
    return deny(s);
  }
  return log_in(s, user);
}

enum result handle_apop(struct session *s, const struct command_line *line) {
  struct user *user = users_find(s->config->users, line->arg[0], line->arg_len[0]);
  char digest[AUTH_DIGEST_LEN];
  if (s->stamp[0] == '\0' || user == NULL) {
    return deny(s);
  }
  auth_apop(digest, s->stamp, user->password);
  if (!auth_same(line->arg[1], line->arg_len[1], digest, sizeof(digest))) {
    return deny(s);
  }
  return log_in(s, user);
}

// RFC 1081: the client's user name stands in for the password. Over TCP it is believed only from a
// reserved port, over a Unix socket only from root or the server's own user.
enum result handle_rpop(struct session *s, const struct command_line *line) {
  if (!s->user_given) {
    return reply_bad(s, NULL, TEXT_USER_FIRST);
  }
  struct user *user = s->user;
  int trusted =
      s->peer.is_unix ? s->peer.same_user : s->peer.port < 1024 || s->config->rpop_any_port;
  if (user == NULL || user->trusted_as == NULL || !trusted ||
      !auth_same(line->arg[0], line->arg_len[0], user->trusted_as, strlen(user->trusted_as))) {
    s->user_given = 0;
    s->user = NULL;
    return reply_bad(s, "AUTH", TEXT_RPOP_REFUSED);
  }
  return log_in(s, user);
}
