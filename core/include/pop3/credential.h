// What a login may need of the caller.
#ifndef POP3_CREDENTIAL_H_
#define POP3_CREDENTIAL_H_

#include <pop3/allocator.h>
#include <pop3/size.h>
#include <pop3/status.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_credential says what is asked of the caller.
typedef enum pop3_credential {
  POP3_CREDENTIAL_USER = 1,  // the user name (authentication identity)
  POP3_CREDENTIAL_PASSWORD,
  POP3_CREDENTIAL_AUTHZID,  // whom to act as, if not oneself
  POP3_CREDENTIAL_TOKEN,    // an OAuth 2 access token
  POP3_CREDENTIAL_REALM
} pop3_credential;

// pop3_credential_fn fetches a credential into |out| with pop3_secret_set. |attempt| is how many
// logins the server has refused in this session. It may block (ask a person, run a command).
// Returns POP3_OK, or POP3_ERR_NO_CREDENTIALS or another failure with |err| filled.
typedef pop3_status (*pop3_credential_fn)(void *arg, pop3_credential what, uint32_t attempt,
                                          pop3_secret *out, pop3_error *err);

// POP3_CREDENTIAL_BIT is the bit for |what| in pop3_session_options.credential_kinds.
#define POP3_CREDENTIAL_BIT(what) (UINT32_C(1) << POP3_CAST(unsigned, what))

#ifdef __cplusplus
}
#endif

#endif  // POP3_CREDENTIAL_H_
