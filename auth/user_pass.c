
#include <pop3/plugins/user_pass.h>
#include <pop3/spi/auth.h>
#include <string.h>

#include "auth/line.h"

#define LAYER "user"

typedef enum user_stage { USER_NEW = 0, USER_SENT, PASS_SENT, USER_OVER } user_stage;

typedef struct user_attempt {
  const pop3_host *host;
  user_stage stage;
  p3_auth_bytes user;
  p3_auth_bytes password;
  p3_auth_line line;
} user_attempt;

static int user_score(const pop3_host *host, const pop3_auth_context *context, char *why,
                      size_t why_cap) {
  (void)host;
  const int is_known = POP3_HAS_MEMBER(pop3_auth_context, context, knows_capabilities) &&
                       context->knows_capabilities != 0;
  // Some servers forget to list it: whoever asks for it by name may try.
  if (context->mechanism == NULL && is_known &&
      context->capability(context->session, "USER") == NULL) {
    return p3_auth_unusable(why, why_cap,
                            "the server's capabilities do not have USER (it may want TLS first)");
  }
  if (!context->has_credential(context->session, POP3_CREDENTIAL_USER)) {
    return p3_auth_unusable(why, why_cap, "no user name was given");
  }
  if (!context->has_credential(context->session, POP3_CREDENTIAL_PASSWORD)) {
    return p3_auth_unusable(why, why_cap, "no password was given");
  }
  return 100;
}

static void user_end(void *ptr) {
  user_attempt *self = ptr;
  if (self == NULL) return;
  p3_auth_line_clear(&self->line, self->host);
  self->host->release(self->host->ctx, self);
}

static pop3_status user_begin(const pop3_host *host, const pop3_auth_context *context,
                              void **out_self, pop3_error *err) {
  user_attempt *self = host->alloc(host->ctx, sizeof(*self));
  if (self == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  memset(self, 0, sizeof(*self));
  self->host = host;
  // Both before anything is sent: a person may be asked, and the server's timer does not run yet.
  pop3_status status = p3_auth_get(host, context, LAYER, POP3_CREDENTIAL_USER, &self->user, err);
  if (status == POP3_OK) {
    status = p3_auth_get(host, context, LAYER, POP3_CREDENTIAL_PASSWORD, &self->password, err);
  }
  if (status != POP3_OK) {
    user_end(self);
    return status;
  }
  *out_self = self;
  return POP3_OK;
}

static pop3_auth_verdict send_command(user_attempt *self, const char *verb,
                                      const p3_auth_bytes *shown, const p3_auth_bytes *secret,
                                      pop3_auth_output *out, pop3_error *err) {
  if (p3_auth_line_set(&self->line, self->host, LAYER, verb, shown, secret, err) != POP3_OK) {
    self->stage = USER_OVER;
    return POP3_AUTH_FAIL;
  }
  return p3_auth_send(&self->line, out);
}

static pop3_auth_verdict user_step(void *ptr, const pop3_auth_input *in, pop3_auth_output *out,
                                   pop3_error *err) {
  user_attempt *self = ptr;
  user_stage stage = self->stage;
  p3_auth_line_clear(&self->line, self->host);
  if (stage == USER_NEW && in->event == POP3_AUTH_START) {
    self->stage = USER_SENT;
    return send_command(self, "USER", &self->user, NULL, out, err);
  }
  if (stage == USER_SENT && in->event == POP3_AUTH_POSITIVE) {
    self->stage = PASS_SENT;
    return send_command(self, "PASS", NULL, &self->password, out, err);
  }
  self->stage = USER_OVER;
  if (stage == PASS_SENT && in->event == POP3_AUTH_POSITIVE) return POP3_AUTH_DONE;
  return p3_auth_refused(self->host, LAYER, stage == PASS_SENT ? "PASS" : "USER", in->event, err);
}

static const pop3_auth_ops kUserOps = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_auth_ops),
    .name = "user",
    .flags = POP3_AUTH_CLEARTEXT | POP3_AUTH_NO_CAPABILITIES,
    .score = user_score,
    .begin = user_begin,
    .step = user_step,
    .end = user_end,
};

static const pop3_auth_ops *const kAuths[] = {&kUserOps};

static const pop3_plugin kPlugin = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_plugin),
    .name = "user_pass",
    .version = POP3_VERSION,
    .auths = kAuths,
    .num_auths = 1,
};

POP3_PLUGIN_ENTRY(user_pass, kPlugin)
