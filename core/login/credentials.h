// Where credentials come from: the options, the call, or the caller's callback.
#ifndef POP3_CORE_LOGIN_CREDENTIALS_H_
#define POP3_CORE_LOGIN_CREDENTIALS_H_

#include <pop3/credential.h>

#ifdef __cplusplus
extern "C" {
#endif

#define P3_NUM_CREDENTIALS (POP3_CREDENTIAL_REALM + 1)

// p3_credential_source is what the caller gave in advance, and whom to ask for the rest.
typedef struct p3_credential_source {
  const char *given[P3_NUM_CREDENTIALS];  // NUL-terminated, or NULL
  pop3_credential_fn ask;                 // or NULL
  void *ask_arg;
  uint32_t kinds;  // POP3_CREDENTIAL_BIT()s that |ask| is for; 0: user name and password
} p3_credential_source;

// p3_credentials fetches credentials for one login after the other.
typedef struct p3_credentials {
  const p3_credential_source *source;    // must outlive it
  pop3_secret once[P3_NUM_CREDENTIALS];  // those of one login: see pop3_identity
  uint32_t num_refused;                  // logins that the server refused
  int is_oneself;                        // it is settled that there is nobody else to act as
  pop3_secret kept[P3_NUM_CREDENTIALS];
} p3_credentials;

// p3_credentials_init makes it empty.
void p3_credentials_init(p3_credentials *credentials, const p3_credential_source *source,
                         const pop3_allocator *allocator);

// p3_credentials_take copies |who|, which may be NULL, for one login. POP3_ERR_ARGUMENT,
// POP3_ERR_MEMORY: then nothing was taken.
pop3_status p3_credentials_take(p3_credentials *credentials, const pop3_identity *who,
                                pop3_error *err);

// p3_credentials_settle finds out whom to act as, before mechanisms are compared: asks the callback
// if it is for that. Afterwards POP3_CREDENTIAL_AUTHZID is there only if it is somebody else than
// the user that was given. Fails as the callback does, but for POP3_ERR_NO_CREDENTIALS.
pop3_status p3_credentials_settle(p3_credentials *credentials, pop3_error *err);

// p3_credentials_wipe forgets what was fetched, taken and settled.
void p3_credentials_wipe(p3_credentials *credentials);

// p3_credentials_fetch, _renew, _has and _is_given serve pop3_auth_context: see there.
pop3_status p3_credentials_fetch(p3_credentials *credentials, pop3_credential what,
                                 const uint8_t **out_data, size_t *out_len, pop3_error *err);
// p3_credentials_renew: see p3_credentials_fetch.
pop3_status p3_credentials_renew(p3_credentials *credentials, pop3_credential what,
                                 const uint8_t **out_data, size_t *out_len, pop3_error *err);
// p3_credentials_has: see p3_credentials_fetch.
int p3_credentials_has(const p3_credentials *credentials, pop3_credential what);
// p3_credentials_is_given: see p3_credentials_fetch.
int p3_credentials_is_given(const p3_credentials *credentials, pop3_credential what);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_LOGIN_CREDENTIALS_H_
