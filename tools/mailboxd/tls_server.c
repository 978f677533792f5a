#include "tools/mailboxd/tls_server.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/mailboxd/tls_socket.h"
#include "tools/mailboxd/tls_state.h"

// RFC 7301: a client that wants to speak something else on this connection is told so.
static int select_alpn(SSL *ssl, const uint8_t **out, uint8_t *out_len, const uint8_t *in,
                       unsigned in_len, void *arg) {
  (void)ssl;
  (void)arg;
  static const uint8_t kPop3[] = {'p', 'o', 'p', '3'};
  for (unsigned at = 0; at < in_len; at += in[at] + 1u) {
    if (in[at] == sizeof(kPop3) && memcmp(in + at + 1, kPop3, sizeof(kPop3)) == 0) {
      *out = kPop3;
      *out_len = sizeof(kPop3);
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static int because(const char *file, char *why, size_t why_size) {
  const char *reason = ERR_reason_error_string(ERR_peek_last_error());
  snprintf(why, why_size, "%s: %s", file, reason == NULL ? "unknown reason" : reason);
  ERR_clear_error();
  return 0;
}

static int load(SSL_CTX *ctx, const struct tls_options *options, char *why, size_t why_size) {
  if (!SSL_CTX_use_certificate_chain_file(ctx, options->cert)) {
    return because(options->cert, why, why_size);
  }
  if (!SSL_CTX_use_PrivateKey_file(ctx, options->key, SSL_FILETYPE_PEM) ||
      !SSL_CTX_check_private_key(ctx)) {
    return because(options->key, why, why_size);
  }
  if (options->client_ca == NULL) {
    return 1;
  }
  STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(options->client_ca);
  if (names == NULL || !SSL_CTX_load_verify_locations(ctx, options->client_ca, NULL)) {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    return because(options->client_ca, why, why_size);
  }
  SSL_CTX_set_client_CA_list(ctx, names);
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
  return 1;
}

static int set_versions(SSL_CTX *ctx, const struct tls_options *options, char *why,
                        size_t why_size) {
  uint16_t min = options->min == 0 ? TLS1_2_VERSION : options->min;
  uint16_t max = options->max == 0 ? TLS1_3_VERSION : options->max;
  if (options->min == 0 && max < min) {
    min = max;
  }
  if (min > max || !SSL_CTX_set_min_proto_version(ctx, min) ||
      !SSL_CTX_set_max_proto_version(ctx, max)) {
    snprintf(why, why_size, "no version of TLS lies between --tls-min and --tls-max");
    return 0;
  }
  return 1;
}

struct tls_server *tls_server_new(const struct tls_options *options, char *why, size_t why_size) {
  static const uint8_t kContext[] = "mailboxd";
  if (TLS_method() == NULL) {
    snprintf(why, why_size, "%s", ERR_reason_error_string(ERR_peek_error()));
    return NULL;
  }
  struct tls_server *server = calloc(1, sizeof(*server));
  if (server != NULL) {
    server->ctx = SSL_CTX_new(TLS_method());
    server->socket = tls_socket_method();
  }
  if (server == NULL || server->ctx == NULL || server->socket == NULL ||
      !SSL_CTX_set_session_id_context(server->ctx, kContext, sizeof(kContext))) {
    snprintf(why, why_size, "out of memory");
    tls_server_free(server);
    return NULL;
  }
  // Of a write that blocks only the octets must be the same when it is tried again.
  SSL_CTX_set_mode(server->ctx,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(server->ctx, select_alpn, NULL);
  if (!set_versions(server->ctx, options, why, why_size) ||
      !load(server->ctx, options, why, why_size)) {
    tls_server_free(server);
    return NULL;
  }
  return server;
}

void tls_server_free(struct tls_server *server) {
  if (server == NULL) {
    return;
  }
  SSL_CTX_free(server->ctx);
  BIO_meth_free(server->socket);
  free(server);
}
