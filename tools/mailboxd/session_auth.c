#include "tools/mailboxd/session_auth.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tools/mailboxd/auth.h"
#include "tools/mailboxd/faults.h"
#include "tools/mailboxd/outq.h"
#include "tools/mailboxd/session_login.h"
#include "tools/mailboxd/texts.h"

static void end_exchange(struct session *s) {
  s->exchange.mech->end(s->exchange.state);
  s->exchange.mech = NULL;
}

static enum result challenge(struct session *s, const struct auth_answer *answer) {
  size_t len;
  char *text = auth_encode(answer->challenge, answer->challenge_len, &len);
  if (text == NULL) {
    end_exchange(s);
    return reply_error(s, "SYS/TEMP", TEXT_NO_MEMORY);
  }
  outq_string(s->out, "+ ");
  outq_text(s->out, text, len);
  outq_string(s->out, "\r\n");
  free(text);
  return RESULT_OK;
}

// |response| is NULL if there was none.
static enum result step(struct session *s, const uint8_t *response, size_t response_len) {
  struct auth_answer answer = {.challenge = ""};
  enum auth_step next = s->exchange.mech->step(s->exchange.state, response, response_len, &answer);
  if (next == AUTH_CHALLENGE) {
    return challenge(s, &answer);
  }
  int refused = faults_refuses_mech(&s->config->faults, s->exchange.mech->name);
  end_exchange(s);
  if (refused && next == AUTH_SUCCESS && answer.layer.ops != NULL) {
    answer.layer.ops->free(answer.layer.state);
  }
  if (refused || next != AUTH_SUCCESS || answer.user == NULL) {
    return deny(s);
  }
  enum result result = log_in(s, answer.user);
  if (result == RESULT_OK) {
    s->layer = answer.layer;
  } else if (answer.layer.ops != NULL) {
    answer.layer.ops->free(answer.layer.state);
  }
  return result;
}

static enum result decode_and_step(struct session *s, const char *line, size_t line_len) {
  uint8_t *response = malloc(line_len + 1);
  size_t response_len;
  if (response == NULL) {
    end_exchange(s);
    return reply_error(s, "SYS/TEMP", TEXT_NO_MEMORY);
  }
  enum result result;
  if (auth_decode(response, &response_len, line, line_len)) {
    result = step(s, response, response_len);
  } else {
    end_exchange(s);
    result = reply_bad(s, NULL, TEXT_NOT_BASE64);
  }
  auth_wipe_free(response, line_len + 1);
  return result;
}

static struct auth_context context_of(const struct session *s) {
  return (struct auth_context){.users = s->config->users,
                               .anonymous = s->config->anonymous,
                               .tls = s->tls,
                               .layers = s->config->sasl_layers};
}

int offers_mech(const struct session *s, const struct auth_mech *mech) {
  const struct auth_context context = context_of(s);
  if (faults_hides_mech(&s->config->faults, mech->name)) {
    return 0;
  }
  return mech->offered == NULL || mech->offered(mech, &context);
}

// AUTH without an argument lists the mechanisms, as the servers in the field do.
static enum result list_mechs(struct session *s) {
  (void)reply_ok(s, TEXT_LISTING);
  for (size_t i = 0; i < s->config->num_mechs; i++) {
    if (offers_mech(s, s->config->mechs[i])) {
      outq_string(s->out, s->config->mechs[i]->name);
      outq_string(s->out, "\r\n");
    }
  }
  outq_string(s->out, ".\r\n");
  return RESULT_OK;
}

static const struct auth_mech *find_mech(const struct session *s, const char *name, size_t len) {
  for (size_t i = 0; i < s->config->num_mechs; i++) {
    const struct auth_mech *mech = s->config->mechs[i];
    if (strlen(mech->name) == len && strncasecmp(mech->name, name, len) == 0) {
      return offers_mech(s, mech) ? mech : NULL;
    }
  }
  return NULL;
}

enum result handle_auth(struct session *s, const struct command_line *line) {
  if (line->num_args == 0) {
    return list_mechs(s);
  }
  const struct auth_mech *mech = find_mech(s, line->arg[0], line->arg_len[0]);
  if (mech == NULL) {
    return reply_bad(s, "AUTH", TEXT_NO_MECHANISM);
  }
  s->exchange.context = context_of(s);
  s->exchange.state = mech->start(mech, &s->exchange.context);
  if (s->exchange.state == NULL) {
    return reply_error(s, "SYS/TEMP", TEXT_NO_MEMORY);
  }
  s->exchange.mech = mech;
  if (line->num_args == 1) {
    return step(s, NULL, 0);
  }
  // "=" is an initial response without octets, which cannot be written otherwise.
  int is_empty = line->arg_len[1] == 1 && line->arg[1][0] == '=';
  return decode_and_step(s, line->arg[1], is_empty ? 0 : line->arg_len[1]);
}

enum result handle_auth_response(struct session *s, const char *line, size_t line_len) {
  if (line_len == 1 && line[0] == '*') {
    end_exchange(s);
    return reply_bad(s, NULL, TEXT_CANCELLED);
  }
  return decode_and_step(s, line, line_len);
}
