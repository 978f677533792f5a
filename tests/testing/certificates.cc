#include "tests/testing/certificates.h"

#include <arpa/inet.h>
#include <openssl/base64.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/curve25519.h>
#include <openssl/digest.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>

namespace pop3_testing {

namespace {

[[noreturn]] void GiveUp(const char *what) {
  std::fprintf(stderr, "certificates: %s failed\n", what);
  std::abort();
}

void Check(bool ok, const char *what) {
  if (!ok) GiveUp(what);
}

// Keys of such a length BoringSSL does not make, but reads.
constexpr char kRsa2047[] =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIIEoAIBAAKCAQBWadBuzBamM2gkSBoAU0RCaW5Zoj2oBWZCipp3sLZRdhyri/X9\n"
    "f6j8KKWtHicgRvUxN+xgq8PEBo+ABtY7URe3N1Wxnzo8y9m48Kt++6ExXEH98QHY\n"
    "eCdEcpCIcKpmUOkXpwv6ILWlouE1Ao7FVxgjRtxUDJWbCcg085GDmVLvYUQy1uKd\n"
    "LodNLI+FJy7kBwP28rXSs8IlNsxzDyR4yOFnAhNqEyR/mG9SvIzkRMiUSECtC3U/\n"
    "E/Vrug88Vy3ixzg3QAB8nmCu19a24azmaO/6bHL0gHiyLHE2oQaMLvpbqJY6fF9C\n"
    "I7k/Fqgrjq2C/XdidPdNhw1Cjubi28mohPiHAgMBAAECggEAC1bnWyK89iJY0CoF\n"
    "/3TtyCk9qdV4ccwDl0fI7VvrENWG/ZvoM9PEwRI0a3tBdyLYmhTUl/ryPY7+1bYP\n"
    "9si1a/1+6UgTxFabw4ERgCBVDr0ki8ZMj7N0s660+LKQKc0ESW5KTBBuxcWR9/rV\n"
    "8V90c2yhDQZ5u1aVRx2PQs2j7HWUwsbqk0gv46z+XkGPsYhOWMUxE6mzk+RwUP8w\n"
    "eQaMgbbg2bJfED74gHtSVaxuxhLYl96EAaI5okh5/hYKI0YRI/J3+Hidwiq8uhdD\n"
    "uV+R3GMNtmJWA2IVhp5Rfu7P+vkvcBUMu2zh4fiBRIXfygn4J87gGVDIqYlNg+7D\n"
    "/kGCwQKBgQDfk0G1HqC8EMEpdBu9+52I+x9r1uko5BT0SBHtTvpj7XZ8fM2bqbcJ\n"
    "JL811fOHM18GVbHHRxwcloTh2PVIhzqea0nMRQkBp2HJ/D1hWFj3e04dwUTytQMF\n"
    "SDOENNuGg1ctGy63Dz93NhPwI2esUnHA0VQH33qBNUFh5roVROFQlQKBgGLyG5E1\n"
    "mdg3/NdTAu3WyissxtnLXcqe9WzX5KSzevoDkMCVilWOvDoj37oXpDvTpWXXBQZQ\n"
    "Xt05KduC0Ny+2OmDdbrqpZ4No1RD7fH+16xpiiXEfwYtBmNWYVxSE+bQL8Lc94ub\n"
    "n/32IGPRpNojKFf4/ICwdrLMtWBkyR5zMVGrAoGAUqfZYgGZwQ2crBut6fXtDuhw\n"
    "fGjuuFxiVtGSNx68uVbgODPXu9XpwmqgemHH79MRLYFfAWKLxRHsvKZ+QDsmc80M\n"
    "coWPR9o+7/LeKnAELDKc9akvOV+sZzaDPTxhcIB8KUPkaG8tsn/+rQgZ2v576aI6\n"
    "I9L+Mmii7HPlldlqR2UCgYAITDVzoAMe1tMlW5jLSU/6/u5OJXfgHiSG1DQge8y8\n"
    "WsAw5lmLg0TVu1xvxrvHKKCeQcHyHZtXAgw4lGffm0Glk5iz7Cmnb41a67dwq+Z6\n"
    "Vv9221ursOrwObZAf8Gbgan/tXgtBQgNzC47MMGaaYhgmEjUoffSVsh/JPSY0SA5\n"
    "sQKBgHfmUyrTvXtWnAnrbSrIBHu0FP6APggwIzIw5XDGsljUEvnEbKy9G1wbkgPx\n"
    "lR9SqdBiuOuizJZb21IfoFgkrwtH6CRG1RSG83oEvXHVzMVDja2y0e5WAtfsv9aI\n"
    "FSa1qBvVAwZT4ozA62zLgmeYMXBJNxGIYu6t3HnygDLnTCgL\n"
    "-----END RSA PRIVATE KEY-----\n";

bssl::UniquePtr<EVP_PKEY> NewCurveKey(int curve) {
  bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(curve));
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  Check(ec && key && EC_KEY_generate_key(ec.get()) && EVP_PKEY_set1_EC_KEY(key.get(), ec.get()),
        "making a key");
  return key;
}

bssl::UniquePtr<EVP_PKEY> NewRsaKey(int bits) {
  if (bits == 2047) {
    bssl::UniquePtr<BIO> bio(BIO_new_mem_buf(kRsa2047, sizeof(kRsa2047) - 1));
    return bssl::UniquePtr<EVP_PKEY>(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  }
  bssl::UniquePtr<BIGNUM> exponent(BN_new());
  bssl::UniquePtr<RSA> rsa(RSA_new());
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  Check(exponent && rsa && key && BN_set_word(exponent.get(), RSA_F4) &&
            RSA_generate_key_ex(rsa.get(), bits, exponent.get(), nullptr) &&
            EVP_PKEY_set1_RSA(key.get(), rsa.get()),
        "making an RSA key");
  return key;
}

bssl::UniquePtr<EVP_PKEY> RsaKey(int bits) {
  static std::mutex mutex;
  static std::map<int, bssl::UniquePtr<EVP_PKEY>> keys;
  const std::lock_guard<std::mutex> lock(mutex);
  bssl::UniquePtr<EVP_PKEY> &key = keys[bits];
  if (!key) key = NewRsaKey(bits);
  Check(key && EVP_PKEY_up_ref(key.get()) == 1, "making an RSA key");
  return bssl::UniquePtr<EVP_PKEY>(key.get());
}

bssl::UniquePtr<EVP_PKEY> NewEd25519Key() {
  uint8_t unused[32];
  uint8_t pair[64];
  ED25519_keypair(unused, pair);
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, pair, 32));
  Check(key != nullptr, "making a key");
  return key;
}

// Signs |made| as |digest| of CertificateSpec says.
void Sign(X509 *made, EVP_PKEY *key, const std::string &digest) {
  if (EVP_PKEY_id(key) == EVP_PKEY_ED25519) {
    Check(X509_sign(made, key, nullptr) > 0, "signing");
    return;
  }
  const bool is_pss = digest.rfind("pss-", 0) == 0;
  const EVP_MD *hash = EVP_get_digestbyname(digest.c_str() + (is_pss ? 4 : 0));
  Check(hash != nullptr, "finding a hash");
  if (!is_pss) {
    Check(X509_sign(made, key, hash) > 0, "signing");
    return;
  }
  bssl::ScopedEVP_MD_CTX context;
  EVP_PKEY_CTX *how = nullptr;
  Check(EVP_DigestSignInit(context.get(), &how, hash, nullptr, key) &&
            EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(how, -1) && X509_sign_ctx(made, context.get()) > 0,
        "signing with RSA-PSS");
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

bssl::UniquePtr<EVP_PKEY> NewKey(const std::string &kind) {
  if (kind == "Ed25519") return NewEd25519Key();
  if (kind.rfind("RSA-", 0) == 0) return RsaKey(std::atoi(kind.c_str() + 4));
  const int curve = EC_curve_nist2nid(kind.c_str());
  Check(curve != NID_undef, "finding a curve");
  return NewCurveKey(curve);
}

Identity::Identity(const CertificateSpec &spec, const Identity *issuer)
    : certificate_(X509_new()), key_(NewKey(spec.key)) {
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
  if (spec.usage != nullptr) AddExtension(made, NID_key_usage, spec.usage);
  AddNames(made, spec);
  EVP_PKEY *key = issuer != nullptr ? issuer->key() : key_.get();
  Sign(made, key, spec.digest);
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
