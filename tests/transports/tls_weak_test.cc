#include "transports/tls_weak.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>

#include <string>

#include "tests/testing/certificates.h"
#include "tests/testing/test_host.h"
#include "tests/transports/tls_drive.h"

namespace pop3_testing {
namespace tls_weak_test {
namespace {

// What is said about a certificate; "" if it is strong.
std::string Weakness(X509 *certificate) {
  TestHost host;
  p3_tls_text text;
  p3_tls_text_init(&text, host.get());
  const int is_weak = p3_tls_add_weakness(&text, certificate);
  EXPECT_FALSE(text.failed);
  EXPECT_EQ(is_weak, text.len > 0 ? 1 : 0);
  const std::string words(text.data != nullptr ? text.data : "", text.len);
  p3_tls_text_free(&text);
  return words;
}

std::string Weakness(const char *key, const char *digest, const Identity *issuer = nullptr) {
  CertificateSpec spec;
  spec.common_name = "mail";
  spec.key = key;
  spec.digest = digest;
  return Weakness(Identity(spec, issuer).certificate());
}

TEST(TlsWeak, KeysAreMeasured) {
  EXPECT_EQ(Weakness("RSA-1024", "sha256"), "CN=mail has an RSA key of 1024 bits");
  EXPECT_EQ(Weakness("RSA-1920", "sha256"), "CN=mail has an RSA key of 1920 bits");
  EXPECT_EQ(Weakness("RSA-2047", "sha256"), "CN=mail has an RSA key of 2047 bits");
  for (const char *key : {"RSA-2048", "P-224", "P-256", "P-384", "P-521", "Ed25519"}) {
    EXPECT_EQ(Weakness(key, "sha256"), "") << key;
  }
}

TEST(TlsWeak, HashesAreLookedAt) {
  const struct {
    const char *key;
    const char *digest;
    const char *words;
  } cases[] = {
      {"P-256", "sha1", "CN=mail is signed with SHA-1"},
      {"RSA-2048", "md5", "CN=mail is signed with MD5"},
      {"RSA-2048", "sha1", "CN=mail is signed with SHA-1"},
      {"RSA-2048", "pss-sha1", "CN=mail is signed with SHA-1"},
      {"P-256", "sha224", ""},
      {"P-256", "sha256", ""},
      {"P-256", "sha384", ""},
      {"P-256", "sha512", ""},
      {"RSA-2048", "sha224", ""},
      {"RSA-2048", "sha256", ""},
      {"RSA-2048", "sha384", ""},
      {"RSA-2048", "sha512", ""},
      {"RSA-2048", "pss-sha256", ""},
      {"RSA-2048", "pss-sha384", ""},
      {"RSA-2048", "pss-sha512", ""},
  };
  for (const auto &one : cases) {
    EXPECT_EQ(Weakness(one.key, one.digest), one.words) << one.key << " " << one.digest;
  }
}

TEST(TlsWeak, BothAreTold) {
  EXPECT_EQ(Weakness("RSA-1024", "md5"),
            "CN=mail is signed with MD5 and has an RSA key of 1024 bits");
}

// The signature is the issuer's, the key is the certificate's.
TEST(TlsWeak, TheIssuersKeyIsNotTheCertificates) {
  CertificateSpec spec;
  spec.is_ca = true;
  spec.key = "RSA-1024";
  const Identity issuer(spec);
  EXPECT_EQ(Weakness("P-256", "sha256", &issuer), "");
  EXPECT_EQ(Weakness("P-256", "md5", &issuer), "CN=mail is signed with MD5");
}

// Certificates that BoringSSL reads and does not make: `openssl req -x509 -newkey ...`.
std::string WeaknessOfPem(const std::string &pem) {
  bssl::UniquePtr<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  bssl::UniquePtr<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (!certificate) return "cannot be read";
  return Weakness(certificate.get());
}

TEST(TlsWeak, WhatIsNotKnownIsNotStrong) {
  const struct {
    const char *pem;
    const char *words;
  } cases[] = {
      {"-----BEGIN CERTIFICATE-----\n"
       "MIIBUjCCAQigAwIBAgIUW1X94TxLYjjNCvfvwZvE8oMjjD4wCgYIKoZIzj0EAwIw\n"
       "DzENMAsGA1UEAwwEcDE5MjAgFw0yNjExMjgwMDE3NDhaGA8yMTI2MTEwNDAwMTc0\n"
       "OFowDzENMAsGA1UEAwwEcDE5MjBGMBAGByqGSM49AgEGBSuBBAAfAzIABCXJiJz2\n"
       "DlYb/VVhNziJQozbK2HALpwT7EFRer3+wEwsrJ5zJQsm4lPM+tRi+YBNh6NTMFEw\n"
       "HQYDVR0OBBYEFB+XM0b6JccG/QpKg7oaza+L2ftSMB8GA1UdIwQYMBaAFB+XM0b6\n"
       "JccG/QpKg7oaza+L2ftSMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDOAAw\n"
       "NQIZANCGHMJGHNYnG2NbTXxzKeHMaN0iBNDF4gIYMRhkfTXjHO6jhptH0rrh3PlG\n"
       "gghe10Fr\n"
       "-----END CERTIFICATE-----\n",
       "CN=p192 has a key of a kind that is not known"},
      {"-----BEGIN CERTIFICATE-----\n"
       "MIIC0zCCAoGgAwIBAgIUCtDSrmAS2X4tnefTFoKcgtEeIC0wCwYJYIZIAWUDBAMC\n"
       "MA4xDDAKBgNVBAMMA2RzYTAgFw0yNjExMjgwMDE3NDhaGA8yMTI2MTEwNDAwMTc0\n"
       "OFowDjEMMAoGA1UEAwwDZHNhMIIBvjCCATMGByqGSM44BAEwggEmAoGBAOjaWkaf\n"
       "MOeqJ4ycOUqVolh1xDAYnJkZ6BIhLUGvJFWBwuXXsnI7Y6OEJtYgWyJKpFd0lHhU\n"
       "rQ7YLAoLss7pHgUgSf3sDaaGSivJV8hUiiU/luYUy6+wNabbxTlZ7OsMcyqykzp3\n"
       "q4+NulN9BwJHP/NxtnrhNIs9MneN9FEsdq37Ah0Al3AvH4IbBPmjy6aAJ+nfsXJX\n"
       "2PMHnXJ5RI/zQQKBgDsPTdfcKVgP7NzuhRFF/YEOJ0iPehaPXGG9ghbBaI4PrA1l\n"
       "o3xCK6Uhjnb+o5ePrCQKkAVLTldZv89hanCbE0X0UPX14SciygHOIo0pajslzyfi\n"
       "refQPIetbmm5yABs2siIWGHrwCiNXPAxxXo3jfqjPN6PUWBKoUeCoZcnkAwzA4GE\n"
       "AAKBgGbSy/1om6oeCiEwG1uI3aZFchmR3RZtpX3/Wa0v0DxADlJ1rqXO5b3BVYjg\n"
       "IE/kIAn3UvFrY9p8caWKGAWp7jmNjfB+I/B8KPCLQ/EwvRDPSKAk4ILIx3/TSb1f\n"
       "D1n9jzqb+DM/aTtxu5Br40BsXMyA4IqBgCbsjVOen/k+oTOWo1MwUTAdBgNVHQ4E\n"
       "FgQUYThCbfM5hTkTyFxZHtu0SSR4D4gwHwYDVR0jBBgwFoAUYThCbfM5hTkTyFxZ\n"
       "Htu0SSR4D4gwDwYDVR0TAQH/BAUwAwEB/zALBglghkgBZQMEAwIDPwAwPAIcDjq3\n"
       "pSlAwN/3seA/P/l7SfC9WaIotgfvaa7BvAIcOyfR/XR6ZgtwZdavJiezw4hsFth2\n"
       "eGIcrHJwxA==\n"
       "-----END CERTIFICATE-----\n",
       "CN=dsa has a DSA key"},
      {"-----BEGIN CERTIFICATE-----\n"
       "MIIC/zCCAeegAwIBAgIUOQlWHRPHf6NF6EYlHSKbKw66rDkwDQYJKoZIhvcNAQED\n"
       "BQAwDjEMMAoGA1UEAwwDbWQ0MCAXDTI2MTEyODAwMTc0OFoYDzIxMjYxMTA0MDAx\n"
       "NzQ4WjAOMQwwCgYDVQQDDANtZDQwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEK\n"
       "AoIBAQCrNS9aTgdPEd/kdtLW1BY3DHtFnjCVjPU2HnCekqMyKoAdDf6yacn/y8Kv\n"
       "BUHA6rH/I4xylDyEeMbKFYxbVblC7NeCEs7XJ2GNzGeVcSf5SQXMagvagTLfGiU2\n"
       "w2y7mItxw/Y86jIiex+sMM6axc5G/zRm8E0AjTzVpDRL1rbxHI9J1Faq06lucqC8\n"
       "oeEX2TuMCZI+puoOx4H5jQWdUjzRltispQKnadTG4cV/4+07uLueXks7WXJKhTR4\n"
       "qaiqWeQRYKCFlsTygJHgGXnVgary8iHFebBQoKEidT+WpaQleNBtrCeW0HzJw08+\n"
       "YdmiGdbTHpIm2npa29GvDEA8GKaTAgMBAAGjUzBRMB0GA1UdDgQWBBSmC3qOae3G\n"
       "/OsKBMLToZM69yFNNDAfBgNVHSMEGDAWgBSmC3qOae3G/OsKBMLToZM69yFNNDAP\n"
       "BgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBAwUAA4IBAQAB4UGPpGyNe02MZrQ+\n"
       "VHvFYffYdVMUYVJ6fxRjNXVnyJiRqkHMRJOdvy3Bt7miGRUzGIVr2qjL95/Hc0UC\n"
       "k7yF+AbQ14pSVR8uBoiWCOvEPJdCc5+3jq+kELV6QMvMYK9pIeUH3mf05H9C95ej\n"
       "quA5Ypt3vurLMr8E/lVRecxLGQ7IslEzKgTMOZ9XygeKvEEPf3KfOwDvVwWytHaz\n"
       "f5Vgv5zqxTUv60NCLZB0Cxb56PZUfRqxB+eG60RyWZ8Dhv0z3+MGNDtLsOFhbKsO\n"
       "6sZtlhLVTpGjmA/9g7KR1sZN+og6I0kZRgTYeRqj0tLCqZrxIXvMgebRwPHs5MqS\n"
       "/6fQ\n"
       "-----END CERTIFICATE-----\n",
       "CN=md4 is signed with MD4"},
      {"-----BEGIN CERTIFICATE-----\n"
       "MIIBeDCCARygAwIBAgIUAh11NOqgf25emweA+DzvQhRH88YwCwYJYIZIAWUDBAMK\n"
       "MA8xDTALBgNVBAMMBHNoYTMwIBcNMjYxMTI4MDAxNzQ4WhgPMjEyNjExMDQwMDE3\n"
       "NDhaMA8xDTALBgNVBAMMBHNoYTMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR1\n"
       "FGM4lFr7MdZHynmKFzn4IjP+mxWUAeGm/BWVtDyjeSKk0e6ba73wCS8o6Qukhg1+\n"
       "FRogh7ym55Vrp4H0BCdko1MwUTAdBgNVHQ4EFgQU31QZz73AxFpKO0QY8Cmz4asS\n"
       "1AAwHwYDVR0jBBgwFoAU31QZz73AxFpKO0QY8Cmz4asS1AAwDwYDVR0TAQH/BAUw\n"
       "AwEB/zALBglghkgBZQMEAwoDSQAwRgIhANmfC6NISGg9vFynUCtP07kgcfD3ubSj\n"
       "M48PmxsxE4yxAiEApPPOb84w3nyhi15sjnMepevwzRlAtzHnmwFDu7IXSHw=\n"
       "-----END CERTIFICATE-----\n",
       "CN=sha3 is signed with an unknown hash"},
      {"-----BEGIN CERTIFICATE-----\n"
       "MIIBgjCCAQKgAwIBAgIUWGi9HUPZCJI4EhnQV4jg58k77DkwBQYDK2VxMBAxDjAM\n"
       "BgNVBAMMBWVkNDQ4MCAXDTI2MTEyODAwMTc0OVoYDzIxMjYxMTA0MDAxNzQ5WjAQ\n"
       "MQ4wDAYDVQQDDAVlZDQ0ODBDMAUGAytlcQM6AHjP6RPY7U4k4fG65zUyQGsUXQhF\n"
       "vnjrhWdifJJ8s4j+YW3jWIh9XniLlUDssqVMafN0M7DO5QVXgKNTMFEwHQYDVR0O\n"
       "BBYEFKniy16pRT52765KqKwNDGlMTVfZMB8GA1UdIwQYMBaAFKniy16pRT52765K\n"
       "qKwNDGlMTVfZMA8GA1UdEwEB/wQFMAMBAf8wBQYDK2VxA3MAn4KfLOVAzN+Xm7tV\n"
       "2JUO80S8NUm19z4sfYj78DcCOLEyU4yUPWJbFwiFrlIFMw6aXXwtGObpI2SAPLlH\n"
       "k/vZIlxiF8+2Fms9qRzpe4a8B3M05dq9bRQ89H8fCV4u7DPycnPYQgkv+wWV+c3y\n"
       "PhWpkTAA\n"
       "-----END CERTIFICATE-----\n",
       "CN=ed448 is signed with an unknown hash and has a key of a kind that is not known"},
  };
  for (const auto &one : cases) EXPECT_EQ(WeaknessOfPem(one.pem), one.words);
}

TEST(TlsWeak, ACertificateMayHaveNoSubject) {
  CertificateSpec spec;
  spec.key = "RSA-1024";
  const Identity made(spec);
  bssl::UniquePtr<X509> bare(X509_dup(made.certificate()));
  bssl::UniquePtr<X509_NAME> nobody(X509_NAME_new());
  ASSERT_TRUE(bare && nobody && X509_set_subject_name(bare.get(), nobody.get()));
  EXPECT_EQ(Weakness(bare.get()), "a certificate without a subject has an RSA key of 1024 bits");
}

}  // namespace
}  // namespace tls_weak_test
}  // namespace pop3_testing
