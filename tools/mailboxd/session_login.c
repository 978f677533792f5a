// AUTHORIZATION: USER and PASS, APOP, RPOP, AUTH.

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tools/mailboxd/log.h"
#include "tools/mailboxd/reply.h"

// Opens the maildrop for a user who has proved who it is.
static enum result log_in(struct session *s, struct user *user) {
  const struct session_config *config = s->config;
  s->user_given = false;
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
  user->has_logged_in = true;
  user->last_login_ms = *config->now_ms;
  s->user = user;
  s->state = STATE_TRANSACTION;
  s->logged_in_now = true;
  log_write(LOG_LEVEL_INFO, "%s logged in: %u messages", user->name, s->drop->count);
  return reply_ok(s, TEXT_LOGGED_IN);
}

// Says nothing of what was wrong, and counts as bad: passwords are not for trying out.
static enum result deny(struct session *s) {
  s->user_given = false;
  s->user = NULL;
  return reply_bad(s, "AUTH", TEXT_WRONG_PASSWORD);
}

enum result handle_user(struct session *s, const struct command_line *line) {
  s->user = users_find(s->config->users, line->arg[0], line->arg_len[0]);
  s->user_given = true;
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
  bool trusted =
      s->peer.is_unix ? s->peer.same_user : s->peer.port < 1024 || s->config->rpop_any_port;
  if (user == NULL || user->trusted_as == NULL || !trusted ||
      !auth_same(line->arg[0], line->arg_len[0], user->trusted_as, strlen(user->trusted_as))) {
    s->user_given = false;
    s->user = NULL;
    return reply_bad(s, "AUTH", TEXT_RPOP_REFUSED);
  }
  return log_in(s, user);
}

static void end_exchange(struct session *s) {
  s->exchange.mech->end(s->exchange.state);
  s->exchange = (struct auth_exchange){.mech = NULL};
}

static enum result exchange_step(struct session *s, const char *response, size_t response_len) {
  struct auth_answer answer = {.challenge = NULL};
  enum auth_step step = s->exchange.mech->step(s->exchange.state, response, response_len, &answer);
  if (step == AUTH_CHALLENGE) {
    outq_string(s->out, "+ ");
    outq_text(s->out, answer.challenge, answer.challenge_len);
    outq_string(s->out, "\r\n");
    return RESULT_OK;
  }
  end_exchange(s);
  return step == AUTH_SUCCESS ? log_in(s, answer.user) : deny(s);
}

// AUTH without an argument lists the mechanisms, as the servers in the field do.
static enum result list_mechs(struct session *s) {
  (void)reply_ok(s, TEXT_LISTING);
  for (size_t i = 0; i < s->config->num_mechs; i++) {
    outq_string(s->out, s->config->mechs[i]->name);
    outq_string(s->out, "\r\n");
  }
  outq_string(s->out, ".\r\n");
  return RESULT_OK;
}

enum result handle_auth(struct session *s, const struct command_line *line) {
  if (line->num_args == 0) {
    return list_mechs(s);
  }
  for (size_t i = 0; i < s->config->num_mechs; i++) {
    const struct auth_mech *mech = s->config->mechs[i];
    if (strlen(mech->name) == line->arg_len[0] &&
        strncasecmp(mech->name, line->arg[0], line->arg_len[0]) == 0) {
      s->exchange = (struct auth_exchange){.mech = mech, .state = mech->start(mech)};
      if (s->exchange.state == NULL) {
        s->exchange.mech = NULL;
        return reply_error(s, "SYS/TEMP", TEXT_NO_MEMORY);
      }
      return exchange_step(s, line->arg[1], line->arg_len[1]);
    }
  }
  return reply_bad(s, "AUTH", TEXT_NO_MECHANISM);
}

enum result handle_auth_response(struct session *s, const char *line, size_t line_len) {
  if (line_len == 1 && line[0] == '*') {
    end_exchange(s);
    return reply_bad(s, NULL, TEXT_CANCELLED);
  }
  return exchange_step(s, line, line_len);
}
