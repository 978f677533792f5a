#include "transports/tls_sessions.h"

#include <openssl/err.h>
#include <openssl/mem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "transports/tls_trust.h"

// MAX_PUT: a server sends two or so tickets; one that sends thousands does not fill the cache.
enum { FIRST_ROOM = 8192, SESSION_MAX = 1 << 20, MAX_PUT = 8 };
// An entry: MAGIC, the policy's digest, one octet of flags, the session as BoringSSL writes it.
enum { MAGIC_LEN = 8, HEADER_LEN = MAGIC_LEN + P3_TLS_POLICY_LEN + 1 };
static const char kMagic[MAGIC_LEN + 1] = "pop3tls1";
enum { FLAG_CLIENT_CERTIFICATE = 1 };

// Every field with its length, so that no two policies look alike.
static void hash(SHA256_CTX *sha, const void *data, size_t len) {
  uint8_t length[8];
  for (size_t i = 0; i < sizeof(length); i++) length[i] = (uint8_t)((uint64_t)len >> (8 * i));
  SHA256_Update(sha, length, sizeof(length));
  SHA256_Update(sha, data, len);
}

static void hash_string(SHA256_CTX *sha, const char *string) {
  hash(sha, string != NULL ? string : "", string != NULL ? strlen(string) : 0);
}

static int hash_certificate(SHA256_CTX *sha, X509 *certificate) {
  uint8_t digest[SHA256_DIGEST_LENGTH] = {0};
  unsigned len = sizeof(digest);
  const int ok = certificate == NULL || X509_digest(certificate, EVP_sha256(), digest, &len);
  hash(sha, digest, sizeof(digest));
  return ok;
}

// Digests all that decides about whom to trust and what to say, also where the machine's roots are.
static int make_policy(uint8_t *out, const p3_tls_options *options, const SSL_CTX *ssl_ctx) {
  SHA256_CTX sha;
  SHA256_Init(&sha);
  hash_string(&sha, kMagic);
  hash_string(&sha, options->name);
  hash(&sha, &options->port, sizeof(options->port));
  hash(&sha, &options->min_version, sizeof(options->min_version));
  hash(&sha, &options->max_version, sizeof(options->max_version));
  hash_string(&sha, options->alpn);
  hash(&sha, &options->check_name, sizeof(options->check_name));
  hash(&sha, &options->do_not_verify, sizeof(options->do_not_verify));
  hash(&sha, &options->allow_weak, sizeof(options->allow_weak));
  hash(&sha, options->pins, options->num_pins * sizeof(options->pins[0]));
  hash_string(&sha, options->ca_file);
  hash_string(&sha, options->ca_dir);
  hash_string(&sha, options->ca_pem);
  hash(&sha, &options->verify.callback, sizeof(options->verify.callback));
  hash(&sha, &options->verify.arg, sizeof(options->verify.arg));
  const int ok = hash_certificate(&sha, SSL_CTX_get0_certificate(ssl_ctx));
  SHA256_Final(out, &sha);
  return ok;
}

pop3_status p3_tls_sessions_init(p3_tls_sessions *self, const pop3_host *host,
                                 const p3_tls_options *options, const SSL_CTX *ssl_ctx,
                                 pop3_error *err) {
  static const char kDigits[] = "0123456789abcdef";
  memset(self, 0, sizeof(*self));
  self->host = host;
  self->cache = options->cache;
  p3_tls_text_init(&self->key, host);
  if (self->cache.get == NULL) return POP3_OK;
  if (!make_policy(self->policy, options, ssl_ctx)) return p3_tls_no_memory(host, err);
  char port[16];
  (void)snprintf(port, sizeof(port), ":%lu ", (unsigned long)options->port);
  p3_tls_text_say(&self->key, options->name);
  p3_tls_text_say(&self->key, port);
  for (size_t i = 0; i < sizeof(self->policy); i++) {
    const char pair[2] = {kDigits[self->policy[i] >> 4], kDigits[self->policy[i] & 15]};
    p3_tls_text_add(&self->key, pair, sizeof(pair));
  }
  return self->key.failed ? p3_tls_no_memory(host, err) : POP3_OK;
}

void p3_tls_sessions_cleanup(p3_tls_sessions *self) {
  if (self->host != NULL) p3_tls_text_free(&self->key);
}

static int use_entry(p3_tls_sessions *self, SSL *ssl, const uint8_t *entry, size_t len) {
  if (len <= HEADER_LEN || memcmp(entry, kMagic, MAGIC_LEN) != 0 ||
      CRYPTO_memcmp(entry + MAGIC_LEN, self->policy, sizeof(self->policy)) != 0) {
    return 0;
  }
  SSL_SESSION *session =
      SSL_SESSION_from_bytes(entry + HEADER_LEN, len - HEADER_LEN, SSL_get_SSL_CTX(ssl));
  const int ok =
      session != NULL && SSL_SESSION_is_resumable(session) && SSL_set_session(ssl, session);
  if (ok) {
    self->had_client_certificate = entry[HEADER_LEN - 1] & FLAG_CLIENT_CERTIFICATE;
  }
  SSL_SESSION_free(session);
  ERR_clear_error();
  return ok;
}

pop3_status p3_tls_sessions_offer(p3_tls_sessions *self, SSL *ssl, pop3_error *err) {
  const pop3_host *host = self->host;
  if (self->cache.get == NULL) return POP3_OK;
  p3_tls_text entry;
  p3_tls_text_init(&entry, host);
  size_t room = FIRST_ROOM;
  size_t len = 0;
  // The entry may have been replaced by a longer one between two calls.
  for (int tries = 0; tries < 3; tries++) {
    char *buf = p3_tls_text_room(&entry, room);
    if (buf == NULL) {
      p3_tls_text_free(&entry);
      return p3_tls_no_memory(host, err);
    }
    len = self->cache.get(self->cache.arg, self->key.data, (uint8_t *)buf, room);
    if (len <= room || len > SESSION_MAX) break;
    room = len;
  }
  if (len > 0) {
    const int used = len <= room && use_entry(self, ssl, (const uint8_t *)entry.data, len);
    host->note(host->ctx, used ? "tls: offering a session of the cache"
                               : "tls: the cache's session is of no use here");
  }
  p3_tls_text_free(&entry);  // which wipes all of its room
  return POP3_OK;
}

void p3_tls_sessions_keep(p3_tls_sessions *self, const SSL_SESSION *session,
                          int has_client_certificate) {
  uint8_t *data = NULL;
  size_t len = 0;
  if (self->cache.get == NULL || self->num_put >= MAX_PUT || !SSL_SESSION_is_resumable(session)) {
    return;
  }
  if (!SSL_SESSION_to_bytes(session, &data, &len)) {
    ERR_clear_error();
    return;
  }
  const char flags = has_client_certificate ? FLAG_CLIENT_CERTIFICATE : 0;
  p3_tls_text entry;
  p3_tls_text_init(&entry, self->host);
  p3_tls_text_add(&entry, kMagic, MAGIC_LEN);
  p3_tls_text_add(&entry, self->policy, sizeof(self->policy));
  p3_tls_text_add(&entry, &flags, 1);
  p3_tls_text_add(&entry, data, len);
  if (!entry.failed && len <= SESSION_MAX - HEADER_LEN) {
    self->num_put++;
    self->cache.put(self->cache.arg, self->key.data, (const uint8_t *)entry.data, entry.len);
  }
  p3_tls_text_free(&entry);
  OPENSSL_free(data);
}

void p3_tls_sessions_put_back(p3_tls_sessions *self, const SSL_SESSION *session,
                              int has_client_certificate) {
  if (self->num_put == 0) p3_tls_sessions_keep(self, session, has_client_certificate);
}
