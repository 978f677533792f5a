#include "transports/tls_verify.h"

#include <openssl/err.h>
#include <openssl/mem.h>
#include <openssl/pool.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "transports/tls_certificate.h"
#include "transports/tls_weak.h"
#include "transports/tls_words.h"

#define LAYER "tls"

// WEAK: the chain is good, but a certificate in it proves nothing. Never a result of
// X509_verify_cert.
enum { WEAK = X509_V_ERR_APPLICATION_VERIFICATION };

// What X509_verify_cert said about a chain.
typedef struct finding {
  int code;     // X509_V_...
  int depth;    // of the certificate that it is about: 0 is the server's own
  X509 *about;  // that certificate, or NULL; to be freed
} finding;

pop3_status p3_tls_verifier_init(p3_tls_verifier *self, const pop3_host *host,
                                 const p3_tls_options *options, pop3_error *err) {
  memset(self, 0, sizeof(*self));
  self->host = host;
  self->options = options;
  p3_tls_text_init(&self->words, host);
  p3_tls_text_init(&self->weak, host);
  if (options->do_not_verify || options->context != NULL || options->ca_file != NULL ||
      options->ca_dir != NULL || options->ca_pem != NULL) {
    return POP3_OK;
  }
  self->use_machine_roots = 1;
  const pop3_status status = p3_tls_find_roots(&self->roots, host, err);
  // A callback may know what to do without any.
  return options->verify.callback != NULL ? POP3_OK : status;
}

void p3_tls_verifier_cleanup(p3_tls_verifier *self) {
  if (self->host == NULL) return;
  p3_tls_text_free(&self->words);
  p3_tls_text_free(&self->weak);
}

int p3_tls_verifier_prepare(const p3_tls_verifier *self, SSL *ssl) {
  const p3_tls_options *options = self->options;
  X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
  if (options->do_not_verify) return 1;
  // X509_CHECK_FLAG_NEVER_CHECK_SUBJECT: a common name is no name of a server.
  SSL_set_hostflags(ssl,
                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  unsigned long flags = X509_V_FLAG_TRUSTED_FIRST;
  // What the caller names is trusted as it is.
  if (options->ca_file != NULL || options->ca_dir != NULL || options->ca_pem != NULL) {
    flags |= X509_V_FLAG_PARTIAL_CHAIN;
  }
  if (!X509_VERIFY_PARAM_set_flags(param, flags)) return 0;
  if (!options->check_name) return 1;
  if (options->name_is_address) return X509_VERIFY_PARAM_set1_ip_asc(param, options->name);
  return SSL_set1_host(ssl, options->name);
}

static void free_certificates(STACK_OF(X509) * chain) { sk_X509_pop_free(chain, X509_free); }

// The certificates that the server sent. NULL if one cannot be read.
static STACK_OF(X509) * parse_chain(const SSL *ssl) {
  const STACK_OF(CRYPTO_BUFFER) *buffers = SSL_get0_peer_certificates(ssl);
  STACK_OF(X509) *chain = sk_X509_new_null();
  for (size_t i = 0; chain != NULL && buffers != NULL && i < sk_CRYPTO_BUFFER_num(buffers); i++) {
    X509 *certificate = X509_parse_from_buffer(sk_CRYPTO_BUFFER_value(buffers, i));
    if (certificate != NULL && sk_X509_push(chain, certificate)) continue;
    X509_free(certificate);
    free_certificates(chain);
    return NULL;
  }
  if (chain != NULL && sk_X509_num(chain) > 0) return chain;
  free_certificates(chain);
  return NULL;
}

static int is_among(const STACK_OF(X509) * certificates, const X509 *one) {
  for (size_t i = 0; i < sk_X509_num(certificates); i++) {
    if (sk_X509_value(certificates, i) == one) return 1;
  }
  return 0;
}

// Says in |words| what is weak about the certificates of a verified |path|, from the server's own
// to the one below the trust anchor. That is the last one which came from the store, not from what
// was |sent|: it is trusted as it is, whoever has signed it.
static void look_for_weakness(const STACK_OF(X509) * path, const STACK_OF(X509) * sent,
                              p3_tls_text *words) {
  size_t end = sk_X509_num(path);
  while (end > 0 && is_among(sent, sk_X509_value(path, end - 1))) end--;
  const size_t anchor = end > 0 ? end - 1 : sk_X509_num(path);
  for (size_t i = 0; i < anchor; i++) {
    p3_tls_text one;
    p3_tls_text_init(&one, words->host);
    if (p3_tls_add_weakness(&one, sk_X509_value(path, i)) && one.len > 0) {
      if (words->len > 0) p3_tls_text_say(words, "; ");
      p3_tls_text_add(words, one.data, one.len);
    }
    if (one.failed) words->failed = 1;
    p3_tls_text_free(&one);
  }
}

static void check_chain(SSL *ssl, X509_STORE *store, STACK_OF(X509) * chain, p3_tls_text *weak,
                        finding *out) {
  X509_STORE_CTX *context = X509_STORE_CTX_new();
  out->code = X509_V_ERR_OUT_OF_MEM;
  if (context != NULL && X509_STORE_CTX_init(context, store, sk_X509_value(chain, 0), chain) &&
      X509_STORE_CTX_set_default(context, "ssl_server") &&
      X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(context), SSL_get0_param(ssl))) {
    const int ok = X509_verify_cert(context) > 0;
    out->code = X509_STORE_CTX_get_error(context);
    if (!ok && out->code == X509_V_OK) out->code = X509_V_ERR_UNSPECIFIED;
    // What cannot be read for want of memory would be called wrong, not that.
    if (!ok && p3_tls_lacked_memory(p3_tls_take_error())) out->code = X509_V_ERR_OUT_OF_MEM;
    out->depth = X509_STORE_CTX_get_error_depth(context);
    out->about = ok ? sk_X509_value(chain, 0) : X509_STORE_CTX_get_current_cert(context);
    if (out->about != NULL) (void)X509_up_ref(out->about);
    if (ok) look_for_weakness(X509_STORE_CTX_get0_chain(context), chain, weak);
  }
  X509_STORE_CTX_free(context);
}

static int is_issuer_unknown(int code) {
  switch (code) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return 1;
    default:
      return 0;
  }
}

// Checks the chain with more and more of the machine's roots. Returns POP3_OK, the result in
// |*out|, or why the roots could not be read.
static pop3_status find_out(p3_tls_verifier *self, SSL *ssl, STACK_OF(X509) * chain, finding *out,
                            pop3_error *err) {
  X509_STORE *store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));
  if (self->use_machine_roots && self->roots_added == 0) {
    self->roots_added = 1;
    if (self->roots.dir != NULL && !X509_STORE_load_locations(store, NULL, self->roots.dir)) {
      return p3_tls_no_memory(self->host, err);
    }
  }
  check_chain(ssl, store, chain, &self->weak, out);
  if (!is_issuer_unknown(out->code) || self->roots.file == NULL || self->roots_added == 2) {
    return POP3_OK;
  }
  self->roots_added = 2;
  X509_free(out->about);
  out->about = NULL;
  const pop3_status status =
      p3_tls_trust_file(store, self->roots.file, "the roots of this machine", self->host, err);
  if (status == POP3_OK) check_chain(ssl, store, chain, &self->weak, out);
  return status;
}

static void say_wrong_name(p3_tls_text *words, const finding *what, const p3_tls_options *options) {
  const size_t before = words->len;
  p3_tls_text_say(words,
                  options->name_is_address ? " is not for the IP address \"" : " is not for \"");
  p3_tls_text_say(words, options->name);
  p3_tls_text_say(words, "\", but for ");
  const size_t empty = words->len;
  if (what->about != NULL) p3_tls_add_names(words, what->about);
  if (words->len == empty && words->data != NULL && empty > before) {
    p3_tls_text_say(words, "no name at all (a subjectAltName is wanted)");
  }
}

// What is wrong, as the end of a sentence that began with the certificate.
static void say_code(p3_tls_text *words, const finding *what, const p3_tls_options *options) {
  switch (what->code) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      say_wrong_name(words, what, options);
      return;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      p3_tls_text_say(words, " expired on ");
      if (what->about != NULL) p3_tls_add_date(words, X509_get0_notAfter(what->about));
      return;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      p3_tls_text_say(words, " is not valid before ");
      if (what->about != NULL) p3_tls_add_date(words, X509_get0_notBefore(what->about));
      p3_tls_text_say(words, " (is this machine's clock right?)");
      return;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      p3_tls_text_say(words, " is self-signed and not among the trusted ones (tls.ca_file)");
      return;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      p3_tls_text_say(words, " was issued by ");
      if (what->about != NULL) p3_tls_add_x509_name(words, X509_get_issuer_name(what->about));
      p3_tls_text_say(words, ", which is not known here and not sent by the server");
      return;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      p3_tls_text_say(words, " is a root that is not among the trusted ones (tls.ca_file)");
      return;
    case X509_V_ERR_INVALID_PURPOSE:
      p3_tls_text_say(words, what->depth == 0 ? " is not meant for servers"
                                              : " is not meant for issuing server certificates");
      return;
    case X509_V_ERR_CERT_REVOKED:
      p3_tls_text_say(words, " was revoked");
      return;
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
      p3_tls_text_say(words, " must not issue certificates, but issued one");
      return;
    case X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
      p3_tls_text_say(words, " has a key of a kind that is not known");
      return;
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      p3_tls_text_say(words, " has a wrong signature");
      return;
    default:
      p3_tls_text_say(words, ": ");
      p3_tls_text_say(words, X509_verify_cert_error_string(what->code));
      return;
  }
}

static void say_weak(p3_tls_text *words, const char *before, const p3_tls_text *weak) {
  p3_tls_text_say(words, before);
  p3_tls_text_add(words, weak->data, weak->len);
}

static void say_finding(p3_tls_text *words, const finding *what, const p3_tls_text *weak,
                        const p3_tls_options *options) {
  if (what->code == X509_V_OK) {
    p3_tls_text_say(words, "verified: issued by ");
    if (what->about != NULL) p3_tls_add_x509_name(words, X509_get_issuer_name(what->about));
    if (options->check_name) {
      p3_tls_text_say(words, " for ");
      p3_tls_text_say(words, options->name);
    } else {
      p3_tls_text_say(words, "; its name was NOT checked (tls.check_name)");
    }
    if (weak->len > 0) {
      say_weak(words, "; although it is weak (tls.allow_weak_certificates): ", weak);
    }
    return;
  }
  if (what->code == WEAK) {
    say_weak(words, "the server's certificate is too weak: ", weak);
    p3_tls_text_say(words, " (tls.allow_weak_certificates accepts that)");
    return;
  }
  if (what->depth == 0 || what->about == NULL) {
    p3_tls_text_say(words, "the server's certificate");
  } else {
    p3_tls_text_say(words, "the server's certificate is not trusted: ");
    p3_tls_add_x509_name(words, X509_get_subject_name(what->about));
  }
  say_code(words, what, options);
}

static uint8_t alert_for(int code) {
  switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return SSL_AD_CERTIFICATE_EXPIRED;
    case X509_V_ERR_CERT_REVOKED:
      return SSL_AD_CERTIFICATE_REVOKED;
    case X509_V_ERR_OUT_OF_MEM:
      return SSL_AD_INTERNAL_ERROR;
    default:
      return is_issuer_unknown(code) ? SSL_AD_UNKNOWN_CA : SSL_AD_BAD_CERTIFICATE;
  }
}

// Adds to |words| what became of the pins. Returns 1 if one matches or there are none.
static int check_pins(const p3_tls_options *options, X509 *leaf, p3_tls_text *words) {
  uint8_t digest[P3_TLS_PIN_LEN];
  if (options->num_pins == 0) return 1;
  if (!p3_tls_key_digest(leaf, digest)) {
    words->failed = 1;
    return 0;
  }
  for (size_t i = 0; i < options->num_pins; i++) {
    if (CRYPTO_memcmp(options->pins[i], digest, sizeof(digest)) != 0) continue;
    p3_tls_text_say(words, "; its key is pinned");
    return 1;
  }
  p3_tls_text_reset(words);
  p3_tls_text_say(words, "the server's public key is not among tls.pin_sha256: it is sha256//");
  p3_tls_add_base64(words, digest, sizeof(digest));
  return 0;
}

// Asks the caller. Returns what is to be done.
static pop3_status ask(p3_tls_verifier *self, const SSL *ssl, pop3_status verdict) {
  const pop3_tls_verify *verify = &self->options->verify;
  char why[160] = "";
  p3_tls_text chain;
  p3_tls_text_init(&chain, self->host);
  p3_tls_add_chain(&chain, ssl);
  pop3_status result = POP3_ERR_MEMORY;
  if (!chain.failed && !self->words.failed) {
    const pop3_tls_peer peer = {(uint32_t)sizeof(peer), verdict,    self->words.data,
                                self->options->name,    chain.data, chain.len};
    result = verify->callback(verify->arg, &peer, why, sizeof(why)) == 1 ? POP3_OK
                                                                         : POP3_ERR_CERTIFICATE;
    why[sizeof(why) - 1] = '\0';
  }
  p3_tls_text_free(&chain);
  if (result == POP3_OK && verdict != POP3_OK) {
    p3_tls_text_say(&self->words, "; accepted by the program (tls.verify)");
  } else if (result == POP3_ERR_CERTIFICATE && verdict == POP3_OK) {
    p3_tls_text_reset(&self->words);
    p3_tls_text_say(&self->words, "the program refused the server's certificate (tls.verify)");
    if (*why) p3_tls_text_say(&self->words, ": ");
    p3_tls_text_clean(&self->words, why, strlen(why));
  } else if (result == POP3_ERR_CERTIFICATE && *why) {
    p3_tls_text_say(&self->words, "; ");
    p3_tls_text_clean(&self->words, why, strlen(why));
  }
  return result;
}

// Where nothing but a pin says who the server is, its key is the trust anchor and no signature
// counts. Somebody chose that key by hand: it is used, and called weak if it is.
static void look_at_pinned_key(p3_tls_verifier *self, X509 *leaf) {
  p3_tls_text why;
  p3_tls_text_init(&why, self->host);
  if (p3_tls_add_weak_key(&why, leaf) && why.len > 0) {
    p3_tls_text_say(&self->weak, "the pinned certificate");
    p3_tls_text_add(&self->weak, why.data, why.len);
    say_weak(&self->words, "; although it is weak: ", &self->weak);
  }
  if (why.failed || self->weak.failed) self->words.failed = 1;
  p3_tls_text_free(&why);
}

// The chain and the name. Returns the verdict; |words| says it.
static pop3_status judge(p3_tls_verifier *self, SSL *ssl, STACK_OF(X509) * chain,
                         uint8_t *out_alert, finding *what) {
  pop3_status status = POP3_OK;
  if (self->options->do_not_verify) {
    p3_tls_text_say(&self->words, "not verified (tls.insecure_do_not_verify)");
  } else {
    status = find_out(self, ssl, chain, what, &self->error);
    if (status != POP3_OK) return status;
    if (what->code == X509_V_ERR_OUT_OF_MEM) return p3_tls_no_memory(self->host, &self->error);
    if (self->weak.failed) return p3_tls_no_memory(self->host, &self->error);
    if (what->code == X509_V_OK && self->weak.len > 0 && !self->options->allow_weak) {
      what->code = WEAK;
    }
    say_finding(&self->words, what, &self->weak, self->options);
    if (what->code != X509_V_OK) {
      *out_alert = alert_for(what->code);
      status = POP3_ERR_CERTIFICATE;
    }
  }
  if (status == POP3_OK && !check_pins(self->options, sk_X509_value(chain, 0), &self->words)) {
    *out_alert = SSL_AD_BAD_CERTIFICATE;
    status = POP3_ERR_CERTIFICATE;
  }
  if (status == POP3_OK && self->options->do_not_verify && self->options->num_pins > 0) {
    look_at_pinned_key(self, sk_X509_value(chain, 0));
  }
  return status;
}

enum ssl_verify_result_t p3_tls_verifier_run(p3_tls_verifier *self, SSL *ssl, uint8_t *out_alert) {
  const pop3_host *host = self->host;
  finding what = {X509_V_OK, 0, NULL};
  *out_alert = SSL_AD_INTERNAL_ERROR;
  self->failed = 1;
  p3_tls_text_reset(&self->words);
  p3_tls_text_reset(&self->weak);
  STACK_OF(X509) *chain = parse_chain(ssl);
  if (chain == NULL) {
    const uint32_t code = p3_tls_take_error();
    if (p3_tls_lacked_memory(code)) {
      p3_tls_no_memory(host, &self->error);
      return ssl_verify_invalid;
    }
    *out_alert = SSL_AD_BAD_CERTIFICATE;
    host->fail(host->ctx, &self->error, POP3_ERR_CERTIFICATE, LAYER, 0, code,
               "the server's certificate cannot be read");
    return ssl_verify_invalid;
  }
  pop3_status status = judge(self, ssl, chain, out_alert, &what);
  // What is weak was accepted, and proves nothing.
  self->is_proven = status == POP3_OK && self->weak.len == 0 &&
                    (self->options->check_name || self->options->num_pins > 0);
  self->is_name_good = status == POP3_OK && self->options->check_name;
  if ((status == POP3_OK || status == POP3_ERR_CERTIFICATE) &&
      self->options->verify.callback != NULL) {
    const pop3_status verdict = status;
    status = ask(self, ssl, verdict);
    if (status != POP3_OK && verdict == POP3_OK) *out_alert = SSL_AD_BAD_CERTIFICATE;
  }
  X509_free(what.about);
  free_certificates(chain);
  ERR_clear_error();
  if (status == POP3_ERR_MEMORY || self->words.failed) {
    p3_tls_no_memory(host, &self->error);
    return ssl_verify_invalid;
  }
  if (status == POP3_ERR_CERTIFICATE) {
    host->fail(host->ctx, &self->error, status, LAYER, 0, what.code, "%s", self->words.data);
  }
  self->failed = status != POP3_OK;
  return self->failed ? ssl_verify_invalid : ssl_verify_ok;
}
