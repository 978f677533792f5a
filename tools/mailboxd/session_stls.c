#include "tools/mailboxd/session_stls.h"

#include "tools/mailboxd/faults.h"
#include "tools/mailboxd/outq.h"

int needs_tls(const struct session *s, enum command command) {
  int logs_in = command == COMMAND_USER || command == COMMAND_PASS || command == COMMAND_APOP ||
                command == COMMAND_RPOP || command == COMMAND_AUTH;
  return s->config->require_tls && s->tls == NULL && logs_in;
}

int offers_stls(const struct session *s) {
  const struct session_config *config = s->config;
  return config->has_tls && (config->disabled >> COMMAND_STLS & 1u) == 0 && s->tls == NULL &&
         s->state == STATE_AUTHORIZATION && !config->faults.stls_strip;
}

enum result handle_stls(struct session *s, const struct command_line *line) {
  (void)line;
  const struct faults *faults = &s->config->faults;
  if (!s->config->has_tls || faults->stls_strip) {
    return reply_bad(s, NULL, TEXT_UNKNOWN_COMMAND);
  }
  if (s->tls != NULL) {
    return reply_bad(s, NULL, TEXT_TLS_ALREADY);
  }
  return faults->stls_refuse ? reply_error(s, NULL, TEXT_TLS_REFUSED) : RESULT_STLS;
}

enum session_next session_stls(struct session *s, int more) {
  if (more) {
    (void)reply_error(s, NULL, TEXT_SENT_BEHIND_STLS);
    return SESSION_CLOSE;
  }
  if (s->config->faults.stls_odd) {
    outq_string(s->out, "OK, if you like\r\n");
  } else {
    (void)reply_ok(s, TEXT_BEGIN_TLS);
  }
  if (s->config->faults.stls_inject) {
    outq_string(s->out, "+OK said by somebody else\r\n");
  }
  return SESSION_STLS;
}

void session_secure(struct session *s, const struct tls *tls) {
  s->tls = tls;
  s->user_given = 0;
  s->user = NULL;
  s->language = 0;
  s->utf8 = 0;
  s->bad = 0;
}
