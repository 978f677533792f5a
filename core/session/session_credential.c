// Where credentials come from: the options, the call, or the caller's callback.
#include <string.h>

#include "core/session/session_private.h"

#define LAYER "session"

static pop3_status none(pop3_error *err, pop3_credential what) {
  static const char *const kNames[] = {"?",     "user name", "password", "authorization identity",
                                       "token", "realm"};
  const size_t index = (size_t)what < sizeof(kNames) / sizeof(kNames[0]) ? (size_t)what : 0;
  return pop3_error_set(err, POP3_ERR_NO_CREDENTIALS, LAYER, 0, "no %s was given", kNames[index]);
}

// What was given in advance, or NULL.
static const void *given(const pop3_session *session, pop3_credential what, size_t *out_len) {
  const char *text = NULL;
  if (what == POP3_CREDENTIAL_USER) {
    text = session->once_user != NULL ? session->once_user : session->user;
  } else if (what == POP3_CREDENTIAL_PASSWORD) {
    if (session->once_password == NULL && session->once_user == NULL) {
      *out_len = session->password.len;
      return session->password.data;
    }
    text = session->once_password;
  } else if (what == POP3_CREDENTIAL_TOKEN) {
    *out_len = session->token.len;
    return session->token.data;
  }
  *out_len = text != NULL ? strlen(text) : 0;
  return text;
}

// Whether the caller's callback is there for |what|.
static int may_ask(const pop3_session *session, pop3_credential what) {
  const uint32_t kinds = session->credential_kinds != 0
                             ? session->credential_kinds
                             : POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_USER) |
                                   POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_PASSWORD);
  return session->credential != NULL && (kinds & POP3_CREDENTIAL_BIT(what)) != 0;
}

static pop3_status ask(pop3_session *session, pop3_credential what, uint32_t attempt,
                       pop3_secret *kept, pop3_error *err) {
  pop3_error error = POP3_ERROR_INIT;
  const pop3_status status =
      session->credential(session->credential_arg, what, attempt, kept, &error);
  if (status == POP3_OK) return POP3_OK;
  pop3_secret_cleanup(kept);
  if (error.status == POP3_OK) (void)none(&error, what);
  if (err != NULL) *err = error;
  return status;
}

pop3_status pop3_credentials_fetch(void *arg, pop3_credential what, const uint8_t **out_data,
                                   size_t *out_len, pop3_error *err) {
  pop3_session *session = arg;
  *out_data = NULL;
  *out_len = 0;
  if (what < POP3_CREDENTIAL_USER || what > POP3_CREDENTIAL_REALM) return none(err, what);
  pop3_secret *kept = &session->login.credentials[what];
  if (kept->data == NULL) {
    size_t len = 0;
    const void *data = given(session, what, &len);
    if (data != NULL) {
      if (!pop3_secret_set(kept, data, len)) {
        return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for a credential");
      }
    } else if (may_ask(session, what)) {
      const pop3_status status = ask(session, what, session->num_refused, kept, err);
      if (status != POP3_OK) return status;
    }
    if (kept->data == NULL) return none(err, what);
  }
  *out_data = kept->data;
  *out_len = kept->len;
  return POP3_OK;
}

pop3_status pop3_credentials_renew(void *arg, pop3_credential what, const uint8_t **out_data,
                                   size_t *out_len, pop3_error *err) {
  pop3_session *session = arg;
  *out_data = NULL;
  *out_len = 0;
  if (what < POP3_CREDENTIAL_USER || what > POP3_CREDENTIAL_REALM || !may_ask(session, what)) {
    return none(err, what);
  }
  pop3_secret *kept = &session->login.credentials[what];
  pop3_secret_cleanup(kept);
  const pop3_status status = ask(session, what, session->num_refused + 1, kept, err);
  if (status != POP3_OK) return status;
  if (kept->data == NULL) return none(err, what);
  *out_data = kept->data;
  *out_len = kept->len;
  return POP3_OK;
}

int pop3_credentials_has(void *arg, pop3_credential what) {
  const pop3_session *session = arg;
  size_t len;
  return given(session, what, &len) != NULL || may_ask(session, what);
}
