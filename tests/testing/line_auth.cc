#include "tests/testing/line_auth.h"

#include <pop3/spi/auth.h>

#include <cstring>

namespace pop3_testing {

namespace {

constexpr size_t kLineMax = 4096;

// LineAuth is one attempt.
struct LineAuth {
  const pop3_host *host;
  const char *rest;  // of the password
  size_t rest_len;
  int initial;
  int used_up;
  char line[kLineMax];

  static int Score(const pop3_host *, const pop3_auth_context *, char *, size_t) { return 50; }

  static pop3_status Begin(const pop3_host *host, const pop3_auth_context *context, void **out_self,
                           pop3_error *err) {
    const uint8_t *user = nullptr;
    size_t user_len = 0;
    const uint8_t *password = nullptr;
    size_t password_len = 0;
    pop3_status status =
        context->credential(context->session, POP3_CREDENTIAL_USER, &user, &user_len, err);
    if (status != POP3_OK) return status;
    status = context->credential(context->session, POP3_CREDENTIAL_PASSWORD, &password,
                                 &password_len, err);
    if (status != POP3_OK) return status;
    auto *self = static_cast<LineAuth *>(host->alloc(host->ctx, sizeof(LineAuth)));
    if (self == nullptr) {
      return host->fail(host->ctx, err, POP3_ERR_MEMORY, "x-lines", 0, 0, "no memory");
    }
    self->host = host;
    self->rest = reinterpret_cast<const char *>(password);
    self->rest_len = password_len;
    self->initial = user_len == 7 && memcmp(user, "initial", 7) == 0;
    self->used_up = 0;
    *out_self = self;
    return POP3_OK;
  }

  // Next appends the next line of the password at |at|. Returns the new end.
  size_t Next(size_t at) {
    const void *end = memchr(rest, '\n', rest_len);
    size_t len =
        end == nullptr ? rest_len : static_cast<size_t>(static_cast<const char *>(end) - rest);
    const size_t taken = end == nullptr ? len : len + 1;
    if (end == nullptr) used_up = 1;
    if (len > kLineMax - at) len = kLineMax - at;
    memcpy(line + at, rest, len);
    rest += taken;
    rest_len -= taken;
    return at + len;
  }

  static pop3_auth_verdict Step(void *arg, const pop3_auth_input *in, pop3_auth_output *out,
                                pop3_error *err) {
    auto *self = static_cast<LineAuth *>(arg);
    out->line = reinterpret_cast<const uint8_t *>(self->line);
    switch (in->event) {
      case POP3_AUTH_START:
        memcpy(self->line, "AUTH X-LINES ", 13);
        out->is_command = 1;
        out->line_len = self->initial != 0 ? self->Next(13) : 12;
        out->secret_offset = 12;
        return POP3_AUTH_SEND;
      case POP3_AUTH_POSITIVE:
        return POP3_AUTH_DONE;
      case POP3_AUTH_NEGATIVE:
        return POP3_AUTH_FAIL;
      case POP3_AUTH_CHALLENGE:
        break;
    }
    if (self->used_up != 0) {
      self->host->fail(self->host->ctx, err, POP3_ERR_AUTH, "x-lines", 0, 0,
                       "a challenge too many");
      return POP3_AUTH_FAIL;
    }
    out->is_command = 0;
    out->line_len = self->Next(0);
    out->secret_offset = 0;
    return POP3_AUTH_SEND;
  }

  static void End(void *arg) {
    auto *self = static_cast<LineAuth *>(arg);
    self->host->wipe(self->host->ctx, self->line, sizeof self->line);
    self->host->release(self->host->ctx, self);
  }
};

}  // namespace

const pop3_plugin *LineAuthPlugin() {
  static const pop3_auth_ops ops = {
      POP3_ABI,        sizeof(pop3_auth_ops), "x-lines",      POP3_AUTH_ONLY_IF_ASKED, 0,
      LineAuth::Score, LineAuth::Begin,       LineAuth::Step, LineAuth::End,
  };
  static const pop3_auth_ops *const auths[] = {&ops};
  static const pop3_plugin plugin = {
      POP3_ABI, sizeof(pop3_plugin), "x-lines", "1", nullptr, 0, auths, 1,
  };
  return &plugin;
}

}  // namespace pop3_testing
