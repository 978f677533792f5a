// The import library that @boringssl is on Debian; with a real static BoringSSL it passes as well.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <openssl/aead.h>
#include <openssl/bio.h>
#include <openssl/digest.h>
#include <openssl/err.h>
#include <openssl/md5.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace boringssl_test {
namespace {

std::string Hex(const uint8_t *data, size_t len) {
  static const char kDigits[] = "0123456789abcdef";
  std::string out;
  for (size_t i = 0; i < len; i++) {
    out += kDigits[data[i] >> 4];
    out += kDigits[data[i] & 15];
  }
  return out;
}

// First in this file, so that the threads meet the slots while they are empty.
TEST(BoringSsl, FirstCallsFromManyThreadsAtOnce) {
  std::atomic<bool> go{false};
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; i++) {
    threads.emplace_back([&] {
      while (!go) std::this_thread::yield();
      uint8_t digest[SHA256_DIGEST_LENGTH];
      SHA256(reinterpret_cast<const uint8_t *>("abc"), 3, digest);
      SSL_CTX *ctx = SSL_CTX_new(TLS_method());
      if (Hex(digest, 4) == "ba7816bf" && ctx != nullptr) right++;
      SSL_CTX_free(ctx);
    });
  }
  go = true;
  for (std::thread &thread : threads) thread.join();
  EXPECT_EQ(right, 8);
}

TEST(BoringSsl, Md5OfAbc) {
  uint8_t digest[MD5_DIGEST_LENGTH];
  MD5(reinterpret_cast<const uint8_t *>("abc"), 3, digest);
  EXPECT_EQ(Hex(digest, sizeof(digest)), "900150983cd24fb0d6963f7d28e17f72");
}

TEST(BoringSsl, AFunctionsAddressIsCallable) {
  const EVP_MD *(*volatile pointer)(void) = EVP_sha1;
  EXPECT_EQ(EVP_MD_size(pointer()), 20u);
}

// al and the vector registers must survive the first call, too.
TEST(BoringSsl, VariadicFirstCall) {
  BIO *bio = BIO_new(BIO_s_mem());
  ASSERT_NE(bio, nullptr);
  BIO_printf(bio, "%d %s %.2f %.1f %d %d %d", 1, "two", 3.25, 4.5, 5, 6, 7);
  const uint8_t *data = nullptr;
  size_t len = 0;
  ASSERT_TRUE(BIO_mem_contents(bio, &data, &len));
  EXPECT_EQ(std::string(reinterpret_cast<const char *>(data), len), "1 two 3.25 4.5 5 6 7");
  BIO_free(bio);
}

// Ten arguments: some of them are on the stack.
TEST(BoringSsl, ManyArgumentsFirstCall) {
  const uint8_t key[32] = {1};
  const uint8_t nonce[12] = {2};
  const std::string text = "the quick brown fox";
  bssl::ScopedEVP_AEAD_CTX ctx;
  ASSERT_TRUE(
      EVP_AEAD_CTX_init(ctx.get(), EVP_aead_chacha20_poly1305(), key, sizeof(key), 16, nullptr));
  uint8_t sealed[64];
  size_t sealed_len = 0;
  ASSERT_TRUE(EVP_AEAD_CTX_seal(ctx.get(), sealed, &sealed_len, sizeof(sealed), nonce,
                                sizeof(nonce), reinterpret_cast<const uint8_t *>(text.data()),
                                text.size(), nullptr, 0));
  uint8_t opened[64];
  size_t opened_len = 0;
  ASSERT_TRUE(EVP_AEAD_CTX_open(ctx.get(), opened, &opened_len, sizeof(opened), nonce,
                                sizeof(nonce), sealed, sealed_len, nullptr, 0));
  EXPECT_EQ(std::string(reinterpret_cast<const char *>(opened), opened_len), text);
}

TEST(BoringSsl, ErrnoSurvivesTheFirstCall) {
  errno = 4711;
  ERR_clear_error();
  EXPECT_EQ(errno, 4711);
}

// SSL_new down to a ClientHello: libssl calling libcrypto.
TEST(BoringSsl, ClientHelloComesOut) {
  bssl::UniquePtr<SSL_CTX> ctx(SSL_CTX_new(TLS_method()));
  ASSERT_TRUE(ctx);
  bssl::UniquePtr<SSL> ssl(SSL_new(ctx.get()));
  ASSERT_TRUE(ssl);
  BIO *in = BIO_new(BIO_s_mem());
  BIO *out = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(in, -1);
  SSL_set_bio(ssl.get(), in, out);
  SSL_set_connect_state(ssl.get());
  EXPECT_EQ(SSL_do_handshake(ssl.get()), -1);
  EXPECT_EQ(SSL_get_error(ssl.get(), -1), SSL_ERROR_WANT_READ);
  const uint8_t *data = nullptr;
  size_t len = 0;
  ASSERT_TRUE(BIO_mem_contents(out, &data, &len));
  ASSERT_GT(len, 100u);
  EXPECT_EQ(data[0], 22);  // a handshake record
}

// Nobody else in the process may see BoringSSL's names: that is what the import library is for.
TEST(BoringSsl, ItsNamesAreNotInTheGlobalScope) {
  EXPECT_EQ(dlsym(RTLD_DEFAULT, "MD5"), nullptr);
  EXPECT_EQ(dlsym(RTLD_DEFAULT, "HMAC"), nullptr);
  EXPECT_EQ(dlsym(RTLD_DEFAULT, "SSL_CTX_new"), nullptr);
}

}  // namespace
}  // namespace boringssl_test
