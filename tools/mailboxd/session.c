#include "tools/mailboxd/session.h"

#include <stdlib.h>

#include "tools/mailboxd/auth.h"
#include "tools/mailboxd/body.h"
#include "tools/mailboxd/command.h"
#include "tools/mailboxd/faults.h"
#include "tools/mailboxd/log.h"
#include "tools/mailboxd/maildrop.h"
#include "tools/mailboxd/reply.h"
#include "tools/mailboxd/session_auth.h"
#include "tools/mailboxd/session_capa.h"
#include "tools/mailboxd/session_login.h"
#include "tools/mailboxd/session_mail.h"
#include "tools/mailboxd/session_stls.h"

// A response to an AUTH challenge may carry a ticket or a token.
#define MAX_AUTH_LINE 16384u

typedef enum result handler(struct session *s, const struct command_line *line);

static handler *const kHandlers[COMMAND_COUNT] = {
    [COMMAND_USER] = handle_user, [COMMAND_PASS] = handle_pass, [COMMAND_APOP] = handle_apop,
    [COMMAND_RPOP] = handle_rpop, [COMMAND_AUTH] = handle_auth, [COMMAND_QUIT] = handle_quit,
    [COMMAND_STAT] = handle_stat, [COMMAND_LIST] = handle_list, [COMMAND_RETR] = handle_retr,
    [COMMAND_DELE] = handle_dele, [COMMAND_NOOP] = handle_noop, [COMMAND_RSET] = handle_rset,
    [COMMAND_TOP] = handle_top,   [COMMAND_UIDL] = handle_uidl, [COMMAND_LAST] = handle_last,
    [COMMAND_CAPA] = handle_capa, [COMMAND_UTF8] = handle_utf8, [COMMAND_LANG] = handle_lang,
    [COMMAND_STLS] = handle_stls,
};

void session_init(struct session *s, const struct session_config *config, struct outq *out,
                  const struct session_peer *peer) {
  *s = (struct session){.config = config, .out = out, .peer = *peer, .state = STATE_AUTHORIZATION};
}

void session_greet(struct session *s) {
  outq_string(s->out, "+OK ");
  outq_string(s->out, texts_get(s->language, TEXT_READY));
  if ((s->config->disabled >> COMMAND_APOP & 1u) == 0) {
    auth_stamp(s->stamp);
    outq_string(s->out, " ");
    outq_string(s->out, s->stamp);
  }
  outq_string(s->out, "\r\n");
}

// Counts bad commands and decides how the session goes on.
static enum session_next after(struct session *s, enum result result) {
  if (result == RESULT_BROKEN || s->out->failed) {
    return SESSION_CLOSE;
  }
  if (result == RESULT_QUIT) {
    return SESSION_QUIT;
  }
  if (result == RESULT_STLS) {
    return SESSION_STLS;
  }
  if (s->layer.ops != NULL) {
    return SESSION_LAYER;
  }
  if (result != RESULT_BAD) {
    s->bad = 0;
    return s->logged_in_now && faults_loses_input(&s->config->faults) ? SESSION_LOSE_INPUT
                                                                      : SESSION_GO_ON;
  }
  if (++s->bad < s->config->max_bad) {
    return SESSION_GO_ON;
  }
  session_farewell(s, NULL, TEXT_TOO_MANY_BAD);
  return SESSION_CLOSE;
}

enum session_next session_line(struct session *s, const char *line, size_t line_len) {
  s->logged_in_now = 0;
  if (s->exchange.mech != NULL) {
    return after(s, handle_auth_response(s, line, line_len));
  }
  struct command_line parsed;
  enum command_result result = command_parse(line, line_len, &parsed);
  if (result == COMMAND_UNKNOWN || (s->config->disabled >> parsed.command & 1u) != 0) {
    return after(s, reply_bad(s, NULL, TEXT_UNKNOWN_COMMAND));
  }
  if (log_on(LOG_LEVEL_DEBUG)) {
    log_write(LOG_LEVEL_DEBUG, "%s", command_name(parsed.command));
  }
  if ((command_states(parsed.command) & s->state) == 0) {
    return after(s, reply_bad(s, NULL, TEXT_WRONG_STATE));
  }
  if (result == COMMAND_BAD_ARGUMENTS) {
    return after(s, reply_bad(s, NULL, TEXT_BAD_ARGUMENT));
  }
  if (needs_tls(s, parsed.command)) {
    return after(s, reply_bad(s, NULL, TEXT_TLS_FIRST));
  }
  return after(s, kHandlers[parsed.command](s, &parsed));
}

enum session_next session_bad_line(struct session *s, enum line_result why) {
  s->logged_in_now = 0;
  enum text text = why == LINE_TOO_LONG ? TEXT_LINE_TOO_LONG : TEXT_BAD_OCTET;
  return after(s, reply_bad(s, NULL, text));
}

size_t session_line_max(const struct session *s) {
  return s->exchange.mech != NULL ? MAX_AUTH_LINE : LINE_MAX_COMMAND;
}

int session_is_replying(const struct session *s) {
  return s->body != NULL || s->listing != LISTING_NONE;
}

static void drop_body(struct session *s) {
  if (s->body != NULL) {
    body_cleanup(s->body);
    free(s->body);
    s->body = NULL;
  }
}

enum session_next session_fill(struct session *s) {
  if (s->listing != LISTING_NONE) {
    fill_listing(s);
  } else if (s->body != NULL) {
    enum body_result result = body_fill(s->body, s->out);
    if (result != BODY_MORE) {
      drop_body(s);
    }
    if (result == BODY_FAILED) {
      log_write(LOG_LEVEL_ERROR, "a message could not be read to its end: connection closed");
      return SESSION_CLOSE;
    }
  }
  return s->out->failed ? SESSION_CLOSE : SESSION_GO_ON;
}

void session_farewell(struct session *s, const char *code, enum text text) {
  (void)reply_error(s, code, text);
}

struct io_layer session_take_layer(struct session *s) {
  struct io_layer layer = s->layer;
  s->layer = (struct io_layer){.ops = NULL};
  s->layered = 1;
  return layer;
}

void session_cleanup(struct session *s) {
  if (s->layer.ops != NULL) {
    struct io_layer layer = session_take_layer(s);
    layer.ops->free(layer.state);
  }
  if (s->exchange.mech != NULL) {
    s->exchange.mech->end(s->exchange.state);
    s->exchange.mech = NULL;
  }
  drop_body(s);
  maildrop_close(s->drop);
  s->drop = NULL;
}
