#define _POSIX_C_SOURCE 200809L
#include "transports/tls_certificate.h"

#include <arpa/inet.h>
#include <openssl/base64.h>
#include <openssl/bio.h>
#include <openssl/mem.h>
#include <openssl/pool.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "transports/tls_words.h"

enum { SECONDS_PER_DAY = 86400, PEM_LINE = 48 };
enum { NOT_FOUND = -1, TWICE = -2 };  // what X509_get_ext_d2i says of an extension

// Something could not be written: for want of memory, or because of what it is.
static void say_failure(p3_tls_text *text) {
  const uint32_t code = p3_tls_take_error();
  if (code == 0 || p3_tls_lacked_memory(code)) {
    text->failed = 1;
  } else {
    p3_tls_text_say(text, "?");
  }
}

void p3_tls_add_x509_name(p3_tls_text *text, const X509_NAME *name) {
  const uint8_t *data = NULL;
  size_t len = 0;
  BIO *bio = BIO_new(BIO_s_mem());
  // RFC 2253 escapes what is neither printable nor ASCII.
  if (bio != NULL && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) >= 0 &&
      BIO_mem_contents(bio, &data, &len)) {
    p3_tls_text_clean(text, data, len);
  } else {
    say_failure(text);
  }
  BIO_free(bio);
}

static void add_address(p3_tls_text *text, const ASN1_OCTET_STRING *address) {
  char buf[INET6_ADDRSTRLEN] = "?";
  const int len = ASN1_STRING_length(address);
  if (len == 4 || len == 16) {
    (void)inet_ntop(len == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(address), buf,
                    sizeof(buf));
  }
  p3_tls_text_say(text, buf);
}

// Whether a DNS name looks like an IP address, which it is not for that.
static int is_address(const ASN1_IA5STRING *name) {
  char buf[INET6_ADDRSTRLEN];
  uint8_t octets[16];
  const size_t len = (size_t)ASN1_STRING_length(name);
  if (len == 0 || len >= sizeof(buf)) return 0;
  memcpy(buf, ASN1_STRING_get0_data(name), len);
  buf[len] = '\0';
  return inet_pton(AF_INET, buf, octets) == 1 || inet_pton(AF_INET6, buf, octets) == 1;
}

void p3_tls_add_names(p3_tls_text *text, const X509 *certificate) {
  int how = 0;
  GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, &how, NULL);
  int count = 0;
  if (how == TWICE) {
    p3_tls_text_say(text, "?");
  } else if (names == NULL && how != NOT_FOUND) {
    say_failure(text);
  }
  for (size_t i = 0; names != NULL && i < sk_GENERAL_NAME_num(names); i++) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_DNS && name->type != GEN_IPADD) continue;
    if (count++ > 0) p3_tls_text_say(text, ", ");
    if (name->type == GEN_DNS) {
      if (is_address(name->d.dNSName)) p3_tls_text_say(text, "the DNS name ");
      p3_tls_text_clean(text, ASN1_STRING_get0_data(name->d.dNSName),
                        (size_t)ASN1_STRING_length(name->d.dNSName));
    } else {
      add_address(text, name->d.iPAddress);
    }
  }
  GENERAL_NAMES_free(names);
}

int p3_tls_seconds(const ASN1_TIME *time, int64_t *out) {
  int days = 0;
  int seconds = 0;
  ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
  const int ok = epoch != NULL && time != NULL && ASN1_TIME_diff(&days, &seconds, epoch, time);
  ASN1_TIME_free(epoch);
  if (ok) *out = (int64_t)days * SECONDS_PER_DAY + seconds;
  return ok;
}

void p3_tls_add_date(p3_tls_text *text, const ASN1_TIME *time) {
  char buf[32] = "?";
  struct tm parts;
  int64_t seconds = 0;
  const int ok = p3_tls_seconds(time, &seconds);
  const time_t when = (time_t)seconds;
  if (ok && gmtime_r(&when, &parts) != NULL) {
    (void)strftime(buf, sizeof(buf), "%Y-%m-%d %H:%M:%S UTC", &parts);
  }
  p3_tls_text_say(text, buf);
}

int p3_tls_key_digest(X509 *certificate, uint8_t *out) {
  uint8_t *der = NULL;
  const int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (len > 0) SHA256(der, (size_t)len, out);
  OPENSSL_free(der);
  return len > 0;
}

void p3_tls_add_base64(p3_tls_text *text, const uint8_t *data, size_t len) {
  char *room = p3_tls_text_room(text, (len + 2) / 3 * 4);
  if (room != NULL) text->len += EVP_EncodeBlock((uint8_t *)room, data, len);
}

void p3_tls_add_chain(p3_tls_text *text, const SSL *ssl) {
  const STACK_OF(CRYPTO_BUFFER) *chain = SSL_get0_peer_certificates(ssl);
  for (size_t i = 0; chain != NULL && i < sk_CRYPTO_BUFFER_num(chain); i++) {
    const CRYPTO_BUFFER *certificate = sk_CRYPTO_BUFFER_value(chain, i);
    const uint8_t *data = CRYPTO_BUFFER_data(certificate);
    const size_t len = CRYPTO_BUFFER_len(certificate);
    p3_tls_text_say(text, "-----BEGIN CERTIFICATE-----\n");
    for (size_t at = 0; at < len; at += PEM_LINE) {
      p3_tls_add_base64(text, data + at, len - at < PEM_LINE ? len - at : PEM_LINE);
      p3_tls_text_say(text, "\n");
    }
    p3_tls_text_say(text, "-----END CERTIFICATE-----\n");
  }
}

X509 *p3_tls_leaf(const SSL *ssl) {
  const STACK_OF(CRYPTO_BUFFER) *chain = SSL_get0_peer_certificates(ssl);
  if (chain == NULL || sk_CRYPTO_BUFFER_num(chain) == 0) return NULL;
  return X509_parse_from_buffer(sk_CRYPTO_BUFFER_value(chain, 0));
}
