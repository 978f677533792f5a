#include "auth/line.h"

#include <string.h>

// Far beyond what a host lets through; keeps the sums below from wrapping around.
#define ARGUMENT_MAX (SIZE_MAX / 4)

int p3_auth_unusable(char *why, size_t why_cap, const char *reason) {
  size_t len = strlen(reason);
  if (why == NULL || why_cap == 0) return 0;
  if (len >= why_cap) len = why_cap - 1;
  memcpy(why, reason, len);
  why[len] = '\0';
  return 0;
}

static const char *credential_name(pop3_credential what) {
  switch (what) {
    case POP3_CREDENTIAL_PASSWORD:
      return "password";
    case POP3_CREDENTIAL_AUTHZID:
      return "name of the maildrop";
    case POP3_CREDENTIAL_USER:
    case POP3_CREDENTIAL_TOKEN:
    case POP3_CREDENTIAL_REALM:
    default:
      return "user name";
  }
}

pop3_status p3_auth_get(const pop3_host *host, const pop3_auth_context *context, const char *layer,
                        pop3_credential what, p3_auth_bytes *out, pop3_error *err) {
  pop3_status status = context->credential(context->session, what, &out->data, &out->len, err);
  if (status != POP3_OK) return status;
  if (out->len == 0 && what != POP3_CREDENTIAL_PASSWORD) {
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, layer, 0, 0, "the %s is empty",
                      credential_name(what));
  }
  for (size_t i = 0; i < out->len; i++) {
    uint8_t octet = out->data[i];
    if (octet == '\r' || octet == '\n' || octet == '\0') {
      return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, layer, 0, 0,
                        "the %s holds a CR, LF or NUL, which POP3 cannot send",
                        credential_name(what));
    }
  }
  return POP3_OK;
}

static void append(p3_auth_line *line, const void *data, size_t len) {
  if (len > 0) memcpy(line->data + line->len, data, len);
  line->len += len;
}

pop3_status p3_auth_line_set(p3_auth_line *line, const pop3_host *host, const char *layer,
                             const char *verb, const p3_auth_bytes *shown,
                             const p3_auth_bytes *secret, pop3_error *err) {
  p3_auth_line_clear(line, host);
  size_t shown_len = shown != NULL ? shown->len : 0;
  size_t secret_len = secret != NULL ? secret->len : 0;
  if (shown_len <= ARGUMENT_MAX && secret_len <= ARGUMENT_MAX) {
    line->data = host->alloc(host->ctx, strlen(verb) + 2 + shown_len + secret_len);
  }
  if (line->data == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, layer, 0, 0, "out of memory");
  }
  append(line, verb, strlen(verb));
  if (shown != NULL) {
    append(line, " ", 1);
    append(line, shown->data, shown->len);
  }
  line->secret_offset = line->len;
  if (secret != NULL) {
    append(line, " ", 1);
    line->secret_offset = line->len;
    append(line, secret->data, secret->len);
  }
  return POP3_OK;
}

void p3_auth_line_clear(p3_auth_line *line, const pop3_host *host) {
  if (line->data != NULL) host->wipe(host->ctx, line->data, line->len);
  host->release(host->ctx, line->data);
  memset(line, 0, sizeof(*line));
}

pop3_auth_verdict p3_auth_send(const p3_auth_line *line, pop3_auth_output *out) {
  out->is_command = 1;
  out->line = line->data;
  out->line_len = line->len;
  out->secret_offset = line->secret_offset;
  return POP3_AUTH_SEND;
}

pop3_auth_verdict p3_auth_refused(const pop3_host *host, const char *layer, const char *verb,
                                  pop3_auth_event event, pop3_error *err) {
  if (event == POP3_AUTH_CHALLENGE) {
    host->fail(host->ctx, err, POP3_ERR_AUTH, layer, 0, 0,
               "the server answered %s with a challenge (\"+ \"), which has no place there", verb);
  } else if (event != POP3_AUTH_NEGATIVE) {
    host->fail(host->ctx, err, POP3_ERR_STATE, layer, 0, 0, "%s: a step out of order", verb);
  }
  return POP3_AUTH_FAIL;
}
