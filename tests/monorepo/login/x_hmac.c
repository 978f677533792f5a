// AUTH X-HMAC, the login of our own servers: the server sends a nonce, the client answers with its
// name and, in hexadecimal, HMAC-SHA-256 of the nonce with the password as the key.
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pop3/spi/auth.h>
#include <pop3/spi/sasl_line.h>
#include <string.h>

#define LAYER "x_hmac"

typedef struct attempt {
  const pop3_host *host;
  const uint8_t *user, *password;  // the session's, until end
  size_t user_len, password_len;
  enum { NEW, ASKED, TOLD, OVER } stage;
  pop3_sasl_line line;
} attempt;

static int score(const pop3_host *host, const pop3_auth_context *context, char *why, size_t cap) {
  (void)host;
  const char *sasl = context->capability(context->session, "SASL");
  const char *reason = NULL;
  if (context->mechanism == NULL && (sasl == NULL || strstr(sasl, "X-HMAC") == NULL)) {
    reason = "not offered";
  }
  if (!context->has_credential(context->session, POP3_CREDENTIAL_USER)) reason = "no user name";
  if (!context->has_credential(context->session, POP3_CREDENTIAL_PASSWORD)) reason = "no password";
  if (reason == NULL) return 250;
  if (cap > strlen(reason)) memcpy(why, reason, strlen(reason) + 1);
  return 0;
}

static pop3_status begin(const pop3_host *host, const pop3_auth_context *context, void **out_self,
                         pop3_error *err) {
  attempt made = {.host = host, .stage = NEW};
  pop3_status status =
      context->credential(context->session, POP3_CREDENTIAL_USER, &made.user, &made.user_len, err);
  if (status != POP3_OK) return status;
  status = context->credential(context->session, POP3_CREDENTIAL_PASSWORD, &made.password,
                               &made.password_len, err);
  if (status != POP3_OK) return status;
  attempt *self = host->alloc(host->ctx, sizeof(*self));
  if (self == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  *self = made;
  *out_self = self;
  return POP3_OK;
}

// Turns the nonce in |self->line| into the response.
static pop3_status respond(attempt *self, pop3_error *err) {
  static const char kDigits[] = "0123456789abcdef";
  const pop3_host *host = self->host;
  uint8_t mac[EVP_MAX_MD_SIZE];
  unsigned mac_len = 0;
  if (HMAC(EVP_sha256(), self->password, self->password_len, self->line.data, self->line.len, mac,
           &mac_len) == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  const size_t len = self->user_len + 1 + 2 * (size_t)mac_len;
  uint8_t *text = host->alloc(host->ctx, len);
  if (text == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  memcpy(text, self->user, self->user_len);
  text[self->user_len] = ' ';
  for (size_t i = 0; i < mac_len; i++) {
    text[self->user_len + 1 + 2 * i] = (uint8_t)kDigits[mac[i] >> 4];
    text[self->user_len + 2 + 2 * i] = (uint8_t)kDigits[mac[i] & 15];
  }
  const pop3_status status = pop3_sasl_line_make(&self->line, host, LAYER, "", text, len, err);
  host->release(host->ctx, text);
  return status;
}

static pop3_auth_verdict step(void *ptr, const pop3_auth_input *in, pop3_auth_output *out,
                              pop3_error *err) {
  attempt *self = ptr;
  const pop3_host *host = self->host;
  if (self->stage == NEW && in->event == POP3_AUTH_START) {
    self->stage = ASKED;
    out->is_command = 1;
    out->line = (const uint8_t *)"AUTH X-HMAC";
    out->line_len = out->secret_offset = strlen("AUTH X-HMAC");
    return POP3_AUTH_SEND;
  }
  if (self->stage == ASKED && in->event == POP3_AUTH_CHALLENGE) {
    self->stage = OVER;
    if (pop3_sasl_line_challenge(&self->line, host, LAYER, in, err) != POP3_OK ||
        respond(self, err) != POP3_OK) {
      return POP3_AUTH_FAIL;
    }
    self->stage = TOLD;
    return pop3_sasl_line_send(&self->line, 0, out);
  }
  const int is_done = self->stage == TOLD && in->event == POP3_AUTH_POSITIVE;
  self->stage = OVER;
  if (is_done) return POP3_AUTH_DONE;
  if (in->event != POP3_AUTH_NEGATIVE) {
    host->fail(host->ctx, err, POP3_ERR_AUTH, LAYER, 0, 0, "an answer that X-HMAC does not have");
  }
  return POP3_AUTH_FAIL;
}

static void end(void *ptr) {
  attempt *self = ptr;
  pop3_sasl_line_clear(&self->line, self->host);
  self->host->release(self->host->ctx, self);
}

static const pop3_auth_ops kOps = {POP3_ABI, sizeof(kOps), "x-hmac", 0, 0, score, begin, step, end};
static const pop3_auth_ops *const kAuths[] = {&kOps};
static const pop3_plugin kPlugin = {POP3_ABI, sizeof(kPlugin), "x_hmac", "1.0.0", NULL,
                                    0,        kAuths,          1};

POP3_PLUGIN_ENTRY(x_hmac, kPlugin)
