#include "transports/tls_setup.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "transports/tls_text.h"
#include "transports/tls_trust.h"
#include "transports/tls_words.h"

#define LAYER "tls"

pop3_status p3_tls_find_library(const pop3_host *host, pop3_error *err) {
  if (TLS_method() != NULL) return POP3_OK;
  const uint32_t code = ERR_peek_error();
  const char *why = code ? ERR_reason_error_string(code) : NULL;
  return host->fail(host->ctx, err, POP3_ERR_UNSUPPORTED, LAYER, 0, code, "there is no TLS: %s",
                    why != NULL ? why : "BoringSSL is missing");
}

// Asking for the passphrase of a key.
typedef struct asking {
  const p3_tls_options *options;
  int asked;
  int answered;
} asking;

static pop3_status bad_file(const pop3_host *host, const char *option, const char *path,
                            const char *why, pop3_error *err) {
  const uint32_t code = p3_tls_take_error();
  if (p3_tls_lacked_memory(code)) return p3_tls_no_memory(host, err);
  return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, code, "option %s: %s: %s", option,
                    path, why);
}

// The text of a file that is parsed from memory, so that its octets can be wiped.
static BIO *bio_of(const p3_tls_text *text) {
  return text->len <= INT32_MAX ? BIO_new_mem_buf(text->data, (int)text->len) : NULL;
}

static pop3_status use_chain(SSL_CTX *context, BIO *bio, const p3_tls_options *options,
                             const pop3_host *host, pop3_error *err) {
  const char *option = "tls.cert_file";
  for (int count = 0;; count++) {
    X509 *certificate = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL);
    if (certificate == NULL) {
      const uint32_t code = ERR_peek_last_error();
      const int is_end =
          ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
      if (count > 0 && is_end) break;
      return bad_file(host, option, options->cert_file,
                      is_end ? "there is no certificate in it (PEM is wanted)"
                             : "a certificate in it cannot be read",
                      err);
    }
    const int ok = count == 0 ? SSL_CTX_use_certificate(context, certificate)
                              : SSL_CTX_add1_chain_cert(context, certificate);
    X509_free(certificate);
    if (!ok) return bad_file(host, option, options->cert_file, "it cannot be used", err);
  }
  ERR_clear_error();
  return POP3_OK;
}

static int passphrase(char *buf, int cap, int is_writing, void *arg) {
  (void)is_writing;
  asking *self = arg;
  const p3_tls_options *options = self->options;
  self->asked = 1;
  if (options->passphrase == NULL || cap <= 0) return -1;
  const int len =
      options->passphrase->callback(options->passphrase->arg, options->key_file, buf, (size_t)cap);
  if (len < 0 || len > cap) return -1;
  self->answered = 1;
  return len;
}

static pop3_status use_key(SSL_CTX *context, BIO *bio, const p3_tls_options *options,
                           const pop3_host *host, pop3_error *err) {
  const char *option = "tls.key_file";
  asking ask = {options, 0, 0};
  EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, passphrase, &ask);
  if (key == NULL) {
    const uint32_t code = ERR_peek_last_error();
    const int is_none =
        ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
    const char *why = "the key cannot be read";
    if (is_none) why = "there is no private key in it (PEM is wanted)";
    if (ask.asked && options->passphrase == NULL) {
      why = "the key is encrypted: set tls.key_passphrase";
    }
    if (ask.asked && options->passphrase != NULL) {
      why = "the key is encrypted and there is no passphrase";
    }
    if (ask.answered) why = "the key is encrypted with another passphrase (tls.key_passphrase)";
    return bad_file(host, option, options->key_file, why, err);
  }
  const int ok = SSL_CTX_use_PrivateKey(context, key) && SSL_CTX_check_private_key(context);
  EVP_PKEY_free(key);
  if (!ok) {
    return bad_file(host, option, options->key_file,
                    "the key does not belong to the certificate in tls.cert_file", err);
  }
  return POP3_OK;
}

static pop3_status use_client_certificate(SSL_CTX *context, const p3_tls_options *options,
                                          const pop3_host *host, pop3_error *err) {
  p3_tls_text text;
  p3_tls_text_init(&text, host);
  pop3_status status = p3_tls_text_file(&text, options->cert_file, "option tls.cert_file", 0, err);
  BIO *bio = status == POP3_OK ? bio_of(&text) : NULL;
  if (status == POP3_OK && bio == NULL) status = p3_tls_no_memory(host, err);
  if (status == POP3_OK) status = use_chain(context, bio, options, host, err);
  BIO_free(bio);
  bio = NULL;
  p3_tls_text_reset(&text);
  if (status == POP3_OK) {
    status = p3_tls_text_file(&text, options->key_file, "option tls.key_file", 0, err);
  }
  if (status == POP3_OK && (bio = bio_of(&text)) == NULL) status = p3_tls_no_memory(host, err);
  if (status == POP3_OK) status = use_key(context, bio, options, host, err);
  BIO_free(bio);
  p3_tls_text_free(&text);
  return status;
}

// What the server may sign the handshake with. Those of BoringSSL itself are without Ed25519 and
// P-521, and with SHA-1.
static int set_algorithms(SSL_CTX *context, const p3_tls_options *options) {
  static const uint16_t kAlgorithms[] = {
      SSL_SIGN_ECDSA_SECP256R1_SHA256, SSL_SIGN_ED25519,
      SSL_SIGN_RSA_PSS_RSAE_SHA256,    SSL_SIGN_RSA_PKCS1_SHA256,
      SSL_SIGN_ECDSA_SECP384R1_SHA384, SSL_SIGN_RSA_PSS_RSAE_SHA384,
      SSL_SIGN_RSA_PKCS1_SHA384,       SSL_SIGN_ECDSA_SECP521R1_SHA512,
      SSL_SIGN_RSA_PSS_RSAE_SHA512,    SSL_SIGN_RSA_PKCS1_SHA512,
      SSL_SIGN_RSA_PKCS1_SHA1,  // only if weak ones are allowed
  };
  const size_t num = sizeof(kAlgorithms) / sizeof(kAlgorithms[0]) - (options->allow_weak ? 0 : 1);
  if (!SSL_CTX_set_verify_algorithm_prefs(context, kAlgorithms, num)) return 0;
  // A key on a curve that is not named here cannot be the server's before TLS 1.3. The first is
  // known to newer versions of BoringSSL only.
  if (SSL_CTX_set1_curves_list(context, "X25519MLKEM768:X25519:P-256:P-384:P-521")) return 1;
  ERR_clear_error();
  return SSL_CTX_set1_curves_list(context, "X25519:P-256:P-384:P-521");
}

pop3_status p3_tls_make_context(SSL_CTX **out, const p3_tls_options *options, const pop3_host *host,
                                pop3_error *err) {
  *out = NULL;
  if (options->context != NULL) {
    SSL_CTX_up_ref(options->context->ssl_ctx);
    *out = options->context->ssl_ctx;
    return POP3_OK;
  }
  SSL_CTX *context = SSL_CTX_new(TLS_method());
  if (context == NULL || !SSL_CTX_set_cipher_list(context, "ALL:!3DES:!PSK") ||
      !set_algorithms(context, options)) {
    SSL_CTX_free(context);
    return p3_tls_no_memory(host, err);
  }
  SSL_CTX_set_session_cache_mode(context, options->cache.get != NULL
                                              ? SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL
                                              : SSL_SESS_CACHE_OFF);
  // A resumed session's certificate is looked at again: roots, clock and callback may have changed.
  SSL_CTX_set_reverify_on_resume(context, 1);
  pop3_status status = p3_tls_trust_given(SSL_CTX_get_cert_store(context), options, host, err);
  if (status == POP3_OK && options->cert_file != NULL) {
    status = use_client_certificate(context, options, host, err);
  }
  if (status != POP3_OK) {
    SSL_CTX_free(context);
    return status;
  }
  *out = context;
  return POP3_OK;
}

static int set_alpn(SSL *ssl, const char *name) {
  uint8_t list[P3_TLS_NAME_MAX];
  const size_t len = strlen(name);
  list[0] = (uint8_t)len;
  memcpy(list + 1, name, len);
  // 0 is success, for once.
  return SSL_set_alpn_protos(ssl, list, len > 0 ? (unsigned)len + 1 : 0) == 0;
}

pop3_status p3_tls_make_ssl(SSL **out, SSL_CTX *context, const p3_tls_options *options,
                            const pop3_host *host, pop3_error *err) {
  *out = NULL;
  SSL *ssl = SSL_new(context);
  if (ssl == NULL) return p3_tls_no_memory(host, err);
  SSL_set_connect_state(ssl);
  SSL_set_renegotiate_mode(ssl, ssl_renegotiate_never);
  SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  int ok = set_alpn(ssl, options->alpn);
  if (ok && *options->name && !options->name_is_address) {
    ok = SSL_set_tlsext_host_name(ssl, options->name);
  }
  if (ok && options->min_version) ok = SSL_set_min_proto_version(ssl, options->min_version);
  if (ok && options->max_version) ok = SSL_set_max_proto_version(ssl, options->max_version);
  if (!ok) {
    const uint32_t code = p3_tls_take_error();
    SSL_free(ssl);
    if (p3_tls_lacked_memory(code)) return p3_tls_no_memory(host, err);
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, code,
                      "option tls.server_name, tls.alpn or tls.min_version cannot be used: %s",
                      code ? ERR_reason_error_string(code) : "unknown error");
  }
  *out = ssl;
  return POP3_OK;
}
