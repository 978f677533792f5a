// Cyrus SASL beside BoringSSL. The mechanism loads OpenSSL into the process behind our back.
#include <gtest/gtest.h>
#include <openssl/base64.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <sasl/sasl.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace sasl_test {
namespace {

const char kUser[] = "alice";
const char kPassword[] = "wonderland";

int GetName(void *, int, const char **result, unsigned *len) {
  *result = kUser;
  if (len != nullptr) *len = sizeof(kUser) - 1;
  return SASL_OK;
}

int GetSecret(sasl_conn_t *, void *context, int, sasl_secret_t **secret) {
  *secret = static_cast<sasl_secret_t *>(context);
  return SASL_OK;
}

// The type of a callback in sasl_callback_t: by way of the one function type that may become any.
template <typename Function>
int (*Callback(Function function))() {
  return reinterpret_cast<int (*)()>(reinterpret_cast<void (*)()>(function));
}

class Sasl : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_EQ(sasl_client_init(nullptr), SASL_OK); }
  static void TearDownTestSuite() { sasl_done(); }

  void SetUp() override {
    const size_t len = sizeof(kPassword) - 1;
    secret_ = static_cast<sasl_secret_t *>(malloc(sizeof(sasl_secret_t) + len));
    secret_->len = len;
    memcpy(secret_->data, kPassword, len + 1);
    callbacks_ = {
        {SASL_CB_USER, Callback(GetName), nullptr},
        {SASL_CB_AUTHNAME, Callback(GetName), nullptr},
        {SASL_CB_PASS, Callback(GetSecret), secret_},
        {SASL_CB_LIST_END, nullptr, nullptr},
    };
    ASSERT_EQ(sasl_client_new("pop", "localhost", nullptr, nullptr, callbacks_.data(), 0, &conn_),
              SASL_OK);
  }

  void TearDown() override {
    sasl_dispose(&conn_);
    free(secret_);
  }

  sasl_secret_t *secret_ = nullptr;
  std::vector<sasl_callback_t> callbacks_;
  sasl_conn_t *conn_ = nullptr;
};

std::string Base64(const uint8_t *data, size_t len) {
  std::vector<uint8_t> out((len + 2) / 3 * 4 + 1);
  out.resize(EVP_EncodeBlock(out.data(), data, len));
  return std::string(out.begin(), out.end());
}

std::string Hmac(const std::string &key, const std::string &text) {
  uint8_t mac[EVP_MAX_MD_SIZE];
  unsigned len = 0;
  HMAC(EVP_sha256(), key.data(), key.size(), reinterpret_cast<const uint8_t *>(text.data()),
       text.size(), mac, &len);
  return std::string(reinterpret_cast<char *>(mac), len);
}

// RFC 5802, section 3: ClientProof, as BoringSSL computes it.
std::string Proof(const std::string &salt, unsigned rounds, const std::string &auth_message) {
  uint8_t salted[32];
  EXPECT_TRUE(PKCS5_PBKDF2_HMAC(kPassword, sizeof(kPassword) - 1,
                                reinterpret_cast<const uint8_t *>(salt.data()), salt.size(), rounds,
                                EVP_sha256(), sizeof(salted), salted));
  const std::string client_key =
      Hmac(std::string(reinterpret_cast<char *>(salted), sizeof(salted)), "Client Key");
  uint8_t stored[32];
  SHA256(reinterpret_cast<const uint8_t *>(client_key.data()), client_key.size(), stored);
  const std::string signature =
      Hmac(std::string(reinterpret_cast<char *>(stored), sizeof(stored)), auth_message);
  uint8_t proof[32];
  for (size_t i = 0; i < sizeof(proof); i++) {
    proof[i] = static_cast<uint8_t>(client_key[i] ^ signature[i]);
  }
  return Base64(proof, sizeof(proof));
}

TEST_F(Sasl, Plain) {
  const char *out = nullptr;
  unsigned out_len = 0;
  const char *mechanism = nullptr;
  ASSERT_EQ(sasl_client_start(conn_, "PLAIN", nullptr, &out, &out_len, &mechanism), SASL_OK)
      << sasl_errdetail(conn_);
  EXPECT_STREQ(mechanism, "PLAIN");
}

// With a BoringSSL whose names were visible, this died in sasl_client_step.
TEST_F(Sasl, ScramSha256BesideBoringSsl) {
  bssl::UniquePtr<SSL_CTX> ctx(SSL_CTX_new(TLS_method()));
  ASSERT_TRUE(ctx);

  const char *out = nullptr;
  unsigned out_len = 0;
  const char *mechanism = nullptr;
  ASSERT_EQ(sasl_client_start(conn_, "SCRAM-SHA-256", nullptr, &out, &out_len, &mechanism),
            SASL_CONTINUE)
      << sasl_errdetail(conn_);
  const std::string first(out, out_len);
  const size_t bare_at = first.find(",n=");  // behind the GS2 header
  ASSERT_NE(bare_at, std::string::npos) << first;
  const std::string first_bare = first.substr(bare_at + 1);
  const std::string nonce = first_bare.substr(first_bare.find("r=") + 2);

  const std::string salt = "0123456789abcdef";
  const std::string server_first =
      "r=" + nonce +
      "SERVER,s=" + Base64(reinterpret_cast<const uint8_t *>(salt.data()), salt.size()) + ",i=4096";
  ASSERT_EQ(sasl_client_step(conn_, server_first.data(), static_cast<unsigned>(server_first.size()),
                             nullptr, &out, &out_len),
            SASL_CONTINUE)
      << sasl_errdetail(conn_);
  const std::string final_message(out, out_len);
  const size_t at = final_message.find(",p=");
  ASSERT_NE(at, std::string::npos) << final_message;
  const std::string without_proof = final_message.substr(0, at);
  EXPECT_EQ(final_message.substr(at + 3),
            Proof(salt, 4096, first_bare + "," + server_first + "," + without_proof));
}

}  // namespace
}  // namespace sasl_test
