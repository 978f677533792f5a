// BoringSSL in a program that has OpenSSL's libcrypto.so.3 in its global scope.
#include "tools/bazel/tests/openssl_user.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ssl.h>

#include <cstdint>
#include <cstring>
#include <string>

// Only OpenSSL 3 has it, so this call is bound to libcrypto.so.3 by the link itself.
extern "C" int EVP_default_properties_is_fips_enabled(void *libctx);

namespace openssl_test {
namespace {

const uint8_t kData[] = "what do ya want for nothing?";
const size_t kDataLen = sizeof(kData) - 1;

TEST(WithOpenSsl, EachIsItself) {
  EXPECT_EQ(std::string(openssl_user_version()).substr(0, 7), "OpenSSL");
  EXPECT_STREQ(OpenSSL_version(0), "BoringSSL");
  EXPECT_EQ(EVP_default_properties_is_fips_enabled(nullptr), 0);
  EXPECT_NE(dlsym(RTLD_DEFAULT, "HMAC"), nullptr) << "OpenSSL is not in the global scope";
}

// By turns, so that state of the one that ends up in the other is noticed.
TEST(WithOpenSsl, BothComputeTheSame) {
  for (int i = 0; i < 3; i++) {
    uint8_t theirs[EVP_MAX_MD_SIZE] = {0};
    uint8_t ours[EVP_MAX_MD_SIZE] = {0};
    unsigned ours_len = 0;
    EXPECT_EQ(openssl_user_hmac(theirs, "Jefe", kData, kDataLen), 32u);
    ASSERT_NE(HMAC(EVP_sha256(), "Jefe", 4, kData, kDataLen, ours, &ours_len), nullptr);
    EXPECT_EQ(ours_len, 32u);
    EXPECT_EQ(memcmp(ours, theirs, 32), 0);
    EXPECT_EQ(ours[0], 0x5b);  // RFC 4231, test case 2
  }
}

TEST(WithOpenSsl, TlsObjects) {
  bssl::UniquePtr<SSL_CTX> ctx(SSL_CTX_new(TLS_method()));
  ASSERT_TRUE(ctx);
  bssl::UniquePtr<SSL> ssl(SSL_new(ctx.get()));
  ASSERT_TRUE(ssl);
  BIO *bio = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), bio, bio);
  SSL_set_connect_state(ssl.get());
  EXPECT_EQ(SSL_do_handshake(ssl.get()), -1);
  uint8_t mac[32];
  EXPECT_EQ(openssl_user_hmac(mac, "Jefe", kData, kDataLen), 32u);
}

}  // namespace
}  // namespace openssl_test
