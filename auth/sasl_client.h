// What libsasl2 has once for the whole process.
#ifndef POP3_AUTH_SASL_CLIENT_H_
#define POP3_AUTH_SASL_CLIENT_H_

#include <pop3/spi/plugin.h>
#include <sasl/sasl.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// p3_sasl_set_up sees to it that libsasl2 is ready, from any thread. Returns a code of libsasl2.
int p3_sasl_set_up(void);

// p3_sasl_quiet is a SASL_CB_LOG that keeps silent: what mechanisms log may hold secrets.
int p3_sasl_quiet(void *context, int level, const char *message);

// p3_sasl_callback_fn is any function as it stands in a sasl_callback_t.
typedef int (*p3_sasl_callback_fn)(void);

// P3_SASL_CALLBACK is |function| as a p3_sasl_callback_fn.
#define P3_SASL_CALLBACK(function) ((p3_sasl_callback_fn)(void (*)(void))(function))

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_AUTH_SASL_CLIENT_H_
