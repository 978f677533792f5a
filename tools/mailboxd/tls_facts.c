#include "tools/mailboxd/tls_facts.h"

#include <openssl/digest.h>
#include <openssl/nid.h>
#include <openssl/obj.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>

#include "tools/mailboxd/tls_state.h"

#define EXPORTER_LABEL "EXPORTER-Channel-Binding"
#define EXPORTER_LEN 32u

const char *tls_version(const struct tls *tls) { return SSL_get_version(tls->ssl); }

int tls_peer_name(const struct tls *tls, char out[TLS_NAME_MAX]) {
  X509 *cert = SSL_get_peer_certificate(tls->ssl);
  if (cert == NULL) {
    return 0;
  }
  int len = -1;
  if (SSL_get_verify_result(tls->ssl) == X509_V_OK) {
    len = X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, out,
                                    (int)TLS_NAME_MAX);
  }
  X509_free(cert);
  // A NUL within a name would make two people of one.
  return len > 0 && strlen(out) == (size_t)len && (size_t)len + 1 < TLS_NAME_MAX;
}

const char *tls_default_binding(const struct tls *tls) {
  return SSL_version(tls->ssl) >= TLS1_3_VERSION ? "tls-exporter" : "tls-unique";
}

// RFC 5929, section 4.1: the hash of the certificate's signature, or SHA-256 where that is MD5 or
// SHA-1 or there is none.
static size_t end_point(const struct tls *tls, uint8_t out[TLS_BINDING_MAX]) {
  const X509 *cert = SSL_CTX_get0_certificate(tls->server->ctx);
  int digest_nid = NID_undef;
  if (cert == NULL || !OBJ_find_sigid_algs(X509_get_signature_nid(cert), &digest_nid, NULL)) {
    digest_nid = NID_undef;
  }
  const EVP_MD *digest = digest_nid == NID_sha384   ? EVP_sha384()
                         : digest_nid == NID_sha512 ? EVP_sha512()
                                                    : EVP_sha256();
  unsigned len = 0;
  return cert != NULL && X509_digest(cert, digest, out, &len) ? len : 0;
}

size_t tls_binding(const struct tls *tls, const char *type, size_t type_len,
                   uint8_t out[TLS_BINDING_MAX]) {
  static const char kEndPoint[] = "tls-server-end-point";
  if (type_len == strlen(kEndPoint) && memcmp(type, kEndPoint, type_len) == 0) {
    return end_point(tls, out);
  }
  const char *usual = tls_default_binding(tls);
  if (type_len != strlen(usual) || memcmp(type, usual, type_len) != 0) {
    return 0;
  }
  if (SSL_version(tls->ssl) >= TLS1_3_VERSION) {
    return SSL_export_keying_material(tls->ssl, out, EXPORTER_LEN, EXPORTER_LABEL,
                                      strlen(EXPORTER_LABEL), NULL, 0, 1)
               ? EXPORTER_LEN
               : 0;
  }
  size_t len = 0;
  return SSL_get_tls_unique(tls->ssl, out, &len, TLS_BINDING_MAX) ? len : 0;
}
