// Certificates for tests, made in memory.
#ifndef POP3_TESTS_TESTING_CERTIFICATES_H_
#define POP3_TESTS_TESTING_CERTIFICATES_H_

#include <openssl/ssl.h>

#include <cstdint>
#include <string>
#include <vector>

namespace pop3_testing {

// CertificateSpec says what is to be in a certificate.
struct CertificateSpec {
  std::string common_name = "test";
  std::vector<std::string> dns;  // may hold any octets
  std::vector<std::string> ips;
  int64_t not_before = -86400;  // seconds from now
  int64_t not_after = 86400 * 30;
  bool is_ca = false;
  const char *purpose = nullptr;  // extended key usage, as OpenSSL's configuration writes it
  const char *usage = nullptr;    // key usage, likewise
  const char *digest = "sha256";  // also md5, sha1, sha224, sha384, sha512; "pss-sha256" and so on
                                  // for RSA-PSS; of no account if the issuer's key is Ed25519
  const char *key = "P-256";      // also P-224, P-384, P-521, Ed25519, and RSA-BITS; see NewKey
};

// NewKey makes a key of a kind that CertificateSpec.key names. RSA keys are made once for each
// process, because that takes its time. BoringSSL rounds RSA-BITS down to a multiple of 128, but
// for RSA-2047, which is always the same.
bssl::UniquePtr<EVP_PKEY> NewKey(const std::string &kind);

// Identity is a certificate with its private key.
class Identity {
 public:
  Identity() = default;
  // Signed by |issuer|, or by itself if that is null.
  explicit Identity(const CertificateSpec &spec, const Identity *issuer = nullptr);

  X509 *certificate() const { return certificate_.get(); }
  EVP_PKEY *key() const { return key_.get(); }
  std::string Pem() const;
  // KeyPem is encrypted if there is a passphrase.
  std::string KeyPem(const std::string &passphrase = "") const;
  // Pin is what tls.pin_sha256 takes.
  std::string Pin() const;

 private:
  bssl::UniquePtr<X509> certificate_;
  bssl::UniquePtr<EVP_PKEY> key_;
};

// TempFile is a file with |contents| that is gone when this is.
class TempFile {
 public:
  explicit TempFile(const std::string &contents);
  ~TempFile();
  TempFile(const TempFile &) = delete;
  TempFile &operator=(const TempFile &) = delete;

  const char *path() const { return path_.c_str(); }

 private:
  std::string path_;
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_CERTIFICATES_H_
