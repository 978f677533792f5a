// What protects a session: the report of what came of the TLS policy and of the login.
#ifndef POP3_SECURITY_H_
#define POP3_SECURITY_H_

#include <pop3/candidate.h>
#include <pop3/policy.h>
#include <pop3/session.h>
#include <pop3/size.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_stls_state is what is known of STLS on a connection that began unencrypted.
typedef enum pop3_stls_state {
  POP3_STLS_UNKNOWN = 0,  // CAPA was not answered yet, or encrypted from the start
  POP3_STLS_NOT_OFFERED,  // CAPA does not have it: the server does not support it, an attacker
                          // removed it, or it is in a damaged line (pop3_capabilities.damage)
  POP3_STLS_OFFERED,      // CAPA has it, but it was not used
  POP3_STLS_DONE          // the connection was encrypted by it
} pop3_stls_state;

// pop3_security is the report. Start from POP3_SECURITY_INIT. Pointers are valid until the next
// call that steps the session.
typedef struct pop3_security {
  uint32_t size;           // sizeof(pop3_security)
  pop3_tls_policy policy;  // the one that applies: POP3_TLS_DEFAULT only before connecting
  uint32_t is_local;       // 1: the octets do not leave this machine
  uint32_t is_encrypted;   // 1: encrypted, the peer verified as the caller demanded
  pop3_stls_state stls;
  uint32_t capabilities_changed;  // 1: CAPA before and after STLS differ in more than STLS
  const char *mechanism;  // that logged in, or that a survey would choose; NULL if there is none
  uint32_t strength;      // its strength (see pop3_auth_ops.score), 0 if there is none
  uint32_t is_verified;   // 1: TLS proves who the server is (POP3_QUERY_TLS_VERIFIED)
  size_t num_candidates;  // see pop3_session_candidate
  const char *detail;     // what the server said of the last login attempt beyond its reply (the
  size_t detail_len;      // error JSON of OAUTHBEARER, say), unchecked; NULL if nothing
  uint32_t is_bound;      // 1: |mechanism| binds the login to the TLS channel
  uint32_t is_name_verified;  // 1: the certificate is for the server's name
                              // (POP3_QUERY_TLS_NAME_VERIFIED)
  const char *not_bound_why;  // why not, in words; NULL if it is bound, or |mechanism| is NULL
} pop3_security;

// POP3_SECURITY_INIT is an empty pop3_security.
#define POP3_SECURITY_INIT                                                                         \
  {                                                                                                \
    POP3_SIZEOF(pop3_security), POP3_TLS_DEFAULT, 0, 0, POP3_STLS_UNKNOWN, 0, NULL, 0, 0, 0, NULL, \
        0, 0, 0, NULL                                                                              \
  }

// pop3_security_init is POP3_SECURITY_INIT for languages without macros. |size| is how large the
// caller's struct is: nothing is written behind it.
void pop3_security_init(pop3_security *security, size_t size);

// pop3_session_security fills |out| as far as out->size says. For TLS version, certificate and so
// on see pop3_session_query.
void pop3_session_security(const pop3_session *session, pop3_security *out);

// pop3_session_candidate tells of the |index|-th mechanism that the last login or survey considered
// and returns 1; or 0, and |out| is empty, if there are fewer. It is filled as far as out->size
// says. The strings are valid until the next login or survey.
int pop3_session_candidate(const pop3_session *session, size_t index, pop3_candidate *out);

#ifdef __cplusplus
}
#endif

#endif  // POP3_SECURITY_H_
