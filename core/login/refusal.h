// What follows when the server refuses a mechanism: who is next, and what the caller is told.
#ifndef POP3_CORE_LOGIN_REFUSAL_H_
#define POP3_CORE_LOGIN_REFUSAL_H_

#include <pop3/status.h>

#include "core/login/candidates.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_refusal is what there is to know: the server has said no to one of |candidates|.
typedef struct p3_refusal {
  const p3_candidates *candidates;
  size_t refused;           // the index of the mechanism
  const char *asked;        // the names that the caller gave, or NULL
  const pop3_error *error;  // the server's words, or what the plugin made of them
  pop3_channel_binding channel_binding;
  int is_verified;  // TLS has proved who the server is
} p3_refusal;

// p3_refusal_next_unbound returns the index of the same mechanism without channel binding, if it
// may be tried; else SIZE_MAX.
size_t p3_refusal_next_unbound(const p3_refusal *refusal);

// p3_refusal_explain writes the error for the caller: the server's words, the mechanism that they
// are about, and what may help.
void p3_refusal_explain(const p3_refusal *refusal, pop3_error *out);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_LOGIN_REFUSAL_H_
