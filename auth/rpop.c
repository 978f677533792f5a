
#include <pop3/plugins/rpop.h>
#include <pop3/spi/auth.h>
#include <string.h>

#include "auth/line.h"

#define LAYER "rpop"

typedef enum rpop_stage { RPOP_NEW = 0, USER_SENT, RPOP_SENT, RPOP_OVER } rpop_stage;

typedef struct rpop_attempt {
  const pop3_host *host;
  rpop_stage stage;
  p3_auth_bytes local_user;
  p3_auth_bytes maildrop;
  p3_auth_line line;
} rpop_attempt;

static int rpop_score(const pop3_host *host, const pop3_auth_context *context, char *why,
                      size_t why_cap) {
  (void)host;
  if (!context->has_credential(context->session, POP3_CREDENTIAL_USER)) {
    return p3_auth_unusable(why, why_cap, "no user name was given");
  }
  return 50;  // below a password in clear: it proves nothing
}

static void rpop_end(void *ptr) {
  rpop_attempt *self = ptr;
  if (self == NULL) return;
  p3_auth_line_clear(&self->line, self->host);
  self->host->release(self->host->ctx, self);
}

static pop3_status rpop_begin(const pop3_host *host, const pop3_auth_context *context,
                              void **out_self, pop3_error *err) {
  rpop_attempt *self = host->alloc(host->ctx, sizeof(*self));
  if (self == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  memset(self, 0, sizeof(*self));
  self->host = host;
  pop3_status status =
      p3_auth_get(host, context, LAYER, POP3_CREDENTIAL_USER, &self->local_user, err);
  if (status == POP3_OK) {
    // Asked for even if has_credential does not promise it: a callback may know.
    pop3_error none;
    status = p3_auth_get(host, context, LAYER, POP3_CREDENTIAL_AUTHZID, &self->maildrop, &none);
    if (status == POP3_ERR_NO_CREDENTIALS) {
      self->maildrop = self->local_user;
      status = POP3_OK;
    } else if (status != POP3_OK && err != NULL) {
      *err = none;
    }
  }
  if (status != POP3_OK) {
    rpop_end(self);
    return status;
  }
  *out_self = self;
  return POP3_OK;
}

static pop3_auth_verdict send_command(rpop_attempt *self, const char *verb,
                                      const p3_auth_bytes *arg, pop3_auth_output *out,
                                      pop3_error *err) {
  if (p3_auth_line_set(&self->line, self->host, LAYER, verb, arg, NULL, err) != POP3_OK) {
    self->stage = RPOP_OVER;
    return POP3_AUTH_FAIL;
  }
  return p3_auth_send(&self->line, out);
}

static pop3_auth_verdict rpop_step(void *ptr, const pop3_auth_input *in, pop3_auth_output *out,
                                   pop3_error *err) {
  rpop_attempt *self = ptr;
  rpop_stage stage = self->stage;
  p3_auth_line_clear(&self->line, self->host);
  if (stage == RPOP_NEW && in->event == POP3_AUTH_START) {
    self->stage = USER_SENT;
    return send_command(self, "USER", &self->maildrop, out, err);
  }
  if (stage == USER_SENT && in->event == POP3_AUTH_POSITIVE) {
    self->stage = RPOP_SENT;
    return send_command(self, "RPOP", &self->local_user, out, err);
  }
  self->stage = RPOP_OVER;
  if (stage == RPOP_SENT && in->event == POP3_AUTH_POSITIVE) return POP3_AUTH_DONE;
  return p3_auth_refused(self->host, LAYER, stage == RPOP_SENT ? "RPOP" : "USER", in->event, err);
}

static const pop3_auth_ops kRpopOps = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_auth_ops),
    .name = "rpop",
    .flags = POP3_AUTH_ONLY_IF_ASKED | POP3_AUTH_AUTHZID | POP3_AUTH_NO_CAPABILITIES,
    .score = rpop_score,
    .begin = rpop_begin,
    .step = rpop_step,
    .end = rpop_end,
};

static const pop3_auth_ops *const kAuths[] = {&kRpopOps};

static const pop3_plugin kPlugin = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_plugin),
    .name = "rpop",
    .version = POP3_VERSION,
    .auths = kAuths,
    .num_auths = 1,
};

POP3_PLUGIN_ENTRY(rpop, kPlugin)
