#include "tools/mailboxd/session_capa.h"

#include "tools/mailboxd/outq.h"
#include "tools/mailboxd/session_auth.h"
#include "tools/mailboxd/session_stls.h"
#include "tools/mailboxd/texts.h"

static int is_enabled(const struct session *s, enum command command) {
  return (s->config->disabled >> command & 1u) == 0;
}

static void capability(struct session *s, const char *name) {
  outq_string(s->out, name);
  outq_string(s->out, "\r\n");
}

static void capability_number(struct session *s, const char *name, uint64_t value) {
  outq_string(s->out, name);
  outq_string(s->out, " ");
  outq_number(s->out, value);
  outq_string(s->out, "\r\n");
}

// The mechanisms, and nothing if there are none.
static void sasl(struct session *s) {
  const char *before = "SASL ";
  for (size_t i = 0; i < s->config->num_mechs; i++) {
    if (offers_mech(s, s->config->mechs[i])) {
      outq_string(s->out, before);
      outq_string(s->out, s->config->mechs[i]->name);
      before = " ";
    }
  }
  outq_string(s->out, before[1] == '\0' ? "\r\n" : "");
}

// A fault: what somebody in the middle might say, to be asked for passwords or to be left alone.
static const char kTampered[] =
    "USER\r\nSASL PLAIN\r\nEXPIRE 0\r\nLOGIN-DELAY 86400\r\nIMPLEMENTATION tampered\r\n.\r\n";

// The list is the same in both states, as RFC 2449 wants it of all but a few capabilities; SASL
// goes after login, when AUTH is no longer valid.
enum result handle_capa(struct session *s, const struct command_line *line) {
  (void)line;
  const struct session_config *config = s->config;
  (void)reply_ok(s, TEXT_LISTING);
  if (offers_stls(s)) {
    capability(s, "STLS");
  }
  if (config->faults.capa_tamper && s->tls == NULL) {
    outq_string(s->out, kTampered);
    return RESULT_OK;
  }
  if (is_enabled(s, COMMAND_TOP)) {
    capability(s, "TOP");
  }
  if (is_enabled(s, COMMAND_USER) && is_enabled(s, COMMAND_PASS) && !needs_tls(s, COMMAND_USER)) {
    capability(s, "USER");
  }
  if (is_enabled(s, COMMAND_AUTH) && s->state == STATE_AUTHORIZATION &&
      !needs_tls(s, COMMAND_AUTH)) {
    sasl(s);
  }
  if (is_enabled(s, COMMAND_UIDL)) {
    capability(s, "UIDL");
  }
  capability(s, "RESP-CODES");
  capability(s, "AUTH-RESP-CODE");
  if (!config->faults.hide_pipelining) {
    capability(s, "PIPELINING");
  }
  if (is_enabled(s, COMMAND_UTF8)) {
    capability(s, "UTF8");
  }
  if (is_enabled(s, COMMAND_LANG)) {
    capability(s, "LANG");
  }
  if (config->has_expire && config->expire_days == SESSION_EXPIRE_NEVER) {
    capability(s, "EXPIRE NEVER");
  } else if (config->has_expire) {
    capability_number(s, "EXPIRE", config->expire_days);
  }
  if (config->login_delay_s > 0) {
    capability_number(s, "LOGIN-DELAY", config->login_delay_s);
  }
  capability(s, "IMPLEMENTATION mailboxd");
  outq_string(s->out, ".\r\n");
  return RESULT_OK;
}

// Messages are passed on as they are stored in any case: UTF8 only has to be accepted.
enum result handle_utf8(struct session *s, const struct command_line *line) {
  (void)line;
  s->utf8 = 1;
  return reply_ok(s, TEXT_UTF8_ON);
}

enum result handle_lang(struct session *s, const struct command_line *line) {
  if (line->num_args == 0) {
    (void)reply_ok(s, TEXT_LISTING);
    for (uint32_t i = 0; i < texts_count(); i++) {
      outq_string(s->out, texts_tag(i));
      outq_string(s->out, " ");
      outq_string(s->out, texts_name(i));
      outq_string(s->out, "\r\n");
    }
    outq_string(s->out, ".\r\n");
    return RESULT_OK;
  }
  if (!texts_find(line->arg[0], line->arg_len[0], &s->language)) {
    return reply_error(s, NULL, TEXT_UNKNOWN_LANGUAGE);
  }
  outq_string(s->out, "+OK ");
  outq_string(s->out, texts_tag(s->language));
  outq_string(s->out, " ");
  outq_string(s->out, texts_get(s->language, TEXT_LANGUAGE_SET));
  outq_string(s->out, "\r\n");
  return RESULT_OK;
}
