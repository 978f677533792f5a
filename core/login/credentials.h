// Where credentials come from: the options, the call, or the caller's callback.
#ifndef POP3_CORE_LOGIN_CREDENTIALS_H_
#define POP3_CORE_LOGIN_CREDENTIALS_H_

#include <pop3/credential.h>

#ifdef __cplusplus
extern "C" {
#endif

#define POP3_NUM_CREDENTIALS (POP3_CREDENTIAL_REALM + 1)

// pop3_credential_source is what the caller gave in advance, and whom to ask for the rest.
typedef struct pop3_credential_source {
  const char *given[POP3_NUM_CREDENTIALS];  // NUL-terminated, or NULL
  pop3_credential_fn ask;                   // or NULL
  void *ask_arg;
  uint32_t kinds;  // POP3_CREDENTIAL_BIT()s that |ask| is for; 0: user name and password
} pop3_credential_source;

// pop3_credentials fetches credentials for one login after the other.
typedef struct pop3_credentials {
  const pop3_credential_source *source;  // must outlive it
  // Those of one call, or NULL. If they have a user name, nothing of |source->given| is used.
  const char *const *once;
  uint32_t num_refused;  // logins that the server refused
  pop3_secret kept[POP3_NUM_CREDENTIALS];
} pop3_credentials;

// pop3_credentials_init makes it empty.
void pop3_credentials_init(pop3_credentials *credentials, const pop3_credential_source *source,
                           const pop3_allocator *allocator);

// pop3_credentials_wipe forgets what was fetched.
void pop3_credentials_wipe(pop3_credentials *credentials);

// pop3_credentials_fetch, _renew and _has serve pop3_auth_context: see there.
pop3_status pop3_credentials_fetch(pop3_credentials *credentials, pop3_credential what,
                                   const uint8_t **out_data, size_t *out_len, pop3_error *err);
// pop3_credentials_renew: see pop3_credentials_fetch.
pop3_status pop3_credentials_renew(pop3_credentials *credentials, pop3_credential what,
                                   const uint8_t **out_data, size_t *out_len, pop3_error *err);
// pop3_credentials_has: see pop3_credentials_fetch.
int pop3_credentials_has(const pop3_credentials *credentials, pop3_credential what);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_LOGIN_CREDENTIALS_H_
