#include "tests/testing/certificates.h"

#include <arpa/inet.h>
#include <openssl/base64.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace pop3_testing {

namespace {

[[noreturn]] void GiveUp(const char *what) {
  std::fprintf(stderr, "certificates: %s failed\n", what);
  std::abort();
}

void Check(bool ok, const char *what) {
  if (!ok) GiveUp(what);
}

bssl::UniquePtr<EVP_PKEY> NewKey() {
  bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  Check(ec && key && EC_KEY_generate_key(ec.get()) && EVP_PKEY_set1_EC_KEY(key.get(), ec.get()),
        "making a key");
  return key;
}

void AddName(GENERAL_NAMES *names, int type, const void *data, size_t len) {
  GENERAL_NAME *name = GENERAL_NAME_new();
  ASN1_STRING *value =
      ASN1_STRING_type_new(type == GEN_DNS ? V_ASN1_IA5STRING : V_ASN1_OCTET_STRING);
  Check(name && value && ASN1_STRING_set(value, data, static_cast<int>(len)), "making a name");
  GENERAL_NAME_set0_value(name, type, value);
  Check(sk_GENERAL_NAME_push(names, name) > 0, "adding a name");
}

void AddNames(X509 *certificate, const CertificateSpec &spec) {
  if (spec.dns.empty() && spec.ips.empty()) return;
  bssl::UniquePtr<GENERAL_NAMES> names(GENERAL_NAMES_new());
  for (const std::string &dns : spec.dns) AddName(names.get(), GEN_DNS, dns.data(), dns.size());
  for (const std::string &ip : spec.ips) {
    uint8_t octets[16];
    const bool is_v4 = inet_pton(AF_INET, ip.c_str(), octets) == 1;
    Check(is_v4 || inet_pton(AF_INET6, ip.c_str(), octets) == 1, "reading an address");
    AddName(names.get(), GEN_IPADD, octets, is_v4 ? 4 : 16);
  }
  Check(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, 0) == 1,
        "adding the names");
}

void AddExtension(X509 *certificate, int nid, const char *value) {
  bssl::UniquePtr<X509_EXTENSION> extension(X509V3_EXT_nconf_nid(nullptr, nullptr, nid, value));
  Check(extension && X509_add_ext(certificate, extension.get(), -1), "adding an extension");
}

std::string Contents(BIO *bio) {
  const uint8_t *data = nullptr;
  size_t len = 0;
  Check(BIO_mem_contents(bio, &data, &len) == 1, "reading a BIO");
  return std::string(reinterpret_cast<const char *>(data), len);
}

}  // namespace

Identity::Identity(const CertificateSpec &spec, const Identity *issuer)
    : certificate_(X509_new()), key_(NewKey()) {
  static std::atomic<int64_t> serial{1};
  X509 *made = certificate_.get();
  Check(made && X509_set_version(made, 2), "making a certificate");
  Check(ASN1_INTEGER_set(X509_get_serialNumber(made), static_cast<long>(serial.fetch_add(1))) == 1,
        "setting the number");
  Check(X509_gmtime_adj(X509_getm_notBefore(made), static_cast<long>(spec.not_before)) &&
            X509_gmtime_adj(X509_getm_notAfter(made), static_cast<long>(spec.not_after)),
        "setting the times");
  X509_NAME *subject = X509_get_subject_name(made);
  Check(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const uint8_t *>(spec.common_name.data()),
                                   static_cast<int>(spec.common_name.size()), -1, 0) == 1,
        "setting the subject");
  X509 *signer = issuer != nullptr ? issuer->certificate() : made;
  Check(X509_set_issuer_name(made, X509_get_subject_name(signer)) &&
            X509_set_pubkey(made, key_.get()),
        "setting the issuer");
  AddExtension(made, NID_basic_constraints, spec.is_ca ? "critical,CA:TRUE" : "CA:FALSE");
  if (spec.purpose != nullptr) AddExtension(made, NID_ext_key_usage, spec.purpose);
  AddNames(made, spec);
  EVP_PKEY *key = issuer != nullptr ? issuer->key() : key_.get();
  Check(X509_sign(made, key, EVP_get_digestbyname(spec.digest)) > 0, "signing");
}

std::string Identity::Pem() const {
  bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
  Check(PEM_write_bio_X509(bio.get(), certificate()) == 1, "writing PEM");
  return Contents(bio.get());
}

std::string Identity::KeyPem(const std::string &passphrase) const {
  bssl::UniquePtr<BIO> bio(BIO_new(BIO_s_mem()));
  const bool plain = passphrase.empty();
  std::string words = passphrase;  // what is called does not take a const char *
  Check(PEM_write_bio_PKCS8PrivateKey(bio.get(), key(), plain ? nullptr : EVP_aes_256_cbc(),
                                      plain ? nullptr : words.data(),
                                      static_cast<int>(words.size()), nullptr, nullptr) == 1,
        "writing a key");
  return Contents(bio.get());
}

std::string Identity::Pin() const {
  uint8_t *der = nullptr;
  const int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate()), &der);
  Check(len > 0, "writing a public key");
  uint8_t digest[SHA256_DIGEST_LENGTH];
  SHA256(der, static_cast<size_t>(len), digest);
  OPENSSL_free(der);
  uint8_t base64[64];
  return std::string(reinterpret_cast<char *>(base64),
                     EVP_EncodeBlock(base64, digest, sizeof(digest)));
}

TempFile::TempFile(const std::string &contents) {
  char path[] = "/tmp/pop3-test-XXXXXX";
  const int fd = mkstemp(path);
  Check(fd >= 0, "making a file");
  path_ = path;
  Check(write(fd, contents.data(), contents.size()) == static_cast<ssize_t>(contents.size()),
        "writing a file");
  close(fd);
}

TempFile::~TempFile() { unlink(path_.c_str()); }

}  // namespace pop3_testing
