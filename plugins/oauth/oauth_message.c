#include "plugins/oauth/oauth_message.h"

#include <stdio.h>
#include <string.h>

#define LAYER "oauth"

// Ends each key and its value.
#define SOH "\x01"

// Far beyond what a server takes; keeps the sums below from wrapping around.
#define TEXT_MAX ((size_t)1 << 19)

static pop3_status bad(const pop3_host *host, pop3_error *err, const char *words) {
  return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0, "%s", words);
}

static pop3_status check_token(const pop3_host *host, p3_oauth_text token, pop3_error *err) {
  if (token.len == 0) return bad(host, err, "the token is empty");
  if (token.len > TEXT_MAX) return bad(host, err, "the token is too long");
  for (size_t i = 0; i < token.len; i++) {
    // RFC 6749 appendix A.12, without the space, which would end it.
    if (token.data[i] <= 0x20 || token.data[i] >= 0x7F) {
      return bad(host, err,
                 "the token holds a character that no token may have (a space, a line end, or "
                 "something that is not ASCII)");
    }
  }
  return POP3_OK;
}

static pop3_status check_name(const pop3_host *host, p3_oauth_text name, const char *words,
                              pop3_error *err) {
  if (name.len > TEXT_MAX) {
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0, "the %s is too long", words);
  }
  for (size_t i = 0; i < name.len; i++) {
    if (name.data[i] < 0x20 || name.data[i] == 0x7F) {
      return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                        "the %s holds a control character", words);
    }
  }
  return POP3_OK;
}

static pop3_status allocate(p3_oauth_message *out, const pop3_host *host, size_t size,
                            pop3_error *err) {
  p3_oauth_message_clear(out, host);
  out->data = host->alloc(host->ctx, size);
  return out->data != NULL
             ? POP3_OK
             : host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
}

static void append(p3_oauth_message *out, const void *data, size_t len) {
  if (len > 0) memcpy(out->data + out->len, data, len);
  out->len += len;
}

static void append_text(p3_oauth_message *out, const char *text) {
  append(out, text, strlen(text));
}

// saslname of RFC 5801 section 4: a comma would end it.
static void append_name(p3_oauth_message *out, p3_oauth_text name) {
  for (size_t i = 0; i < name.len; i++) {
    if (name.data[i] == ',') {
      append_text(out, "=2C");
    } else if (name.data[i] == '=') {
      append_text(out, "=3D");
    } else {
      append(out, &name.data[i], 1);
    }
  }
}

pop3_status p3_oauth_bearer(p3_oauth_message *out, const pop3_host *host, p3_oauth_text user,
                            const char *server, uint32_t port, p3_oauth_text token,
                            pop3_error *err) {
  const p3_oauth_text name = {(const uint8_t *)server, strlen(server)};
  pop3_status status = check_name(host, user, "user name", err);
  if (status == POP3_OK) status = check_name(host, name, "server's name", err);
  if (status == POP3_OK) status = check_token(host, token, err);
  if (status == POP3_OK) {
    status = allocate(out, host, 3 * user.len + name.len + token.len + 64, err);
  }
  if (status != POP3_OK) return status;
  append_text(out, "n,");
  if (user.len > 0) append_text(out, "a=");
  append_name(out, user);
  append_text(out, "," SOH);
  if (name.len > 0) {
    append_text(out, "host=");
    append(out, name.data, name.len);
    append_text(out, SOH);
  }
  if (port != 0) {
    char text[32];
    (void)snprintf(text, sizeof(text), "port=%u" SOH, (unsigned)port);
    append_text(out, text);
  }
  append_text(out, "auth=Bearer ");
  append(out, token.data, token.len);
  append_text(out, SOH SOH);
  return POP3_OK;
}

pop3_status p3_oauth_xoauth2(p3_oauth_message *out, const pop3_host *host, p3_oauth_text user,
                             p3_oauth_text token, pop3_error *err) {
  pop3_status status = check_name(host, user, "user name", err);
  if (status == POP3_OK) status = check_token(host, token, err);
  if (status == POP3_OK) status = allocate(out, host, user.len + token.len + 32, err);
  if (status != POP3_OK) return status;
  append_text(out, "user=");
  append(out, user.data, user.len);
  append_text(out, SOH "auth=Bearer ");
  append(out, token.data, token.len);
  append_text(out, SOH SOH);
  return POP3_OK;
}

void p3_oauth_message_clear(p3_oauth_message *message, const pop3_host *host) {
  if (message->data != NULL) host->wipe(host->ctx, message->data, message->len);
  host->release(host->ctx, message->data);
  memset(message, 0, sizeof(*message));
}
