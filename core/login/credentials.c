#include "core/login/credentials.h"

#include <string.h>

#define LAYER "session"

void p3_credentials_init(p3_credentials *credentials, const p3_credential_source *source,
                         const pop3_allocator *allocator) {
  memset(credentials, 0, sizeof(*credentials));
  credentials->source = source;
  for (size_t i = 0; i < P3_NUM_CREDENTIALS; i++) {
    pop3_secret_init(&credentials->kept[i], allocator);
    pop3_secret_init(&credentials->once[i], allocator);
  }
}

void p3_credentials_wipe(p3_credentials *credentials) {
  for (size_t i = 0; i < P3_NUM_CREDENTIALS; i++) {
    pop3_secret_cleanup(&credentials->kept[i]);
    pop3_secret_cleanup(&credentials->once[i]);
  }
  credentials->is_oneself = 0;
}

static pop3_status no_memory(pop3_error *err) {
  return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for a credential");
}

pop3_status p3_credentials_take(p3_credentials *credentials, const pop3_identity *who,
                                pop3_error *err) {
  pop3_identity all = POP3_IDENTITY_INIT;
  if (who == NULL) return POP3_OK;
  if (who->size < offsetof(pop3_identity, user)) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "identity.size is %u: start from POP3_IDENTITY_INIT",
                          (unsigned)who->size);
  }
  memcpy(&all, who, who->size < sizeof(all) ? who->size : sizeof(all));
  const char *texts[P3_NUM_CREDENTIALS] = {NULL};
  texts[POP3_CREDENTIAL_USER] = all.user;
  texts[POP3_CREDENTIAL_PASSWORD] = all.password;
  texts[POP3_CREDENTIAL_AUTHZID] = all.authzid;
  texts[POP3_CREDENTIAL_TOKEN] = all.token;
  texts[POP3_CREDENTIAL_REALM] = all.realm;
  for (size_t i = 0; i < P3_NUM_CREDENTIALS; i++) {
    if (texts[i] == NULL || pop3_secret_set(&credentials->once[i], texts[i], strlen(texts[i]))) {
      continue;
    }
    p3_credentials_wipe(credentials);
    return no_memory(err);
  }
  return POP3_OK;
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

// Whether an identity was taken that is never mixed with the session's.
static int is_whole(const p3_credentials *credentials) {
  return credentials->once[POP3_CREDENTIAL_USER].data != NULL;
}

// What was given in advance, or NULL.
static const char *given(const p3_credentials *credentials, pop3_credential what) {
  if (!is_credential(what)) return NULL;
  if (credentials->once[what].data != NULL || is_whole(credentials)) {
    return (const char *)credentials->once[what].data;
  }
  return credentials->source->given[what];
}

// Whether the caller's callback is there for |what|. Of another identity than the session's it is
// asked for what proves it only, not for whom it acts as.
static int may_ask(const p3_credentials *credentials, pop3_credential what) {
  const p3_credential_source *source = credentials->source;
  const uint32_t kinds = source->kinds != 0 ? source->kinds
                                            : POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_USER) |
                                                  POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_PASSWORD);
  if (is_whole(credentials) && what != POP3_CREDENTIAL_PASSWORD && what != POP3_CREDENTIAL_TOKEN) {
    return 0;
  }
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

// Whether it is settled that there is no |what|.
static int is_settled(const p3_credentials *credentials, pop3_credential what) {
  return what == POP3_CREDENTIAL_AUTHZID && credentials->is_oneself;
}

pop3_status p3_credentials_fetch(p3_credentials *credentials, pop3_credential what,
                                 const uint8_t **out_data, size_t *out_len, pop3_error *err) {
  *out_data = NULL;
  *out_len = 0;
  if (!is_credential(what) || is_settled(credentials, what)) return none(err, what);
  pop3_secret *kept = &credentials->kept[what];
  const char *text = given(credentials, what);
  if (kept->data == NULL && text != NULL) {
    if (!pop3_secret_set(kept, text, strlen(text))) return no_memory(err);
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
  if (!may_ask(credentials, what) || is_settled(credentials, what)) return none(err, what);
  pop3_secret_cleanup(&credentials->kept[what]);
  const pop3_status status = ask(credentials, what, credentials->num_refused + 1, err);
  if (status != POP3_OK) return status;
  return hand_out(credentials, what, out_data, out_len, err);
}

int p3_credentials_has(const p3_credentials *credentials, pop3_credential what) {
  if (is_settled(credentials, what)) return 0;
  return given(credentials, what) != NULL || may_ask(credentials, what);
}

int p3_credentials_is_given(const p3_credentials *credentials, pop3_credential what) {
  return !is_settled(credentials, what) && given(credentials, what) != NULL;
}

pop3_status p3_credentials_settle(p3_credentials *credentials, pop3_error *err) {
  const char *user = given(credentials, POP3_CREDENTIAL_USER);
  const uint8_t *data;
  size_t len;
  pop3_error error = POP3_ERROR_INIT;
  const pop3_status status =
      p3_credentials_fetch(credentials, POP3_CREDENTIAL_AUTHZID, &data, &len, &error);
  if (status == POP3_OK) {
    credentials->is_oneself =
        len == 0 || (user != NULL && strlen(user) == len && memcmp(user, data, len) == 0);
    return POP3_OK;
  }
  credentials->is_oneself = 1;
  if (status == POP3_ERR_NO_CREDENTIALS) return POP3_OK;
  if (err != NULL) *err = error;
  return status;
}
