// What a login may need of the caller, and who it is that logs in.
#ifndef POP3_CREDENTIAL_H_
#define POP3_CREDENTIAL_H_

#include <pop3/allocator.h>
#include <pop3/size.h>
#include <pop3/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_credential says what is asked of the caller.
typedef enum pop3_credential {
  POP3_CREDENTIAL_USER = 1,  // the user name (authentication identity)
  POP3_CREDENTIAL_PASSWORD,
  POP3_CREDENTIAL_AUTHZID,  // whom to act as, if not oneself (authorization identity, RFC 4422)
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

// pop3_identity is who logs in, for one login: see pop3_auth_as. Start from POP3_IDENTITY_INIT.
// Strings are NUL-terminated; NULL stands for what is not given.
//
// With |user| it is a whole identity, which is never mixed with that of the session: nothing of
// user, password, authzid, token and realm in pop3_session_options is used, and the session's
// callback is asked for the password and the token only, where they are NULL here (and for a token
// in place of one that the server refused). Without |user| it is the session's own user: what is
// given here stands in place of what the options have, and for the rest options and callback are
// asked as in any other login.
//
// An |authzid| that is empty, or is the user name that was given, stands for none. Any other one
// leaves out the mechanisms that cannot carry it to the server: USER and PASS, APOP, CRAM-MD5,
// LOGIN, XOAUTH2.
typedef struct pop3_identity {
  uint32_t size;  // sizeof(pop3_identity)
  uint32_t reserved;
  const char *user;      // who proves to be himself (authentication identity)
  const char *password;  // his
  const char *authzid;   // whom to act as: whose maildrop it is
  const char *token;     // an OAuth 2 access token
  const char *realm;     // DIGEST-MD5
} pop3_identity;

// POP3_IDENTITY_INIT is an identity of which nothing is given.
#define POP3_IDENTITY_INIT \
  { POP3_SIZEOF(pop3_identity), 0, NULL, NULL, NULL, NULL, NULL }

// pop3_identity_init is POP3_IDENTITY_INIT for languages without macros. |size| is how large the
// caller's struct is: nothing is written behind it.
void pop3_identity_init(pop3_identity *identity, size_t size);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CREDENTIAL_H_
