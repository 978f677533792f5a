#include "transports/tls_weak.h"

#include <openssl/asn1.h>
#include <openssl/bytestring.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj.h>
#include <stdio.h>

#include "transports/tls_certificate.h"
#include "transports/tls_words.h"

// The hash of an RSA-PSS signature stands in its parameters (RFC 4055 section 3.1); where none does
// it is SHA-1.
static int pss_digest(const X509_ALGOR *algorithm) {
  const unsigned hash_tag = CBS_ASN1_CONTEXT_SPECIFIC | CBS_ASN1_CONSTRUCTED | 0;
  int type = V_ASN1_UNDEF;
  const void *value = NULL;
  X509_ALGOR_get0(NULL, &type, &value, algorithm);
  if (type != V_ASN1_SEQUENCE || value == NULL) return NID_undef;
  CBS der, parameters, tagged, hash, oid;
  CBS_init(&der, ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
  if (!CBS_get_asn1(&der, &parameters, CBS_ASN1_SEQUENCE)) return NID_undef;
  if (!CBS_peek_asn1_tag(&parameters, hash_tag)) return NID_sha1;
  if (!CBS_get_asn1(&parameters, &tagged, hash_tag) ||
      !CBS_get_asn1(&tagged, &hash, CBS_ASN1_SEQUENCE) ||
      !CBS_get_asn1(&hash, &oid, CBS_ASN1_OBJECT)) {
    return NID_undef;
  }
  return OBJ_cbs2nid(&oid);
}

// What is known to be strong is; all else is not.
static int add_weak_signature(p3_tls_text *words, const X509 *certificate) {
  const X509_ALGOR *algorithm = NULL;
  const int nid = X509_get_signature_nid(certificate);
  int digest = NID_undef;
  if (nid == NID_ED25519) return 0;  // has a hash of its own
  X509_get0_signature(NULL, &algorithm, certificate);
  if (nid == NID_rsassaPss) {
    digest = pss_digest(algorithm);
  } else if (!OBJ_find_sigid_algs(nid, &digest, NULL)) {
    digest = NID_undef;
  }
  switch (digest) {
    case NID_sha224:
    case NID_sha256:
    case NID_sha384:
    case NID_sha512:
    case NID_sha512_256:
      return 0;
    case NID_sha1:
      p3_tls_text_say(words, " is signed with SHA-1");
      return 1;
    case NID_md5:
      p3_tls_text_say(words, " is signed with MD5");
      return 1;
    default:
      p3_tls_text_say(words, " is signed with ");
      p3_tls_text_say(words, digest != NID_undef ? OBJ_nid2sn(digest) : "an unknown hash");
      return 1;
  }
}

int p3_tls_add_weak_key(p3_tls_text *words, X509 *certificate) {
  EVP_PKEY *key = X509_get_pubkey(certificate);
  const int type = key != NULL ? EVP_PKEY_id(key) : EVP_PKEY_NONE;
  const int bits = key != NULL ? EVP_PKEY_bits(key) : 0;
  EVP_PKEY_free(key);
  if (p3_tls_lacked_memory(p3_tls_take_error())) words->failed = 1;
  char buf[64];
  if (type == EVP_PKEY_ED25519) return 0;
  if (type == EVP_PKEY_RSA || type == EVP_PKEY_EC) {
    if (bits >= (type == EVP_PKEY_RSA ? P3_TLS_RSA_MIN : P3_TLS_EC_MIN)) return 0;
    (void)snprintf(buf, sizeof(buf), " has an %s key of %d bits",
                   type == EVP_PKEY_RSA ? "RSA" : "EC", bits);
    p3_tls_text_say(words, buf);
  } else {
    p3_tls_text_say(
        words, type == EVP_PKEY_DSA ? " has a DSA key" : " has a key of a kind that is not known");
  }
  return 1;
}

int p3_tls_add_weakness(p3_tls_text *words, X509 *certificate) {
  p3_tls_text why;
  p3_tls_text_init(&why, words->host);
  const int is_signature_weak = add_weak_signature(&why, certificate);
  const size_t len = why.len;
  if (is_signature_weak) p3_tls_text_say(&why, " and");
  const int is_key_weak = p3_tls_add_weak_key(&why, certificate);
  if (is_signature_weak || is_key_weak) {
    const size_t before = words->len;
    p3_tls_add_x509_name(words, X509_get_subject_name(certificate));
    if (words->len == before) p3_tls_text_say(words, "a certificate without a subject");
    if (why.len > 0) p3_tls_text_add(words, why.data, is_key_weak ? why.len : len);
  }
  if (why.failed) words->failed = 1;
  p3_tls_text_free(&why);
  return is_signature_weak || is_key_weak;
}
