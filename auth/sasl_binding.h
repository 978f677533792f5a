// Channel bindings (RFC 5056): what ties a login to the TLS connection that it runs in.
#ifndef POP3_AUTH_SASL_BINDING_H_
#define POP3_AUTH_SASL_BINDING_H_

#include <pop3/spi/auth.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// P3_SASL_BINDING_MAX is the most octets of a binding: a hash, or a Finished message.
#define P3_SASL_BINDING_MAX 256

// p3_sasl_binding is one.
typedef struct p3_sasl_binding {
  const char *name;  // "tls-exporter", ...; static
  size_t len;
  uint8_t data[P3_SASL_BINDING_MAX];
} p3_sasl_binding;

// p3_sasl_binding_get asks the transports for the binding that fits their version of TLS. Returns
// 0 if they have none.
int p3_sasl_binding_get(const pop3_auth_context *context, p3_sasl_binding *out);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_AUTH_SASL_BINDING_H_
