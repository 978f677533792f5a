// A mechanism to copy: AUTH PLAIN (RFC 4616) with the password behind a challenge. Complete: a
// score with reasons, credentials, base64, a line that is flagged as secret and wiped, every wrong
// answer.
//
// `tools/new_plugin NAME auth` makes a copy under another name, with its BUILD file and its test.
// The contract that it keeps stands above pop3_auth_ops in <pop3/spi/auth.h>.
#include <pop3/spi/auth.h>
#include <pop3/spi/sasl_line.h>
#include <string.h>

#define LAYER "template_auth"

// Where an attempt stands.
typedef enum stage { STAGE_NEW = 0, STAGE_ASKED, STAGE_TOLD, STAGE_OVER } stage;

typedef struct attempt {
  const pop3_host *host;
  stage stage;
  pop3_sasl_line response;  // in base64; a secret
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
  const int is_known = POP3_HAS_MEMBER(pop3_auth_context, context, knows_capabilities) &&
                       context->knows_capabilities != 0;
  const char *sasl = context->capability(context->session, "SASL");
  if (context->mechanism == NULL && is_known && (sasl == NULL || strstr(sasl, "PLAIN") == NULL)) {
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

static void auth_end(void *ptr) {
  attempt *self = ptr;
  if (self == NULL) return;
  pop3_sasl_line_clear(&self->response, self->host);  // wipes it
  self->host->release(self->host->ctx, self);
}

// NUL user NUL password, in base64. What is secret goes into memory that is wiped, and nowhere
// else.
static pop3_status make_response(attempt *self, const uint8_t *user, size_t user_len,
                                 const uint8_t *password, size_t password_len, pop3_error *err) {
  const pop3_host *host = self->host;
  if (user_len > POP3_SASL_RESPONSE_MAX || password_len > POP3_SASL_RESPONSE_MAX) {
    return host->fail(host->ctx, err, POP3_ERR_LIMIT, LAYER, 0, 0, "the credentials are too long");
  }
  const size_t len = user_len + password_len + 2;
  uint8_t *message = host->alloc(host->ctx, len);
  if (message == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  message[0] = message[user_len + 1] = 0;
  memcpy(message + 1, user, user_len);
  memcpy(message + user_len + 2, password, password_len);
  const pop3_status status =
      pop3_sasl_line_make(&self->response, host, LAYER, "", message, len, err);
  host->wipe(host->ctx, message, len);
  host->release(host->ctx, message);
  return status;
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
  if (memchr(user, 0, user_len) != NULL || memchr(password, 0, password_len) != NULL) {
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                      "user name or password holds a NUL, which PLAIN cannot send");
  }
  attempt *self = host->alloc(host->ctx, sizeof(*self));
  if (self == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
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
  pop3_sasl_line_clear(&self->response, self->host);  // wipes it
  if (in->event != POP3_AUTH_NEGATIVE) {
    self->host->fail(self->host->ctx, err, POP3_ERR_AUTH, LAYER, 0, 0,
                     "the server's answer has no place in AUTH PLAIN");
  }
  return POP3_AUTH_FAIL;
}

// What the server did, and what to do about it. Only what fits the stage is taken.
static pop3_auth_verdict auth_step(void *ptr, const pop3_auth_input *in, pop3_auth_output *out,
                                   pop3_error *err) {
  static const char kCommand[] = "AUTH PLAIN";
  attempt *self = ptr;
  if (self->stage == STAGE_NEW && in->event == POP3_AUTH_START) {
    self->stage = STAGE_ASKED;
    out->is_command = 1;
    out->line = (const uint8_t *)kCommand;
    out->line_len = out->secret_offset = sizeof(kCommand) - 1;  // all of it may be shown
    return POP3_AUTH_SEND;
  }
  if (self->stage == STAGE_ASKED && in->event == POP3_AUTH_CHALLENGE) {
    self->stage = STAGE_TOLD;
    return pop3_sasl_line_send(&self->response, 0, out);  // no command, and all of it is secret
  }
  if (self->stage == STAGE_TOLD && in->event == POP3_AUTH_POSITIVE) {
    self->stage = STAGE_OVER;
    pop3_sasl_line_clear(&self->response, self->host);  // wipes it
    return POP3_AUTH_DONE;
  }
  return give_up(self, in, err);
}

static const pop3_auth_ops kAuthOps = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_auth_ops),
    .name = "template_auth",
    .flags = POP3_AUTH_CLEARTEXT,
    .score = auth_score,
    .begin = auth_begin,
    .step = auth_step,
    .end = auth_end,
};

static const pop3_auth_ops *const kAuths[] = {&kAuthOps};

static const pop3_plugin kPlugin = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_plugin),
    .name = "template_auth",
    .version = "0.1.0",
    .auths = kAuths,
    .num_auths = 1,
};

POP3_PLUGIN_ENTRY(template_auth, kPlugin)
