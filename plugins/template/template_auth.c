// A mechanism to copy: AUTH PLAIN (RFC 4616) with the password behind a challenge. Complete: a
// score with reasons, credentials, base64, a line that is flagged as secret and wiped, every wrong
// answer.
//
// `tools/new_plugin NAME auth` makes a copy under another name, with its BUILD file and its test.
// The contract that it keeps stands above pop3_auth_ops in <pop3/spi/auth.h>.
#include <pop3/spi/auth.h>
#include <string.h>

static const char LAYER[] = "template_auth";

// Where an attempt stands.
typedef enum stage { STAGE_NEW = 0, STAGE_ASKED, STAGE_TOLD, STAGE_OVER } stage;

typedef struct attempt {
  const pop3_host *host;
  stage stage;
  uint8_t *response;  // in base64; a secret
  size_t response_len;
} attempt;

static int unusable(char *why, size_t why_cap, const char *reason) {
  size_t len = strlen(reason);
  if (why_cap == 0) return 0;
  if (len >= why_cap) len = why_cap - 1;
  memcpy(why, reason, len);
  why[len] = '\0';
  return 0;
}

// Says how good this is, and asks nobody for a password: has_credential is enough. The channel is
// the host's affair, because POP3_AUTH_CLEARTEXT stands in the flags.
static int auth_score(const pop3_host *host, const pop3_auth_context *context, char *why,
                      size_t why_cap) {
  (void)host;
  const int is_known = context->capability(context->session, "") != NULL;  // CAPA was answered
  const char *sasl = context->capability(context->session, "SASL");
  if (!context->mechanism && is_known && (!sasl || !strstr(sasl, "PLAIN"))) {
    return unusable(why, why_cap, "the server does not offer AUTH PLAIN");
  }
  if (!context->has_credential(context->session, POP3_CREDENTIAL_USER)) {
    return unusable(why, why_cap, "no user name was given");
  }
  if (!context->has_credential(context->session, POP3_CREDENTIAL_PASSWORD)) {
    return unusable(why, why_cap, "no password was given");
  }
  return 100;
}

// Wipes what is secret before it goes.
static void forget_response(attempt *self) {
  if (!self->response) return;
  self->host->wipe(self->host->ctx, self->response, self->response_len);
  self->host->release(self->host->ctx, self->response);
  self->response = NULL;
  self->response_len = 0;
}

static void auth_end(void *ptr) {
  attempt *self = ptr;
  if (!self) return;
  forget_response(self);
  self->host->release(self->host->ctx, self);
}

// The octet at |at| of NUL user NUL password.
static uint8_t message_at(const uint8_t *user, size_t user_len, const uint8_t *password,
                          size_t at) {
  if (at == 0 || at == user_len + 1) return 0;
  return at <= user_len ? user[at - 1] : password[at - user_len - 2];
}

static pop3_status make_response(attempt *self, const uint8_t *user, size_t user_len,
                                 const uint8_t *password, size_t password_len, pop3_error *err) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const pop3_host *host = self->host;
  if (user_len > SIZE_MAX / 8 || password_len > SIZE_MAX / 8) {
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                      "the credentials are endless");
  }
  const size_t len = user_len + password_len + 2;
  self->response = host->alloc(host->ctx, (len + 2) / 3 * 4);
  if (!self->response) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  for (size_t at = 0; at < len; at += 3) {
    uint32_t bits = 0;
    for (size_t i = at; i < at + 3; i++) {
      bits = bits << 8 | (i < len ? message_at(user, user_len, password, i) : 0U);
    }
    for (size_t i = 0; i < 4; i++) {
      const int is_padding = at + i > len;
      self->response[self->response_len++] =
          (uint8_t)(is_padding ? '=' : digits[bits >> (18 - 6 * i) & 63]);
    }
  }
  return POP3_OK;
}

// Makes the state of one attempt. Credentials are asked for here, before the server's clock runs.
static pop3_status auth_begin(const pop3_host *host, const pop3_auth_context *context,
                              void **out_self, pop3_error *err) {
  const uint8_t *user, *password;
  size_t user_len, password_len;
  pop3_status status =
      context->credential(context->session, POP3_CREDENTIAL_USER, &user, &user_len, err);
  if (status != POP3_OK) return status;
  status = context->credential(context->session, POP3_CREDENTIAL_PASSWORD, &password, &password_len,
                               err);
  if (status != POP3_OK) return status;
  if (memchr(user, 0, user_len) || memchr(password, 0, password_len)) {
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                      "user name or password holds a NUL, which PLAIN cannot send");
  }
  attempt *self = host->alloc(host->ctx, sizeof(*self));
  if (!self) return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  memset(self, 0, sizeof(*self));
  self->host = host;
  status = make_response(self, user, user_len, password, password_len, err);
  if (status != POP3_OK) {
    auth_end(self);
    return status;
  }
  *out_self = self;
  return POP3_OK;
}

// From here on nothing is right any more. After -ERR the host tells what the server said; for all
// else |err| has to.
static pop3_auth_verdict give_up(attempt *self, const pop3_auth_input *in, pop3_error *err) {
  self->stage = STAGE_OVER;
  forget_response(self);
  if (in->event != POP3_AUTH_NEGATIVE) {
    self->host->fail(self->host->ctx, err, POP3_ERR_AUTH, LAYER, 0, 0,
                     "the server's answer has no place in AUTH PLAIN");
  }
  return POP3_AUTH_FAIL;
}

// What the server did, and what to do about it. Only what fits the stage is taken.
static pop3_auth_verdict auth_step(void *ptr, const pop3_auth_input *in, pop3_auth_output *out,
                                   pop3_error *err) {
  static const char command[] = "AUTH PLAIN";
  attempt *self = ptr;
  if (self->stage == STAGE_NEW && in->event == POP3_AUTH_START) {
    self->stage = STAGE_ASKED;
    out->is_command = 1;
    out->line = (const uint8_t *)command;
    out->line_len = out->secret_offset = sizeof(command) - 1;  // all of it may be shown
    return POP3_AUTH_SEND;
  }
  if (self->stage == STAGE_ASKED && in->event == POP3_AUTH_CHALLENGE) {
    self->stage = STAGE_TOLD;
    out->is_command = 0;
    out->line = self->response;
    out->line_len = self->response_len;
    out->secret_offset = 0;  // nothing of it may be shown
    return POP3_AUTH_SEND;
  }
  if (self->stage == STAGE_TOLD && in->event == POP3_AUTH_POSITIVE) {
    self->stage = STAGE_OVER;
    forget_response(self);
    return POP3_AUTH_DONE;
  }
  return give_up(self, in, err);
}

static const pop3_auth_ops auth_ops = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_auth_ops),
    .name = "template_auth",
    .flags = POP3_AUTH_CLEARTEXT,
    .score = auth_score,
    .begin = auth_begin,
    .step = auth_step,
    .end = auth_end,
};

static const pop3_auth_ops *const auths[] = {&auth_ops};

static const pop3_plugin plugin = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_plugin),
    .name = "template_auth",
    .version = "0.1.0",
    .auths = auths,
    .num_auths = 1,
};

POP3_PLUGIN_ENTRY(template_auth, plugin)
