// Base64 for tests, after BoringSSL.
#ifndef POP3_TESTS_AUTH_BASE64_H_
#define POP3_TESTS_AUTH_BASE64_H_

#include <openssl/base64.h>

#include <string>

namespace pop3_testing {

inline std::string Base64(const std::string &data) {
  std::string out((data.size() + 2) / 3 * 4 + 1, '\0');
  out.resize(EVP_EncodeBlock(reinterpret_cast<uint8_t *>(&out[0]),
                             reinterpret_cast<const uint8_t *>(data.data()), data.size()));
  return out;
}

// Unbase64 returns what |text| stands for, or "not base64".
inline std::string Unbase64(const std::string &text) {
  std::string out(text.size(), '\0');
  size_t len = 0;
  if (EVP_DecodeBase64(reinterpret_cast<uint8_t *>(&out[0]), &len, out.size(),
                       reinterpret_cast<const uint8_t *>(text.data()), text.size()) != 1) {
    return "not base64";
  }
  out.resize(len);
  return out;
}

}  // namespace pop3_testing

#endif  // POP3_TESTS_AUTH_BASE64_H_
