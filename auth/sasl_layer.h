// The security layer that a mechanism may bring: frames of RFC 4422 section 3.7, as a transport.
#ifndef POP3_AUTH_SASL_LAYER_H_
#define POP3_AUTH_SASL_LAYER_H_

#include <pop3/spi/auth.h>
#include <pop3/spi/transport.h>

#include "auth/sasl_conn.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// p3_sasl_layer_offer fills |out| with a layer of strength |ssf| that plays |conn|, which it
// takes over if it returns POP3_OK.
pop3_status p3_sasl_layer_offer(p3_sasl_conn *conn, sasl_ssf_t ssf, pop3_auth_output *out,
                                pop3_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_AUTH_SASL_LAYER_H_
