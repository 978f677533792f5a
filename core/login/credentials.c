#include "core/login/credentials.h"

#include <string.h>

#define LAYER "session"

void p3_credentials_init(p3_credentials *credentials, const p3_credential_source *source,
                         const pop3_allocator *allocator) {
  memset(credentials, 0, sizeof(*credentials));
  credentials->source = source;
  for (size_t i = 0; i < P3_NUM_CREDENTIALS; i++) {
    pop3_secret_init(&credentials->kept[i], allocator);
  }
}

void p3_credentials_wipe(p3_credentials *credentials) {
  for (size_t i = 0; i < P3_NUM_CREDENTIALS; i++) pop3_secret_cleanup(&credentials->kept[i]);
}

static int is_credential(pop3_credential what) {
  return what >= POP3_CREDENTIAL_USER && what <= POP3_CREDENTIAL_REALM;
}

static pop3_status none(pop3_error *err, pop3_credential what) {
  static const char *const kNames[] = {"?",     "user name", "password", "authorization identity",
                                       "token", "realm"};
  return pop3_error_set(err, POP3_ERR_NO_CREDENTIALS, LAYER, 0, "no %s was given",
                        kNames[is_credential(what) ? what : 0]);
}

// What was given in advance, or NULL.
static const char *given(const p3_credentials *credentials, pop3_credential what) {
  const char *const *once = credentials->once;
  if (!is_credential(what)) return NULL;
  if (once != NULL && (once[what] != NULL || once[POP3_CREDENTIAL_USER] != NULL)) {
    return once[what];
  }
  return credentials->source->given[what];
}

// Whether the caller's callback is there for |what|.
static int may_ask(const p3_credentials *credentials, pop3_credential what) {
  const p3_credential_source *source = credentials->source;
  const uint32_t kinds = source->kinds != 0 ? source->kinds
                                            : POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_USER) |
                                                  POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_PASSWORD);
  return source->ask != NULL && is_credential(what) && (kinds & POP3_CREDENTIAL_BIT(what)) != 0;
}

static pop3_status ask(p3_credentials *credentials, pop3_credential what, uint32_t attempt,
                       pop3_error *err) {
  const p3_credential_source *source = credentials->source;
  pop3_secret *kept = &credentials->kept[what];
  pop3_error error = POP3_ERROR_INIT;
  const pop3_status status = source->ask(source->ask_arg, what, attempt, kept, &error);
  if (status == POP3_OK) return POP3_OK;
  pop3_secret_cleanup(kept);
  if (error.status == POP3_OK) (void)none(&error, what);
  if (err != NULL) *err = error;
  return status;
}

// Hands out what is kept.
static pop3_status hand_out(const p3_credentials *credentials, pop3_credential what,
                            const uint8_t **out_data, size_t *out_len, pop3_error *err) {
  const pop3_secret *kept = &credentials->kept[what];
  if (kept->data == NULL) return none(err, what);
  *out_data = kept->data;
  *out_len = kept->len;
  return POP3_OK;
}

pop3_status p3_credentials_fetch(p3_credentials *credentials, pop3_credential what,
                                 const uint8_t **out_data, size_t *out_len, pop3_error *err) {
  *out_data = NULL;
  *out_len = 0;
  if (!is_credential(what)) return none(err, what);
  pop3_secret *kept = &credentials->kept[what];
  const char *text = given(credentials, what);
  if (kept->data == NULL && text != NULL) {
    if (!pop3_secret_set(kept, text, strlen(text))) {
      return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for a credential");
    }
  } else if (kept->data == NULL && may_ask(credentials, what)) {
    const pop3_status status = ask(credentials, what, credentials->num_refused, err);
    if (status != POP3_OK) return status;
  }
  return hand_out(credentials, what, out_data, out_len, err);
}

pop3_status p3_credentials_renew(p3_credentials *credentials, pop3_credential what,
                                 const uint8_t **out_data, size_t *out_len, pop3_error *err) {
  *out_data = NULL;
  *out_len = 0;
  if (!may_ask(credentials, what)) return none(err, what);
  pop3_secret_cleanup(&credentials->kept[what]);
  const pop3_status status = ask(credentials, what, credentials->num_refused + 1, err);
  if (status != POP3_OK) return status;
  return hand_out(credentials, what, out_data, out_len, err);
}

int p3_credentials_has(const p3_credentials *credentials, pop3_credential what) {
  return given(credentials, what) != NULL || may_ask(credentials, what);
}
