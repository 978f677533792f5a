// Answers to queries about a TLS connection.
#ifndef POP3_TRANSPORTS_TLS_FACTS_H_
#define POP3_TRANSPORTS_TLS_FACTS_H_

#include <openssl/ssl.h>

#include "transports/tls_text.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// p3_tls_answer answers what |ssl|, whose handshake is done, knows by itself;
// POP3_ERR_UNSUPPORTED for all else. The data is in |scratch| or the SSL's.
pop3_status p3_tls_answer(const SSL *ssl, p3_tls_text *scratch, uint32_t what, pop3_answer *out);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_TLS_FACTS_H_
