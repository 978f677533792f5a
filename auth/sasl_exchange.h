// One exchange (RFC 5034): what libsasl2 says, as lines.
#ifndef POP3_AUTH_SASL_EXCHANGE_H_
#define POP3_AUTH_SASL_EXCHANGE_H_

#include <pop3/spi/auth.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// p3_sasl_begin, p3_sasl_step and p3_sasl_end are those of pop3_auth_ops.
pop3_status p3_sasl_begin(const pop3_host *host, const pop3_auth_context *context, void **out_self,
                          pop3_error *err);
// p3_sasl_step: see p3_sasl_begin.
pop3_auth_verdict p3_sasl_step(void *ptr, const pop3_auth_input *in, pop3_auth_output *out,
                               pop3_error *err);
// p3_sasl_end: see p3_sasl_begin.
void p3_sasl_end(void *ptr);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_AUTH_SASL_EXCHANGE_H_
