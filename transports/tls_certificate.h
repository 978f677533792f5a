// Certificates in words.
#ifndef POP3_TRANSPORTS_TLS_CERTIFICATE_H_
#define POP3_TRANSPORTS_TLS_CERTIFICATE_H_

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "transports/tls_text.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// Where memory runs out, BoringSSL's included, the text has |failed|.

// pop3_tls_add_x509_name appends a subject or issuer as RFC 2253 writes it, in printable ASCII; "?"
// if it cannot be written so.
void pop3_tls_add_x509_name(pop3_tls_text *text, const X509_NAME *name);

// pop3_tls_add_names appends the DNS names and IP addresses that |certificate| is for, with ", "
// between them, in printable ASCII; "?" if there are several lists of them.
void pop3_tls_add_names(pop3_tls_text *text, const X509 *certificate);

// pop3_tls_seconds writes |time| to |*out|, in seconds since 1970. Returns 1, or 0 if it cannot be
// read, or memory ran out.
int pop3_tls_seconds(const ASN1_TIME *time, int64_t *out);

// pop3_tls_add_date appends |time| as "2031-12-24 18:00:00 UTC"; "?" if it cannot be read.
void pop3_tls_add_date(pop3_tls_text *text, const ASN1_TIME *time);

// pop3_tls_key_digest writes the SHA-256 of the public key info, 32 octets. Returns 1, or 0 if
// memory ran out.
int pop3_tls_key_digest(X509 *certificate, uint8_t *out);

// pop3_tls_add_base64 appends octets in base64.
void pop3_tls_add_base64(pop3_tls_text *text, const uint8_t *data, size_t len);

// pop3_tls_add_chain appends the certificates that the server sent, as PEM.
void pop3_tls_add_chain(pop3_tls_text *text, const SSL *ssl);

// pop3_tls_leaf returns the server's certificate, to be freed; NULL if there is none, or memory ran
// out.
X509 *pop3_tls_leaf(const SSL *ssl);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_TLS_CERTIFICATE_H_
