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

// p3_tls_add_x509_name appends a subject or issuer as RFC 2253 writes it, in printable ASCII; "?"
// if it cannot be written so.
void p3_tls_add_x509_name(p3_tls_text *text, const X509_NAME *name);

// p3_tls_add_names appends the DNS names and IP addresses that |certificate| is for, with ", "
// between them, in printable ASCII; "?" if there are several lists of them.
void p3_tls_add_names(p3_tls_text *text, const X509 *certificate);

// p3_tls_seconds writes |time| to |*out|, in seconds since 1970. Returns 1, or 0 if it cannot be
// read, or memory ran out.
int p3_tls_seconds(const ASN1_TIME *time, int64_t *out);

// p3_tls_add_date appends |time| as "2031-12-24 18:00:00 UTC"; "?" if it cannot be read.
void p3_tls_add_date(p3_tls_text *text, const ASN1_TIME *time);

// p3_tls_key_digest writes the SHA-256 of the public key info, 32 octets. Returns 1, or 0 if
// memory ran out.
int p3_tls_key_digest(X509 *certificate, uint8_t *out);

// p3_tls_add_base64 appends octets in base64.
void p3_tls_add_base64(p3_tls_text *text, const uint8_t *data, size_t len);

// p3_tls_add_chain appends the certificates that the server sent, as PEM.
void p3_tls_add_chain(p3_tls_text *text, const SSL *ssl);

// p3_tls_leaf returns the server's certificate, to be freed; NULL if there is none, or memory ran
// out.
X509 *p3_tls_leaf(const SSL *ssl);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_TLS_CERTIFICATE_H_
