#include <pop3/plugins/apop.h>
#include <pop3/spi/auth.h>
#include <string.h>

#include "auth/apop_digest.h"
#include "auth/line.h"

#define LAYER "apop"

typedef enum apop_stage { APOP_NEW = 0, APOP_SENT, APOP_OVER } apop_stage;

typedef struct apop_attempt {
  const pop3_host *host;
  apop_stage stage;
  p3_auth_line line;
} apop_attempt;

// Why there is no timestamp, as far as the host tells.
static const char *timestamp_problem(const pop3_auth_context *context) {
  if (POP3_HAS_MEMBER(pop3_auth_context, context, timestamp_problem) &&
      context->timestamp_problem != NULL) {
    return context->timestamp_problem;
  }
  return "the server's greeting has no timestamp for APOP";
}

static int apop_score(const pop3_host *host, const pop3_auth_context *context, char *why,
                      size_t why_cap) {
  (void)host;
  if (context->timestamp == NULL) {
    return p3_auth_unusable(why, why_cap, timestamp_problem(context));
  }
  if (!context->has_credential(context->session, POP3_CREDENTIAL_USER)) {
    return p3_auth_unusable(why, why_cap, "no user name was given");
  }
  if (!context->has_credential(context->session, POP3_CREDENTIAL_PASSWORD)) {
    return p3_auth_unusable(why, why_cap, "no password was given");
  }
  return 200;
}

// "APOP user digest". The digest is a secret: who has it can try passwords at leisure.
static pop3_status make_line(apop_attempt *self, const pop3_auth_context *context,
                             pop3_error *err) {
  const pop3_host *host = self->host;
  p3_auth_bytes user, password;
  pop3_status status = p3_auth_get(host, context, LAYER, POP3_CREDENTIAL_USER, &user, err);
  if (status != POP3_OK) return status;
  if (memchr(user.data, ' ', user.len) != NULL) {
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                      "the user name holds a space, which APOP cannot send");
  }
  status = p3_auth_get(host, context, LAYER, POP3_CREDENTIAL_PASSWORD, &password, err);
  if (status != POP3_OK) return status;

  char hex[POP3_APOP_DIGEST_SIZE];
  const p3_apop_input in = {context->timestamp, context->timestamp_len,
                            password.data,      password.len,
                            host->wipe,         host->ctx};
  if (!p3_apop_hash(&in, hex)) {
    uint32_t code;
    const char *why = p3_apop_no_md5(&code);
    return host->fail(host->ctx, err, POP3_ERR_UNSUPPORTED, LAYER, 0, code, "there is no MD5: %s",
                      why);
  }
  p3_auth_bytes digest = {(const uint8_t *)hex, sizeof(hex) - 1};
  status = p3_auth_line_set(&self->line, host, LAYER, "APOP", &user, &digest, err);
  host->wipe(host->ctx, hex, sizeof(hex) - 1);
  return status;
}

static void apop_end(void *ptr) {
  apop_attempt *self = ptr;
  if (self == NULL) return;
  p3_auth_line_clear(&self->line, self->host);
  self->host->release(self->host->ctx, self);
}

static pop3_status apop_begin(const pop3_host *host, const pop3_auth_context *context,
                              void **out_self, pop3_error *err) {
  if (context->timestamp == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_UNSUPPORTED, LAYER, 0, 0, "%s",
                      timestamp_problem(context));
  }
  apop_attempt *self = host->alloc(host->ctx, sizeof(*self));
  if (self == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  memset(self, 0, sizeof(*self));
  self->host = host;
  pop3_status status = make_line(self, context, err);
  if (status != POP3_OK) {
    apop_end(self);
    return status;
  }
  *out_self = self;
  return POP3_OK;
}

static pop3_auth_verdict apop_step(void *ptr, const pop3_auth_input *in, pop3_auth_output *out,
                                   pop3_error *err) {
  apop_attempt *self = ptr;
  apop_stage stage = self->stage;
  if (stage == APOP_NEW && in->event == POP3_AUTH_START) {
    self->stage = APOP_SENT;
    return p3_auth_send(&self->line, out);
  }
  self->stage = APOP_OVER;
  p3_auth_line_clear(&self->line, self->host);
  if (stage == APOP_SENT && in->event == POP3_AUTH_POSITIVE) return POP3_AUTH_DONE;
  return p3_auth_refused(self->host, LAYER, "APOP", in->event, err);
}

static const pop3_auth_ops kApopOps = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_auth_ops),
    .name = "apop",
    .flags = POP3_AUTH_ONLY_IF_ASKED | POP3_AUTH_NO_CAPABILITIES,
    .score = apop_score,
    .begin = apop_begin,
    .step = apop_step,
    .end = apop_end,
};

static const pop3_auth_ops *const kAuths[] = {&kApopOps};

static const pop3_plugin kPlugin = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_plugin),
    .name = "apop",
    .version = POP3_VERSION,
    .auths = kAuths,
    .num_auths = 1,
};

POP3_PLUGIN_ENTRY(apop, kPlugin)
