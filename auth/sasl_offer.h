// Which mechanisms can be played here, and how good each one is.
#ifndef POP3_AUTH_SASL_OFFER_H_
#define POP3_AUTH_SASL_OFFER_H_

#include <pop3/spi/auth.h>

#include "auth/sasl_mechanism.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// p3_sasl_score is the family's score: of the mechanism asked for by name, or of the best of the
// server's list, of which each one is offered.
int p3_sasl_score(const pop3_host *host, const pop3_auth_context *context, char *why,
                  size_t why_cap);

// p3_sasl_pick writes the name of the mechanism to play: that asked for or, for a host that knows
// no offer, the best one. Fails with POP3_ERR_NO_MECHANISM.
pop3_status p3_sasl_pick(const pop3_host *host, const pop3_auth_context *context,
                         char out[P3_SASL_NAME_MAX + 1], pop3_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_AUTH_SASL_OFFER_H_
