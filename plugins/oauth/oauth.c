
#include <pop3/plugins/oauth.h>
#include <pop3/spi/auth.h>
#include <pop3/spi/sasl_line.h>
#include <string.h>

#include "plugins/oauth/oauth_error.h"
#include "plugins/oauth/oauth_message.h"

#define LAYER "oauth"

// The two are alike but for the message, and how the server's JSON is answered.
typedef struct oauth_kind {
  const char *mechanism;
  int strength;
  int is_bearer;
  const char *dummy;  // RFC 7628 section 3.2.3: one octet 1; XOAUTH2: nothing
} oauth_kind;

static const oauth_kind kBearer = {"OAUTHBEARER", 330, 1, "\x01"};
static const oauth_kind kXoauth2 = {"XOAUTH2", 325, 0, ""};

typedef enum oauth_stage {
  OAUTH_NEW = 0,
  OAUTH_OWED,
  OAUTH_SENT,
  OAUTH_REFUSED,
  OAUTH_OVER
} oauth_stage;

typedef struct oauth_attempt {
  const pop3_host *host;
  const pop3_auth_context *context;
  const oauth_kind *kind;
  oauth_stage stage;
  int renewed;
  p3_oauth_message message;
  pop3_sasl_line line;
  char status[P3_OAUTH_STATUS_MAX];
} oauth_attempt;

// --- Score

// Whether |name| is one of the words in |list|, in any case.
static int is_listed(const char *list, const char *name) {
  const size_t len = strlen(name);
  while (list != NULL && *list) {
    size_t i = 0;
    for (; i < len && list[i]; i++) {
      const char c = list[i] >= 'a' && list[i] <= 'z' ? (char)(list[i] - 'a' + 'A') : list[i];
      if (c != name[i]) break;
    }
    if (i == len && (list[i] == '\0' || list[i] == ' ')) return 1;
    while (*list && *list != ' ') list++;
    while (*list == ' ') list++;
  }
  return 0;
}

static int unusable(char *why, size_t why_cap, const char *reason) {
  size_t len = strlen(reason);
  if (why == NULL || why_cap == 0) return 0;
  if (len >= why_cap) len = why_cap - 1;
  memcpy(why, reason, len);
  why[len] = '\0';
  return 0;
}

static int score(const oauth_kind *kind, const pop3_auth_context *context, char *why,
                 size_t why_cap) {
  // Some servers forget to list it: whoever asks for it by name may try.
  if (context->mechanism == NULL &&
      !is_listed(context->capability(context->session, "SASL"), kind->mechanism)) {
    return unusable(why, why_cap, "the server does not list it");
  }
  if (!context->has_credential(context->session, POP3_CREDENTIAL_TOKEN)) {
    return unusable(why, why_cap, "no token was given");
  }
  if (!kind->is_bearer && !context->has_credential(context->session, POP3_CREDENTIAL_USER)) {
    return unusable(why, why_cap, "no user name was given");
  }
  return kind->strength;
}

static int bearer_score(const pop3_host *host, const pop3_auth_context *context, char *why,
                        size_t why_cap) {
  (void)host;
  return score(&kBearer, context, why, why_cap);
}

static int xoauth2_score(const pop3_host *host, const pop3_auth_context *context, char *why,
                         size_t why_cap) {
  (void)host;
  return score(&kXoauth2, context, why, why_cap);
}

// --- The message

// The port is at the end of the peer's name, "192.0.2.1:110", unless that is a path.
static uint32_t port_of(const pop3_auth_context *context) {
  pop3_answer answer = POP3_ANSWER_INIT;
  uint32_t port = 0, unit = 1;
  if (context->query(context->session, POP3_QUERY_PEER_NAME, &answer) != POP3_OK) return 0;
  for (size_t i = answer.data_len; i > 0 && unit <= 10000; i--) {
    const uint8_t c = answer.data[i - 1];
    if (c < '0' || c > '9') return 0;
    port += unit * (uint32_t)(c - '0');
    unit *= 10;
    if (i >= 2 && answer.data[i - 2] == ':') return port <= 65535 ? port : 0;
  }
  return 0;
}

static pop3_status get_user(oauth_attempt *self, p3_oauth_text *out, pop3_error *err) {
  const pop3_host *host = self->host;
  const pop3_auth_context *context = self->context;
  pop3_error local = POP3_ERROR_INIT;
  pop3_status status = POP3_ERR_NO_CREDENTIALS;
  if (self->kind->is_bearer) {
    // Asked for even if has_credential does not promise it: a callback may know.
    status = context->credential(context->session, POP3_CREDENTIAL_AUTHZID, &out->data, &out->len,
                                 &local);
  }
  if (status == POP3_ERR_NO_CREDENTIALS) {
    status =
        context->credential(context->session, POP3_CREDENTIAL_USER, &out->data, &out->len, &local);
  }
  if (status == POP3_ERR_NO_CREDENTIALS && self->kind->is_bearer) {
    out->data = NULL;
    out->len = 0;
    return POP3_OK;  // the token says who it is
  }
  if (status != POP3_OK && err != NULL) *err = local;
  if (status == POP3_OK && out->len == 0 && !self->kind->is_bearer) {
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0, "the user name is empty");
  }
  return status;
}

static pop3_status make_message(oauth_attempt *self, p3_oauth_message *out, p3_oauth_text token,
                                pop3_error *err) {
  p3_oauth_text user = {NULL, 0};
  const pop3_status status = get_user(self, &user, err);
  if (status != POP3_OK) return status;
  if (!self->kind->is_bearer) return p3_oauth_xoauth2(out, self->host, user, token, err);
  // The path of a Unix socket is no name of a host.
  const char *server = self->context->host;
  if (server == NULL || server[0] == '/') server = "";
  return p3_oauth_bearer(out, self->host, user, server, port_of(self->context), token, err);
}

// --- The attempt

static void oauth_end(void *ptr) {
  oauth_attempt *self = ptr;
  if (self == NULL) return;
  pop3_sasl_line_clear(&self->line, self->host);
  p3_oauth_message_clear(&self->message, self->host);
  self->host->release(self->host->ctx, self);
}

static pop3_status begin(const oauth_kind *kind, const pop3_host *host,
                         const pop3_auth_context *context, void **out_self, pop3_error *err) {
  oauth_attempt *self = host->alloc(host->ctx, sizeof(*self));
  if (self == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  memset(self, 0, sizeof(*self));
  self->host = host;
  self->context = context;
  self->kind = kind;
  p3_oauth_text token;
  pop3_status status =
      context->credential(context->session, POP3_CREDENTIAL_TOKEN, &token.data, &token.len, err);
  if (status == POP3_OK) status = make_message(self, &self->message, token, err);
  if (status != POP3_OK) {
    oauth_end(self);
    return status;
  }
  *out_self = self;
  return POP3_OK;
}

static pop3_status bearer_begin(const pop3_host *host, const pop3_auth_context *context,
                                void **out_self, pop3_error *err) {
  return begin(&kBearer, host, context, out_self, err);
}

static pop3_status xoauth2_begin(const pop3_host *host, const pop3_auth_context *context,
                                 void **out_self, pop3_error *err) {
  return begin(&kXoauth2, host, context, out_self, err);
}

static pop3_auth_verdict give_up(oauth_attempt *self, pop3_error *err, pop3_status status,
                                 const char *words) {
  (void)self->host->fail(self->host->ctx, err, status, LAYER, 0, 0, "%s: %s", self->kind->mechanism,
                         words);
  return POP3_AUTH_FAIL;
}

static pop3_auth_verdict send_auth(oauth_attempt *self, pop3_auth_output *out, pop3_error *err) {
  const pop3_auth_context *context = self->context;
  const p3_oauth_message *message = &self->message;
  const int two_step = POP3_HAS_MEMBER(pop3_auth_context, context, prefers_two_step) &&
                       context->prefers_two_step != 0;
  const int at_once = !two_step && pop3_sasl_line_fits(self->kind->mechanism, message->len);
  if (pop3_sasl_line_auth(&self->line, self->host, LAYER, self->kind->mechanism,
                          at_once ? message->data : NULL, message->len, err) != POP3_OK) {
    return POP3_AUTH_FAIL;
  }
  self->stage = at_once ? OAUTH_SENT : OAUTH_OWED;
  return pop3_sasl_line_send(&self->line, 1, out);
}

static pop3_auth_verdict respond(oauth_attempt *self, const uint8_t *data, size_t len,
                                 oauth_stage next, pop3_auth_output *out, pop3_error *err) {
  if (pop3_sasl_line_make(&self->line, self->host, LAYER, "", data, len, err) != POP3_OK) {
    return POP3_AUTH_FAIL;
  }
  self->stage = next;
  return pop3_sasl_line_send(&self->line, 0, out);
}

// Tells the session what the server says about the token.
static void tell(oauth_attempt *self, pop3_sasl_line *json) {
  const pop3_auth_context *context = self->context;
  char *text = (char *)json->data;
  const size_t len = p3_oauth_clean(text, json->len);
  (void)p3_oauth_status(text, len, self->status);
  if (POP3_HAS_MEMBER(pop3_auth_context, context, detail) && context->detail != NULL && len > 0) {
    context->detail(context->session, text, len);
  }
}

static pop3_auth_verdict on_challenge(oauth_attempt *self, const pop3_auth_input *in,
                                      pop3_auth_output *out, pop3_error *err) {
  pop3_sasl_line challenge = {NULL, 0, 0};
  if (self->stage == OAUTH_REFUSED) {
    return give_up(self, err, POP3_ERR_AUTH, "the server goes on after having refused the token");
  }
  if (pop3_sasl_line_challenge(&challenge, self->host, LAYER, in, err) != POP3_OK) {
    return POP3_AUTH_FAIL;
  }
  const int was_owed = self->stage == OAUTH_OWED;
  const int is_empty = challenge.len == 0;
  if (!was_owed) tell(self, &challenge);
  pop3_sasl_line_clear(&challenge, self->host);
  if (!was_owed) {
    const char *dummy = self->kind->dummy;
    return respond(self, (const uint8_t *)dummy, strlen(dummy), OAUTH_REFUSED, out, err);
  }
  if (!is_empty) {
    return give_up(self, err, POP3_ERR_AUTH,
                   "the server sent a challenge, but the client must send first");
  }
  return respond(self, self->message.data, self->message.len, OAUTH_SENT, out, err);
}

// Whether another token may change the server's mind.
static int is_about_the_token(const oauth_attempt *self, const pop3_auth_input *in) {
  static const char kCode[] = "[AUTH]";
  if (self->stage == OAUTH_REFUSED) return 1;
  if (self->stage != OAUTH_SENT) return 0;
  return in->data_len == 0 || in->data[0] != '[' ||
         (in->data_len >= sizeof(kCode) - 1 && memcmp(in->data, kCode, sizeof(kCode) - 1) == 0);
}

// Asks for a fresh token. Returns 1 if there is a message with another one.
static int renew(oauth_attempt *self, pop3_error *err, pop3_status *out_status) {
  const pop3_auth_context *context = self->context;
  pop3_error ignored = POP3_ERROR_INIT;
  p3_oauth_text token = {NULL, 0};
  *out_status = POP3_OK;
  if (self->renewed || !POP3_HAS_MEMBER(pop3_auth_context, context, renew) ||
      context->renew == NULL) {
    return 0;
  }
  self->renewed = 1;
  if (context->renew(context->session, POP3_CREDENTIAL_TOKEN, &token.data, &token.len, &ignored) !=
      POP3_OK) {
    return 0;
  }
  p3_oauth_message fresh = {NULL, 0};
  *out_status = make_message(self, &fresh, token, err);
  if (*out_status != POP3_OK) return 0;
  if (fresh.len == self->message.len && memcmp(fresh.data, self->message.data, fresh.len) == 0) {
    p3_oauth_message_clear(&fresh, self->host);
    return 0;
  }
  p3_oauth_message_clear(&self->message, self->host);
  self->message = fresh;
  return 1;
}

static pop3_auth_verdict on_refusal(oauth_attempt *self, const pop3_auth_input *in,
                                    pop3_auth_output *out, pop3_error *err) {
  pop3_status status = POP3_OK;
  if (is_about_the_token(self, in) && renew(self, err, &status)) {
    self->host->note(self->host->ctx, "%s: once more, with a fresh token", self->kind->mechanism);
    self->status[0] = '\0';
    return send_auth(self, out, err);
  }
  if (status != POP3_OK || !self->status[0]) return POP3_AUTH_FAIL;
  const int len = in->data_len < 160 ? (int)in->data_len : 160;
  (void)self->host->fail(self->host->ctx, err, POP3_REFUSED, LAYER, 0, 0,
                         "%.*s (the server says of the token: %s)", len, len > 0 ? in->data : "",
                         self->status);
  return POP3_AUTH_FAIL;
}

static pop3_auth_verdict oauth_step(void *ptr, const pop3_auth_input *in, pop3_auth_output *out,
                                    pop3_error *err) {
  oauth_attempt *self = ptr;
  const oauth_stage stage = self->stage;
  const int running = stage == OAUTH_OWED || stage == OAUTH_SENT || stage == OAUTH_REFUSED;
  pop3_auth_verdict verdict = POP3_AUTH_FAIL;
  pop3_sasl_line_clear(&self->line, self->host);
  if (stage == OAUTH_NEW && in->event == POP3_AUTH_START) {
    verdict = send_auth(self, out, err);
  } else if (running && in->event == POP3_AUTH_CHALLENGE) {
    verdict = on_challenge(self, in, out, err);
  } else if (running && in->event == POP3_AUTH_NEGATIVE) {
    verdict = on_refusal(self, in, out, err);
  } else if (stage == OAUTH_SENT && in->event == POP3_AUTH_POSITIVE) {
    verdict = POP3_AUTH_DONE;
  } else if (running && in->event == POP3_AUTH_POSITIVE) {
    verdict = give_up(self, err, POP3_ERR_AUTH,
                      stage == OAUTH_OWED ? "the server said +OK before it had the token"
                                          : "the server said +OK after it had refused the token");
  } else {
    verdict = give_up(self, err, POP3_ERR_STATE, "a step out of order");
  }
  if (verdict != POP3_AUTH_SEND) {
    self->stage = OAUTH_OVER;
    p3_oauth_message_clear(&self->message, self->host);
  }
  return verdict;
}

// --- The descriptor

static const pop3_auth_ops kBearerOps = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_auth_ops),
    .name = "oauthbearer",
    .flags = POP3_AUTH_CLEARTEXT | POP3_AUTH_AUTHZID,
    .score = bearer_score,
    .begin = bearer_begin,
    .step = oauth_step,
    .end = oauth_end,
};

static const pop3_auth_ops kXoauth2Ops = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_auth_ops),
    .name = "xoauth2",
    .flags = POP3_AUTH_CLEARTEXT,
    .score = xoauth2_score,
    .begin = xoauth2_begin,
    .step = oauth_step,
    .end = oauth_end,
};

static const pop3_auth_ops *const kAuths[] = {&kBearerOps, &kXoauth2Ops};

static const pop3_plugin kPlugin = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_plugin),
    .name = "oauth",
    .version = POP3_VERSION,
    .auths = kAuths,
    .num_auths = 2,
};

POP3_PLUGIN_ENTRY(oauth, kPlugin)
