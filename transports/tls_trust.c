#define _GNU_SOURCE 1  // secure_getenv
#include "transports/tls_trust.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "transports/tls_text.h"
#include "transports/tls_words.h"

#define LAYER "tls"

// Where the distributions have them: Debian, Fedora, openSUSE, Alpine and the BSDs, and so on.
static const char *const kFiles[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
    "/etc/certs/ca-certificates.crt",
};
static const char *const kDirs[] = {
    "/etc/ssl/certs",
    "/etc/pki/ca-trust/extracted/pem/directory-hash",
    "/etc/pki/tls/certs",
    "/system/etc/security/cacerts",
};

// Adds all certificates of |pem|. Returns how many, or -1 if memory ran out or one is broken.
static int add_all(X509_STORE *store, const char *pem, size_t len) {
  BIO *bio = len <= INT32_MAX ? BIO_new_mem_buf(pem, (int)len) : NULL;
  int count = bio != NULL ? 0 : -1;
  ERR_clear_error();
  while (count >= 0) {
    X509 *certificate = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL);
    if (certificate == NULL) break;
    count = X509_STORE_add_cert(store, certificate) ? count + 1 : -1;
    X509_free(certificate);
  }
  const uint32_t error = ERR_peek_last_error();
  const int is_end =
      ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  BIO_free(bio);
  return is_end ? count : -1;
}

static pop3_status add_text(X509_STORE *store, const char *pem, size_t len, const char *option,
                            const char *path, const pop3_host *host, pop3_error *err) {
  const int count = add_all(store, pem, len);
  const uint32_t error = p3_tls_take_error();
  if (count > 0) return POP3_OK;
  if (p3_tls_lacked_memory(error)) return p3_tls_no_memory(host, err);
  return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, error, "%s%s%s: %s", option,
                    path != NULL ? ": " : "", path != NULL ? path : "",
                    count == 0 ? "there is no certificate in it (PEM is wanted)"
                               : "there is a certificate in it that cannot be read");
}

pop3_status p3_tls_trust_file(X509_STORE *store, const char *path, const char *option,
                              const pop3_host *host, pop3_error *err) {
  p3_tls_text text;
  p3_tls_text_init(&text, host);
  pop3_status status = p3_tls_text_file(&text, path, option, 1, err);
  if (status == POP3_OK) status = add_text(store, text.data, text.len, option, path, host, err);
  p3_tls_text_free(&text);
  return status;
}

static int is_hashed(const char *name) {
  const size_t digits = strspn(name, "0123456789abcdef");
  if (digits != 8 || name[8] != '.') return 0;
  const size_t number = strspn(name + 9, "0123456789");
  return number > 0 && name[9 + number] == '\0';
}

int p3_tls_is_hashed_dir(const char *path) {
  DIR *dir = opendir(path);
  if (dir == NULL) return 0;
  int found = 0;
  for (;;) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is our own
    const struct dirent *entry = readdir(dir);
    if (entry == NULL || (found = is_hashed(entry->d_name)) != 0) break;
  }
  closedir(dir);
  return found;
}

static pop3_status trust_dir(X509_STORE *store, const char *path, const pop3_host *host,
                             pop3_error *err) {
  if (!p3_tls_is_hashed_dir(path)) {
    return host->fail(host->ctx, err, POP3_ERR_LOCAL_IO, LAYER, 0, 0,
                      "option tls.ca_dir: %s: there are no certificates under hashed names in it "
                      "(`openssl rehash` makes them)",
                      path);
  }
  if (!X509_STORE_load_locations(store, NULL, path)) return p3_tls_no_memory(host, err);
  return POP3_OK;
}

pop3_status p3_tls_trust_given(X509_STORE *store, const p3_tls_options *options,
                               const pop3_host *host, pop3_error *err) {
  pop3_status status = POP3_OK;
  if (options->ca_pem != NULL) {
    status = add_text(store, options->ca_pem, strlen(options->ca_pem), "option tls.ca_pem", NULL,
                      host, err);
  }
  if (status == POP3_OK && options->ca_file != NULL) {
    status = p3_tls_trust_file(store, options->ca_file, "option tls.ca_file", host, err);
  }
  if (status == POP3_OK && options->ca_dir != NULL) {
    status = trust_dir(store, options->ca_dir, host, err);
  }
  return status;
}

// The variables replace everything: who sets one wants what it names and nothing else.
static int find_in_environment(p3_tls_roots *out) {
  // NOLINTBEGIN(concurrency-mt-unsafe): as thread-safe as getenv is
  const char *file = secure_getenv("SSL_CERT_FILE");
  const char *dir = secure_getenv("SSL_CERT_DIR");
  // NOLINTEND(concurrency-mt-unsafe)
  if (file != NULL && *file) out->file = file;
  if (dir != NULL && *dir) out->dir = dir;
  return out->file != NULL || out->dir != NULL;
}

pop3_status p3_tls_find_roots(p3_tls_roots *out, const pop3_host *host, pop3_error *err) {
  const p3_tls_roots none = {NULL, NULL};
  *out = none;
  if (find_in_environment(out)) {
    if (out->file != NULL && access(out->file, R_OK) != 0) {
      return host->fail(host->ctx, err, POP3_ERR_LOCAL_IO, LAYER, errno, 0,
                        "SSL_CERT_FILE: %s cannot be read", out->file);
    }
    return POP3_OK;
  }
  for (size_t i = 0; i < sizeof(kFiles) / sizeof(kFiles[0]) && out->file == NULL; i++) {
    if (access(kFiles[i], R_OK) == 0) out->file = kFiles[i];
  }
  for (size_t i = 0; i < sizeof(kDirs) / sizeof(kDirs[0]) && out->dir == NULL; i++) {
    if (p3_tls_is_hashed_dir(kDirs[i])) out->dir = kDirs[i];
  }
  if (out->file != NULL || out->dir != NULL) return POP3_OK;
  return host->fail(host->ctx, err, POP3_ERR_LOCAL_IO, LAYER, 0, 0,
                    "this machine has no root certificates where they are looked for (%s and so "
                    "on): install ca-certificates, or set tls.ca_file or SSL_CERT_FILE",
                    kFiles[0]);
}
