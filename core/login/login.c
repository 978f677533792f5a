#include "core/login/login.h"

#include <stdio.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/login/damage.h"
#include "core/login/login_context.h"
#include "core/login/login_stls.h"
#include "core/login/refusal.h"

#define LAYER "login"

void p3_login_init(p3_login_task *login, const p3_login_config *config, const pop3_host *host,
                   const pop3_allocator *allocator) {
  memset(login, 0, sizeof(*login));
  login->config = config;
  login->host = host;
  login->allocator = allocator;
  pop3_secret_init(&login->challenge, allocator);
  p3_credentials_init(&login->credentials, &config->source, allocator);
  p3_candidates_init(&login->candidates, allocator);
}

void p3_login_cleanup(p3_login_task *login) {
  p3_login_end(login, POP3_OK);
  p3_candidates_cleanup(&login->candidates);
  p3_mem_free(login->allocator, login->report.detail);
  login->report.detail = NULL;
}

// --- What comes out

static void finish(p3_login_intent *out, const pop3_error *error) {
  out->act = P3_LOGIN_FINISHED;
  if (error != NULL) out->error = *error;
}

static void ask(p3_login_task *login, pop3_command command, p3_login_intent *out) {
  login->phase = P3_LOGIN_ASKING;
  login->command = command;
  out->act = P3_LOGIN_COMMAND;
  out->command = command;
}

// Ends an exchange in which it is our turn to answer a challenge.
static void cancel_exchange(p3_login_task *login, const pop3_error *error, p3_login_intent *out) {
  login->is_cancelling = 1;
  login->told = *error;
  out->act = P3_LOGIN_RESPOND;
  out->line = (const uint8_t *)"*";
  out->line_len = out->secret_offset = 1;
}

static void give_up(p3_login_task *login, const pop3_error *error, p3_login_intent *out) {
  if (login->last_event == POP3_AUTH_CHALLENGE) {
    cancel_exchange(login, error, out);
    return;
  }
  finish(out, error);
  out->is_fatal = login->last_event == POP3_AUTH_POSITIVE;
}

// --- The exchange

// Keeps the server's own words, without what a plugin made of them.
static void keep_words(const p3_login_task *login, const pop3_error *refusal, p3_mechanism *out) {
  const pop3_reply *reply = login->facts->reply;
  const int is_there = reply != NULL && !reply->positive && reply->text != NULL;
  (void)snprintf(out->why, sizeof(out->why), "%.*s", (int)sizeof(out->why) - 1,
                 is_there ? reply->text : refusal->text);
}

// The server said no to a mechanism. Returns the index of the one to go on with: the next of those
// that the caller named, or the same one without channel binding. SIZE_MAX: |out| is the end.
static size_t refused(p3_login_task *login, const pop3_error *error, p3_login_intent *out) {
  p3_mechanism *list = login->candidates.list;
  p3_mechanism *mechanism = &list[login->chosen];
  const p3_refusal refusal = {&login->candidates,
                              login->chosen,
                              login->asked,
                              error,
                              login->config->rules.channel_binding,
                              login->facts->is_verified};
  mechanism->state = POP3_CANDIDATE_REFUSED;
  keep_words(login, error, mechanism);
  size_t next = p3_refusal_next_unbound(&refusal);
  if (next != SIZE_MAX) {
    (void)snprintf(login->report.not_bound_why, sizeof(login->report.not_bound_why),
                   "the server refused %s: %s", mechanism->name, mechanism->why);
    login->host->note(login->host->ctx,
                      "%s was refused; next %s, without channel binding, as the server's "
                      "certificate was verified",
                      mechanism->name, list[next].name);
    login->context.channel_binding = POP3_CHANNEL_BINDING_NEVER;
    return next;
  }
  next = p3_candidates_best(&login->candidates, 0);
  // Only where the caller has named several: after a refusal nobody slips to a weaker one by
  // himself.
  if (login->asked == NULL || next == SIZE_MAX) {
    pop3_error explained = POP3_ERROR_INIT;
    p3_refusal_explain(&refusal, &explained);
    finish(out, &explained);
    return SIZE_MAX;
  }
  login->host->note(login->host->ctx, "%s was refused; next %s", mechanism->name, list[next].name);
  login->credentials.num_refused++;
  return next;
}

static void succeed(p3_login_task *login, p3_login_intent *out) {
  const p3_mechanism *mechanism = &login->candidates.list[login->chosen];
  memcpy(login->report.logged_in_with, mechanism->name, sizeof(login->report.logged_in_with));
  finish(out, NULL);
  out->is_logged_in = 1;
}

// Lets the mechanism hear what the server did. Returns the index of the one to go on with, or
// SIZE_MAX: |out| is what is to be done.
static size_t feed(p3_login_task *login, pop3_auth_event event, const char *data, size_t data_len,
                   p3_login_intent *out) {
  p3_exchange_outcome *outcome = &login->outcome;
  login->last_event = event;
  p3_exchange_feed(&login->exchange, event, data, data_len, outcome);
  // What it has given is given back also if nobody wants it any more.
  if (outcome->act == P3_EXCHANGE_DONE) out->output = &outcome->output;
  if (login->is_stopped) return SIZE_MAX;
  switch (outcome->act) {
    case P3_EXCHANGE_SEND_COMMAND:
    case P3_EXCHANGE_RESPOND:
      out->act = outcome->act == P3_EXCHANGE_RESPOND ? P3_LOGIN_RESPOND : P3_LOGIN_LINE;
      out->line = outcome->output.line;
      out->line_len = outcome->output.line_len;
      out->secret_offset = outcome->output.secret_offset;
      return SIZE_MAX;
    case P3_EXCHANGE_DONE:
      succeed(login, out);
      return SIZE_MAX;
    case P3_EXCHANGE_REFUSED:
      if (outcome->error.status == POP3_OK) return refused(login, &login->told, out);
      // The plugin knows more of the refusal than the reply says.
      outcome->error.code = login->told.code;
      return refused(login, &outcome->error, out);
    case P3_EXCHANGE_FAILED:
      break;
  }
  give_up(login, &outcome->error, out);
  return SIZE_MAX;
}

// Begins the exchange of a candidate. Returns 1, or 0: |out| is the end.
static int begin_exchange(p3_login_task *login, size_t index, p3_login_intent *out) {
  p3_mechanism *mechanism = &login->candidates.list[index];
  const int is_family = (mechanism->ops->flags & POP3_AUTH_FAMILY) != 0;
  pop3_error error = POP3_ERROR_INIT;
  p3_exchange_end(&login->exchange);
  login->phase = P3_LOGIN_EXCHANGING;
  login->chosen = index;
  mechanism->state = POP3_CANDIDATE_CHOSEN;
  login->context.mechanism = is_family || mechanism->by_name ? mechanism->name : NULL;
  const pop3_status status =
      p3_exchange_begin(&login->exchange, mechanism->ops, login->host, &login->context, &error);
  if (login->is_stopped) return 0;
  if (status == POP3_OK) return 1;
  error.status = status;
  finish(out, &error);
  return 0;
}

static void begin_with(p3_login_task *login, size_t index, p3_login_intent *out) {
  while (index != SIZE_MAX && begin_exchange(login, index, out)) {
    index = feed(login, POP3_AUTH_START, NULL, 0, out);
  }
}

// --- What is next

// Says in |err| why no mechanism is usable.
static void none_usable(const p3_login_task *login, const char *reasons, int policy,
                        pop3_error *err) {
  const p3_login_config *config = login->config;
  const pop3_capabilities *caps = login->facts->capabilities;
  char damage[P3_DAMAGE_MAX];
  (void)p3_damage_describe(caps, login->facts->is_lenient, damage);
  if (policy && config->allow_cleartext) {
    pop3_error_set(err, POP3_ERR_POLICY, LAYER, 0,
                   "no readable password is sent, because a damaged line of CAPA may be a better "
                   "mechanism: %s",
                   damage);
  } else if (policy) {
    pop3_error_set(err, POP3_ERR_POLICY, LAYER, 0,
                   "the connection to %s is neither encrypted nor local, and no mechanism hides "
                   "the password (%s); set allow_cleartext to permit that",
                   config->host[0] != 0 ? config->host : "the server", reasons);
  } else {
    pop3_error_set(err, POP3_ERR_NO_MECHANISM, LAYER, 0, "no mechanism is usable%s%s (%s)",
                   damage[0] != 0 ? "; CAPA is damaged: " : "", damage,
                   reasons[0] != 0 ? reasons : "the registry has none");
  }
}

static void choose(p3_login_task *login, p3_login_intent *out) {
  p3_candidates *candidates = &login->candidates;
  pop3_error error = POP3_ERROR_INIT;
  pop3_status status = p3_credentials_settle(&login->credentials, &error);
  if (login->is_stopped) return;
  if (status != POP3_OK) {
    error.status = status;
    finish(out, &error);
    return;
  }
  p3_login_make_context(login);
  status = p3_candidates_judge(candidates, &login->facts->auths, login->host, &login->context,
                               &login->config->rules, login->asked, &error);
  if (login->is_stopped) return;
  char reasons[POP3_ERROR_TEXT_MAX];
  int policy;
  p3_candidates_reasons(candidates, reasons, sizeof(reasons), &policy);
  const size_t best =
      p3_candidates_best(candidates, login->asked == NULL && login->facts->is_verified);
  if (status == POP3_OK && best == SIZE_MAX) none_usable(login, reasons, policy, &error);
  if (status != POP3_OK || best == SIZE_MAX) {
    finish(out, &error);
    return;
  }
  login->host->note(login->host->ctx, "login with %s%s%s", candidates->list[best].name,
                    reasons[0] != 0 ? "; not " : "", reasons);
  if (login->is_survey) {
    candidates->list[best].state = POP3_CANDIDATE_CHOSEN;
    finish(out, NULL);
    return;
  }
  begin_with(login, best, out);
}

static void decide(p3_login_task *login, p3_login_intent *out) {
  if (p3_login_needs_capabilities(login, login->facts)) {
    ask(login, POP3_CMD_CAPA, out);
    return;
  }
  pop3_error error = POP3_ERROR_INIT;
  switch (p3_login_needs_stls(login, &error)) {
    case P3_STLS_NEED_NONE:
      choose(login, out);
      return;
    case P3_STLS_NEED_FIRST:
      ask(login, POP3_CMD_STLS, out);
      return;
    case P3_STLS_NEED_UNMET:
      finish(out, &error);
      return;
  }
}

// --- News

static void on_capa(p3_login_task *login, p3_login_intent *out) {
  // A server without CAPA can still be logged in to.
  if (login->told.status != POP3_OK && login->told.status != POP3_REFUSED) {
    finish(out, &login->told);
    return;
  }
  char damage[P3_DAMAGE_MAX];
  (void)p3_damage_describe(login->facts->capabilities, login->facts->is_lenient, damage);
  if (damage[0] != 0) login->host->note(login->host->ctx, "CAPA is damaged: %s", damage);
  login->phase = P3_LOGIN_DECIDING;
}

static void on_stls(p3_login_task *login, p3_login_intent *out) {
  if (login->told.status == POP3_OK) {
    login->phase = P3_LOGIN_DECIDING;
    return;
  }
  if (login->told.status == POP3_REFUSED) {
    const pop3_error refusal = login->told;
    pop3_error_set(&login->told, POP3_ERR_POLICY, LAYER, 0,
                   "the server offered STLS and then refused it (\"%.120s\"); the login stops "
                   "because the connection is not encrypted (option tls)",
                   refusal.text);
  }
  finish(out, &login->told);
}

static void on_reply(p3_login_task *login, p3_login_intent *out) {
  const pop3_status status = login->told.status;
  const pop3_reply *reply = login->facts->reply;
  if (login->is_cancelling || (status != POP3_OK && status != POP3_REFUSED)) {
    finish(out, &login->told);
    return;
  }
  begin_with(login,
             feed(login, status == POP3_OK ? POP3_AUTH_POSITIVE : POP3_AUTH_NEGATIVE, reply->text,
                  reply->text_len, out),
             out);
}

static void on_challenge(p3_login_task *login, p3_login_intent *out) {
  begin_with(login,
             feed(login, POP3_AUTH_CHALLENGE, (const char *)login->challenge.data,
                  login->challenge.len, out),
             out);
  pop3_secret_cleanup(&login->challenge);
}

static void on_result(p3_login_task *login, p3_login_intent *out) {
  if (login->phase == P3_LOGIN_EXCHANGING) {
    on_reply(login, out);
  } else if (login->command == POP3_CMD_CAPA) {
    on_capa(login, out);
  } else {
    on_stls(login, out);
  }
}

void p3_login_next(p3_login_task *login, const p3_login_facts *facts, p3_login_intent *out) {
  memset(out, 0, sizeof(*out));
  login->facts = facts;
  const p3_login_news news = login->news;
  login->news = P3_LOGIN_NO_NEWS;
  switch (news) {
    case P3_LOGIN_NO_NEWS:
      break;
    case P3_LOGIN_RESULT:
      on_result(login, out);
      break;
    case P3_LOGIN_CHALLENGE:
      on_challenge(login, out);
      break;
    case P3_LOGIN_NOT_SENT: {
      const pop3_error error = login->told;
      if (login->phase == P3_LOGIN_EXCHANGING && login->last_event == POP3_AUTH_CHALLENGE) {
        cancel_exchange(login, &error, out);
      } else {
        finish(out, &error);
      }
      break;
    }
  }
  if (login->phase == P3_LOGIN_DECIDING && out->act == P3_LOGIN_WAIT && !login->is_stopped) {
    decide(login, out);
  }
  if (login->is_stopped) out->act = P3_LOGIN_WAIT;
  login->facts = NULL;
}

void p3_login_took_result(p3_login_task *login, const pop3_error *error) {
  login->news = P3_LOGIN_RESULT;
  if (login->is_cancelling) return;
  memset(&login->told, 0, sizeof(login->told));
  if (error != NULL) login->told = *error;
}

int p3_login_took_challenge(p3_login_task *login, const char *data, size_t data_len) {
  if (login->phase != P3_LOGIN_EXCHANGING || login->is_cancelling) return 0;
  login->news = P3_LOGIN_CHALLENGE;
  login->last_event = POP3_AUTH_CHALLENGE;
  if (!pop3_secret_set(&login->challenge, data, data_len)) {
    pop3_error_set(&login->told, POP3_ERR_MEMORY, LAYER, 0, "no memory for a challenge");
    login->news = P3_LOGIN_NOT_SENT;
  }
  return 1;
}

void p3_login_not_sent(p3_login_task *login, const pop3_error *error) {
  // Without its "*" the engine has failed, and the session with it.
  if (login->is_cancelling) return;
  login->news = P3_LOGIN_NOT_SENT;
  login->told = *error;
}

// --- The beginning and the end

static pop3_status ask_for(p3_login_task *login, const char *names, const p3_auth_list *auths,
                           pop3_error *err) {
  const pop3_status status = p3_candidates_check(auths, names, err);
  if (status != POP3_OK) return status;
  char *copy = p3_mem_strdup(login->allocator, names, strlen(names));
  if (copy == NULL) {
    return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for a login");
  }
  for (char *c = copy; *c != 0; c++) {
    if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
  }
  login->asked = copy;
  return POP3_OK;
}

pop3_status p3_login_begin(p3_login_task *login, const char *names, const pop3_identity *who,
                           int is_survey, const p3_auth_list *auths, pop3_error *err) {
  const int is_direct = names != NULL;
  if (names == NULL) names = login->config->mechanism;
  pop3_status status = p3_credentials_take(&login->credentials, who, err);
  if (status != POP3_OK) return status;
  if (names != NULL) status = ask_for(login, names, auths, err);
  if (status != POP3_OK) {
    p3_credentials_wipe(&login->credentials);
    return status;
  }
  login->phase = P3_LOGIN_DECIDING;
  login->is_survey = is_survey;
  login->is_direct = is_direct;
  login->is_cancelling = 0;
  login->is_stopped = 0;
  login->command = POP3_CMD_CAPA;
  login->news = P3_LOGIN_NO_NEWS;
  login->candidates.count = 0;
  login->report.not_bound_why[0] = 0;
  p3_mem_free(login->allocator, login->report.detail);
  login->report.detail = NULL;
  login->report.detail_len = 0;
  return POP3_OK;
}

int p3_login_is_active(const p3_login_task *login) { return login->phase != P3_LOGIN_IDLE; }

int p3_login_is_due(const p3_login_task *login) {
  return login->phase == P3_LOGIN_DECIDING ||
         (login->phase != P3_LOGIN_IDLE && login->news != P3_LOGIN_NO_NEWS);
}

const pop3_error *p3_login_reason(const p3_login_task *login, const pop3_error *error) {
  return login->is_cancelling ? &login->told : error;
}

void p3_login_stop(p3_login_task *login) { login->is_stopped = 1; }

void p3_login_end(p3_login_task *login, pop3_status status) {
  if (status == POP3_REFUSED) login->credentials.num_refused++;
  login->phase = P3_LOGIN_IDLE;
  login->news = P3_LOGIN_NO_NEWS;
  p3_exchange_end(&login->exchange);
  p3_credentials_wipe(&login->credentials);
  pop3_secret_cleanup(&login->challenge);
  p3_mem_free(login->allocator, login->asked);
  login->asked = NULL;
}

int p3_login_hides_password(const p3_login_task *login) {
  return login->exchange.ops != NULL && (login->exchange.ops->flags & POP3_AUTH_CLEARTEXT) == 0;
}
