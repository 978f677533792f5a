#include "transports/tls_facts.h"

#include <openssl/digest.h>
#include <openssl/err.h>
#include <openssl/obj.h>
#include <openssl/x509.h>
#include <string.h>

#include "transports/tls_certificate.h"

enum { EXPORTER_LEN = 32, UNIQUE_MAX = 64, KEY_DIGEST_LEN = 32 };

static pop3_status give(pop3_answer *out, const void *data, size_t len) {
  out->data = data;
  out->data_len = len;
  return POP3_OK;
}

// What was written to |text|: nothing at all is no answer.
static pop3_status give_text(pop3_answer *out, const p3_tls_text *text) {
  if (text->failed) return POP3_ERR_MEMORY;
  if (text->len == 0) return POP3_ERR_UNSUPPORTED;
  return give(out, text->data, text->len);
}

// RFC 9266. With TLS 1.2 only if the master secret is bound to the whole handshake.
static pop3_status exporter(const SSL *ssl, p3_tls_text *scratch, pop3_answer *out) {
  static const char kLabel[] = "EXPORTER-Channel-Binding";
  if (SSL_version(ssl) < TLS1_3_VERSION && !SSL_get_extms_support(ssl)) return POP3_ERR_UNSUPPORTED;
  char *room = p3_tls_text_room(scratch, EXPORTER_LEN);
  // BoringSSL changes nothing of the SSL here, but its parameter is not const.
  if (room == NULL || !SSL_export_keying_material((SSL *)ssl, (uint8_t *)room, EXPORTER_LEN, kLabel,
                                                  sizeof(kLabel) - 1, NULL, 0, 1)) {
    return POP3_ERR_MEMORY;
  }
  scratch->len += EXPORTER_LEN;
  return give_text(out, scratch);
}

// RFC 5929 section 3. BoringSSL has none for TLS 1.3, nor for sessions resumed without the extended
// master secret.
static pop3_status unique(const SSL *ssl, p3_tls_text *scratch, pop3_answer *out) {
  char *room = p3_tls_text_room(scratch, UNIQUE_MAX);
  size_t len = 0;
  if (room != NULL && SSL_get_tls_unique(ssl, (uint8_t *)room, &len, UNIQUE_MAX)) {
    scratch->len += len;
  }
  return give_text(out, scratch);
}

// RFC 5929 section 4: the certificate's digest by the hash of its signature. Not defined for
// signatures without a hash of their own (Ed25519) or with one in their parameters (PSS).
static pop3_status end_point(X509 *leaf, p3_tls_text *scratch, pop3_answer *out) {
  int digest_nid = NID_undef;
  if (!OBJ_find_sigid_algs(X509_get_signature_nid(leaf), &digest_nid, NULL)) {
    return POP3_ERR_UNSUPPORTED;
  }
  if (digest_nid == NID_md5 || digest_nid == NID_sha1) digest_nid = NID_sha256;
  const EVP_MD *digest = EVP_get_digestbynid(digest_nid);
  if (digest == NULL) return POP3_ERR_UNSUPPORTED;
  char *room = p3_tls_text_room(scratch, EVP_MAX_MD_SIZE);
  unsigned len = 0;
  if (room == NULL || !X509_digest(leaf, digest, (uint8_t *)room, &len)) return POP3_ERR_MEMORY;
  scratch->len += len;
  return give_text(out, scratch);
}

static pop3_status key_digest(X509 *leaf, p3_tls_text *scratch, pop3_answer *out) {
  uint8_t digest[KEY_DIGEST_LEN];
  if (!p3_tls_key_digest(leaf, digest)) return POP3_ERR_MEMORY;
  p3_tls_add_base64(scratch, digest, sizeof(digest));
  return give_text(out, scratch);
}

static pop3_status about_leaf(X509 *leaf, p3_tls_text *scratch, uint32_t what, pop3_answer *out) {
  switch (what) {
    case POP3_QUERY_CB_TLS_SERVER_END_POINT:
      return end_point(leaf, scratch, out);
    case POP3_QUERY_TLS_SPKI_SHA256:
      return key_digest(leaf, scratch, out);
    case POP3_QUERY_TLS_SUBJECT:
      p3_tls_add_x509_name(scratch, X509_get_subject_name(leaf));
      return give_text(out, scratch);
    case POP3_QUERY_TLS_ISSUER:
      p3_tls_add_x509_name(scratch, X509_get_issuer_name(leaf));
      return give_text(out, scratch);
    case POP3_QUERY_TLS_NAMES:
      p3_tls_add_names(scratch, leaf);
      return give_text(out, scratch);
    case POP3_QUERY_TLS_EXPIRES:
      return p3_tls_seconds(X509_get0_notAfter(leaf), &out->number) ? POP3_OK
                                                                    : POP3_ERR_UNSUPPORTED;
    default:
      return POP3_ERR_UNSUPPORTED;
  }
}

pop3_status p3_tls_answer(const SSL *ssl, p3_tls_text *scratch, uint32_t what, pop3_answer *out) {
  const char *text;
  const uint8_t *alpn = NULL;
  unsigned alpn_len = 0;
  p3_tls_text_reset(scratch);
  switch (what) {
    case POP3_QUERY_TLS_VERSION:
      text = SSL_get_version(ssl);
      return give(out, text, strlen(text));
    case POP3_QUERY_TLS_CIPHER:
      text = SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl));
      return give(out, text, strlen(text));
    case POP3_QUERY_TLS_ALPN:
      SSL_get0_alpn_selected(ssl, &alpn, &alpn_len);
      if (alpn_len == 0) return POP3_ERR_UNSUPPORTED;
      return give(out, alpn, alpn_len);
    case POP3_QUERY_TLS_RESUMED:
      out->number = SSL_session_reused(ssl);
      return POP3_OK;
    case POP3_QUERY_TLS_PEER_CHAIN:
      p3_tls_add_chain(scratch, ssl);
      return give_text(out, scratch);
    case POP3_QUERY_CB_TLS_EXPORTER:
      return exporter(ssl, scratch, out);
    case POP3_QUERY_CB_TLS_UNIQUE:
      return unique(ssl, scratch, out);
    case POP3_QUERY_CB_TLS_SERVER_END_POINT:
    case POP3_QUERY_TLS_SPKI_SHA256:
    case POP3_QUERY_TLS_SUBJECT:
    case POP3_QUERY_TLS_ISSUER:
    case POP3_QUERY_TLS_NAMES:
    case POP3_QUERY_TLS_EXPIRES: {
      X509 *leaf = p3_tls_leaf(ssl);
      if (leaf == NULL) {
        return SSL_get0_peer_certificates(ssl) != NULL ? POP3_ERR_MEMORY : POP3_ERR_UNSUPPORTED;
      }
      const pop3_status status = about_leaf(leaf, scratch, what, out);
      X509_free(leaf);
      return status;
    }
    default:
      return POP3_ERR_UNSUPPORTED;
  }
}
