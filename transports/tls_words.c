#include "transports/tls_words.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>

#include "transports/tls_text.h"

#define LAYER "tls"

// The first octets of a TLS record are its type (20 to 23) and the version, of which the first
// octet is 3.
enum { FIRST_TYPE = 20, LAST_TYPE = 23, VERSION_MAJOR = 3, SHOWN = 40 };

static const char *phase_words(p3_tls_phase phase) {
  switch (phase) {
    case P3_TLS_READING:
      return "reading";
    case P3_TLS_WRITING:
      return "writing";
    default:
      return "TLS handshake";
  }
}

// The alerts that tell something to the person in front of the program.
static const char *alert_words(int alert) {
  switch (alert) {
    case SSL_AD_HANDSHAKE_FAILURE:
      return "the server found no cipher, key or signature that both sides allow (alert "
             "handshake_failure)";
    case SSL_AD_PROTOCOL_VERSION:
      return "the server does not speak the versions of TLS that are allowed (tls.min_version, "
             "tls.max_version)";
    case SSL_AD_UNRECOGNIZED_NAME:
      return "the server does not recognize this server name (tls.server_name)";
    case SSL_AD_NO_APPLICATION_PROTOCOL:
      return "the server refuses the protocol name";
    case SSL_AD_CERTIFICATE_REQUIRED:
      return "the server wants a client certificate (tls.cert_file)";
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_UNKNOWN:
      return "the server does not accept our client certificate (tls.cert_file)";
    case SSL_AD_CERTIFICATE_REVOKED:
      return "the server says that our client certificate was revoked";
    case SSL_AD_CERTIFICATE_EXPIRED:
      return "the server says that our client certificate has expired";
    case SSL_AD_UNKNOWN_CA:
      return "the server does not know who issued our client certificate";
    case SSL_AD_ACCESS_DENIED:
      return "the server denies access with this client certificate";
    case SSL_AD_INTERNAL_ERROR:
      return "the server has an internal error";
    default:
      return NULL;
  }
}

// What BoringSSL finds wrong with the server's certificate before it is verified.
static const char *certificate_words(int reason) {
  switch (reason) {
    case SSL_R_KEY_USAGE_BIT_INCORRECT:
    case SSL_R_ECC_CERT_NOT_FOR_SIGNING:
      return "may not be used for TLS: its key usage does not allow that";
    case SSL_R_BAD_ECC_CERT:
      return "has a key on an elliptic curve that is not used for TLS";
    case SSL_R_WRONG_CERTIFICATE_TYPE:
    case SSL_R_UNKNOWN_CERTIFICATE_TYPE:
      return "has a key of a kind that does not go with the cipher";
    case SSL_R_CANNOT_PARSE_LEAF_CERT:
      return "cannot be read";
    default:
      return NULL;
  }
}

static const char *reason_words(int reason) {
  switch (reason) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_NO_SUPPORTED_VERSIONS_ENABLED:
      return "the server's version of TLS is not among the allowed ones (tls.min_version, "
             "tls.max_version)";
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_INVALID_OUTER_RECORD_TYPE:
      return "the server sent something that is not TLS";
    case SSL_R_NO_RENEGOTIATION:
      return "the server wants to renegotiate, which is not safe";
    case SSL_R_TLS13_DOWNGRADE:
    case SSL_R_DOWNGRADE_DETECTED:
      return "somebody on the way tampers with the version of TLS (downgrade)";
    case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC:
      return "a record was changed on the way (bad MAC)";
    case SSL_R_INVALID_ALPN_PROTOCOL:
      return "the server chose a protocol that was not offered (ALPN)";
    case SSL_R_TOO_MANY_EMPTY_FRAGMENTS:
    case SSL_R_TOO_MANY_WARNING_ALERTS:
    case SSL_R_TOO_MANY_KEY_UPDATES:
      return "the server sends records without data only";
    case SSL_R_WRONG_SIGNATURE_TYPE:
    case SSL_R_NO_COMMON_SIGNATURE_ALGORITHMS:
      return "the server signs in a way that is not accepted (such as with SHA-1)";
    case SSL_R_SERVER_CERT_CHANGED:
      return "the server changed its certificate";
    default:
      return NULL;
  }
}

uint32_t p3_tls_take_error(void) {
  uint32_t found = 0;
  for (uint32_t code; (code = ERR_get_error()) != 0;) {
    if (found == 0 || p3_tls_lacked_memory(code)) found = code;
  }
  return found;
}

int p3_tls_lacked_memory(uint32_t code) {
  return code != 0 && ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;
}

int p3_tls_is_alpn_refusal(uint32_t code) {
  return ERR_GET_LIB(code) == ERR_LIB_SSL &&
         ERR_GET_REASON(code) == SSL_AD_REASON_OFFSET + SSL_AD_NO_APPLICATION_PROTOCOL;
}

void p3_tls_say_error(const pop3_host *host, p3_tls_phase phase, uint32_t code, const char *alpn,
                      pop3_error *err) {
  const char *doing = phase_words(phase);
  const int reason = ERR_GET_REASON(code);
  const int is_ssl = ERR_GET_LIB(code) == ERR_LIB_SSL;
  if (p3_tls_lacked_memory(code)) {
    (void)p3_tls_no_memory(host, err);
    err->lib_code = code;
    return;
  }
  const int alert = is_ssl && reason >= SSL_AD_REASON_OFFSET ? reason - SSL_AD_REASON_OFFSET : -1;
  if (p3_tls_is_alpn_refusal(code)) {
    host->fail(
        host->ctx, err, POP3_ERR_TLS, LAYER, 0, code,
        "%s failed: the server refuses the protocol name \"%s\" (ALPN): set tls.alpn to \"\"",
        doing, alpn);
    return;
  }
  const char *certificate = is_ssl && alert < 0 ? certificate_words(reason) : NULL;
  if (certificate != NULL) {
    host->fail(host->ctx, err, POP3_ERR_CERTIFICATE, LAYER, 0, code, "the server's certificate %s",
               certificate);
    return;
  }
  const char *words = alert >= 0 ? alert_words(alert) : is_ssl ? reason_words(reason) : NULL;
  if (words != NULL) {
    host->fail(host->ctx, err, POP3_ERR_TLS, LAYER, 0, code, "%s failed: %s", doing, words);
    return;
  }
  if (alert >= 0) {
    host->fail(host->ctx, err, POP3_ERR_TLS, LAYER, 0, code,
               "%s failed: the server sent the alert %d (%s)", doing, alert,
               SSL_alert_desc_string_long(alert));
    return;
  }
  const char *text = code != 0 ? ERR_reason_error_string(code) : NULL;
  host->fail(host->ctx, err, POP3_ERR_TLS, LAYER, 0, code, "%s failed: %s", doing,
             text != NULL ? text : "unknown error");
}

static int begins(const uint8_t *data, size_t len, const char *prefix) {
  const size_t prefix_len = strlen(prefix);
  return len >= prefix_len && memcmp(data, prefix, prefix_len) == 0;
}

// What speaks like this, and what to do.
static const char *stranger_words(const uint8_t *first, size_t len) {
  if (begins(first, len, "+OK") || begins(first, len, "-ERR")) {
    return "it speaks plain POP3. Use STLS on this port, or the port of POP3 over TLS (995)";
  }
  if (begins(first, len, "HTTP/") || begins(first, len, "<")) return "it is a web server";
  if (begins(first, len, "* OK") || begins(first, len, "* BY")) return "it is an IMAP server";
  if (begins(first, len, "220") || begins(first, len, "421") || begins(first, len, "554")) {
    return "it is an SMTP or FTP server";
  }
  if (begins(first, len, "SSH-")) return "it is an SSH server";
  return "it is some other service";
}

int p3_tls_say_stranger(const pop3_host *host, const uint8_t *first, size_t first_len,
                        pop3_error *err) {
  if (first_len == 0) return 0;
  const int is_type = first[0] >= FIRST_TYPE && first[0] <= LAST_TYPE;
  if (is_type && (first_len < 2 || first[1] == VERSION_MAJOR)) return 0;
  char shown[SHOWN + 1];
  size_t len = 0;
  while (len < first_len && len < SHOWN && first[len] != '\r' && first[len] != '\n') {
    shown[len] = first[len] >= ' ' && first[len] < 0x7f ? (char)first[len] : '?';
    len++;
  }
  shown[len] = '\0';
  host->fail(host->ctx, err, POP3_ERR_TLS, LAYER, 0, 0,
             "the server does not speak TLS on this port: %s. It said \"%s\"",
             stranger_words(first, first_len), shown);
  return 1;
}

void p3_tls_say_end(const pop3_host *host, p3_tls_phase phase, uint64_t octets_in,
                    pop3_error *err) {
  const char *words = "the connection was truncated: it ended without TLS's close_notify";
  if (phase == P3_TLS_HANDSHAKE) {
    words = octets_in > 0 ? "the server closed the connection during the TLS handshake"
                          : "the server closed the connection during the TLS handshake without an "
                            "answer: it may not speak TLS on this port";
  }
  host->fail(host->ctx, err, POP3_ERR_TLS, LAYER, 0, 0, "%s", words);
}
