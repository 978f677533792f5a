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
  const p3_credential_source *source;  // must outlive it
  // Those of one call, or NULL. If they have a user name, nothing of |source->given| is used.
  const char *const *once;
  uint32_t num_refused;  // logins that the server refused
  pop3_secret kept[P3_NUM_CREDENTIALS];
} p3_credentials;

// p3_credentials_init makes it empty.
void p3_credentials_init(p3_credentials *credentials, const p3_credential_source *source,
                         const pop3_allocator *allocator);

// p3_credentials_wipe forgets what was fetched.
void p3_credentials_wipe(p3_credentials *credentials);

// p3_credentials_fetch, _renew and _has serve pop3_auth_context: see there.
pop3_status p3_credentials_fetch(p3_credentials *credentials, pop3_credential what,
                                 const uint8_t **out_data, size_t *out_len, pop3_error *err);
// p3_credentials_renew: see p3_credentials_fetch.
pop3_status p3_credentials_renew(p3_credentials *credentials, pop3_credential what,
                                 const uint8_t **out_data, size_t *out_len, pop3_error *err);
// p3_credentials_has: see p3_credentials_fetch.
int p3_credentials_has(const p3_credentials *credentials, pop3_credential what);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_LOGIN_CREDENTIALS_H_
