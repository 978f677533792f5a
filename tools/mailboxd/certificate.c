#define _GNU_SOURCE 1
#include "tools/mailboxd/certificate.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/evp.h>
#include <openssl/nid.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY 86400L

static EVP_PKEY *new_key(void) {
  EVP_PKEY *key = EVP_PKEY_new();
  EC_KEY *ec = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
  if (key == NULL || ec == NULL || !EC_KEY_generate_key(ec) || !EVP_PKEY_set1_EC_KEY(key, ec)) {
    EVP_PKEY_free(key);
    key = NULL;
  }
  EC_KEY_free(ec);
  return key;
}

static int set_serial(X509 *cert) {
  BIGNUM *number = BN_new();
  ASN1_INTEGER *serial = NULL;
  int good = number != NULL && BN_rand(number, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) &&
             (serial = BN_to_ASN1_INTEGER(number, NULL)) != NULL &&
             X509_set_serialNumber(cert, serial);
  ASN1_INTEGER_free(serial);
  BN_free(number);
  return good;
}

static int add_extension(X509 *cert, X509 *issuer, int nid, const char *value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, cert, NULL, NULL, 0);
  X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, &context, nid, value);
  int good = extension != NULL && X509_add_ext(cert, extension, -1);
  X509_EXTENSION_free(extension);
  return good;
}

// One certificate of X.509 version 3 (which is written as 2), not signed yet.
static X509 *new_cert(const char *name, EVP_PKEY *key, X509 *issuer, int is_ca) {
  X509 *cert = X509_new();
  X509_NAME *subject = X509_NAME_new();
  if (issuer == NULL) {
    issuer = cert;
  }
  int good =
      cert != NULL && subject != NULL && X509_set_version(cert, 2) && set_serial(cert) &&
      X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const uint8_t *)name, -1, -1, 0) &&
      X509_set_subject_name(cert, subject) &&
      X509_set_issuer_name(cert, X509_get_subject_name(issuer)) && X509_set_pubkey(cert, key) &&
      X509_gmtime_adj(X509_getm_notBefore(cert), -DAY) != NULL &&
      X509_gmtime_adj(X509_getm_notAfter(cert), 3650 * DAY) != NULL &&
      add_extension(cert, issuer, NID_subject_key_identifier, "hash") &&
      add_extension(cert, issuer, NID_authority_key_identifier, "keyid:always") &&
      add_extension(cert, issuer, NID_basic_constraints,
                    is_ca ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE") &&
      add_extension(cert, issuer, NID_key_usage,
                    is_ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
  X509_NAME_free(subject);
  if (!good) {
    X509_free(cert);
    return NULL;
  }
  return cert;
}

struct made {
  EVP_PKEY *ca_key, *key;
  X509 *ca, *cert;
};

static int make(struct made *made) {
  made->ca_key = new_key();
  made->key = new_key();
  if (made->ca_key == NULL || made->key == NULL) {
    return 0;
  }
  made->ca = new_cert("mailboxd's own CA", made->ca_key, NULL, 1);
  if (made->ca == NULL || !X509_sign(made->ca, made->ca_key, EVP_sha256())) {
    return 0;
  }
  made->cert = new_cert("localhost", made->key, made->ca, 0);
  return made->cert != NULL &&
         add_extension(made->cert, made->ca, NID_ext_key_usage, "serverAuth") &&
         add_extension(made->cert, made->ca, NID_subject_alt_name,
                       "DNS:localhost,IP:127.0.0.1,IP:::1") &&
         X509_sign(made->cert, made->ca_key, EVP_sha256());
}

// Writes a certificate, or the key if |cert| is NULL, to a file that is not there yet.
static int write_pem(const char *path, X509 *cert, EVP_PKEY *key) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, cert == NULL ? 0600 : 0644);
  FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
  if (file == NULL) {
    if (fd >= 0) {
      close(fd);
    }
    return 0;
  }
  int good = cert != NULL ? PEM_write_X509(file, cert)
                          : PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
  return fclose(file) == 0 && good;
}

static int make_files(const struct certificate *names, const char *folder, char *why,
                      size_t why_size) {
  if (mkdir(folder, 0755) != 0 && errno != EEXIST) {
    snprintf(why, why_size, "%s: %s", folder, strerror(errno));
    return 0;
  }
  struct made made = {.ca = NULL};
  int good = make(&made);
  if (!good) {
    snprintf(why, why_size, "no certificate could be made");
  } else if (!write_pem(names->key, NULL, made.key) || !write_pem(names->cert, made.cert, NULL) ||
             !write_pem(names->ca, made.ca, NULL)) {
    snprintf(why, why_size, "%s: the files cannot be written: %s", folder, strerror(errno));
    good = 0;
  }
  X509_free(made.ca);
  X509_free(made.cert);
  EVP_PKEY_free(made.ca_key);
  EVP_PKEY_free(made.key);
  return good;
}

int certificate_get(struct certificate *out, const char *folder, char *why, size_t why_size) {
  *out = (struct certificate){.ca = NULL};
  if (asprintf(&out->ca, "%s/ca.pem", folder) < 0) {
    out->ca = NULL;
  }
  if (asprintf(&out->cert, "%s/server.pem", folder) < 0) {
    out->cert = NULL;
  }
  if (asprintf(&out->key, "%s/server.key", folder) < 0) {
    out->key = NULL;
  }
  if (out->ca == NULL || out->cert == NULL || out->key == NULL) {
    snprintf(why, why_size, "out of memory");
    return 0;
  }
  const char *const paths[] = {out->ca, out->cert, out->key};
  size_t there = 0;
  const char *missing = NULL;
  for (size_t i = 0; i < 3; i++) {
    if (access(paths[i], F_OK) == 0) {
      there++;
    } else {
      missing = paths[i];
    }
  }
  if (there == 3) {
    return 1;
  }
  if (there > 0) {
    snprintf(why, why_size, "%s is missing, but the others are there: remove them or bring it back",
             missing);
    return 0;
  }
  return make_files(out, folder, why, why_size);
}

void certificate_cleanup(struct certificate *certificate) {
  free(certificate->ca);
  free(certificate->cert);
  free(certificate->key);
  *certificate = (struct certificate){.ca = NULL};
}
