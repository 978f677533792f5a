#include "tests/auth/scram_server.h"

#include <openssl/hmac.h>

#include "tests/auth/base64.h"

namespace pop3_testing {
namespace {

constexpr char kSalt[] = "0123456789abcdef";
constexpr unsigned kRounds = 4096;

const uint8_t *Octets(const std::string &text) {
  return reinterpret_cast<const uint8_t *>(text.data());
}

std::string Text(const uint8_t *data, size_t len) {
  return std::string(reinterpret_cast<const char *>(data), len);
}

// The value of attribute |name| in a message, "" if it has none.
std::string Attribute(const std::string &message, char name) {
  const std::string text = "," + message;
  const size_t at = text.find(std::string(",") + name + "=");
  if (at == std::string::npos) return "";
  return text.substr(at + 3, text.find(',', at + 3) - at - 3);
}

}  // namespace

std::string ScramServer::Hmac(const std::string &key, const std::string &text) const {
  uint8_t mac[EVP_MAX_MD_SIZE];
  unsigned len = 0;
  HMAC(md_, key.data(), key.size(), Octets(text), text.size(), mac, &len);
  return Text(mac, len);
}

std::string ScramServer::Hash(const std::string &text) const {
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned len = 0;
  EVP_Digest(text.data(), text.size(), digest, &len, md_, nullptr);
  return Text(digest, len);
}

std::string ScramServer::First(const std::string &client_first) {
  const size_t bare_at = client_first.find(',', client_first.find(',') + 1) + 1;
  gs2_header_ = client_first.substr(0, bare_at);
  client_first_bare_ = client_first.substr(bare_at);
  user_ = Attribute(client_first_bare_, 'n');
  server_first_ = "r=" + Attribute(client_first_bare_, 'r') + "server,s=" + Base64(kSalt) +
                  ",i=" + std::to_string(kRounds);
  return server_first_;
}

std::string ScramServer::Final(const std::string &client_final) {
  const size_t proof_at = client_final.rfind(",p=");
  const std::string bound = Unbase64(Attribute(client_final, 'c'));
  if (proof_at == std::string::npos || bound.compare(0, gs2_header_.size(), gs2_header_) != 0 ||
      Attribute(client_final, 'r') != Attribute(server_first_, 'r')) {
    return "";
  }
  binding_ = bound.substr(gs2_header_.size());
  const std::string auth_message =
      client_first_bare_ + "," + server_first_ + "," + client_final.substr(0, proof_at);

  uint8_t salted[EVP_MAX_MD_SIZE];
  const std::string salt = kSalt;
  PKCS5_PBKDF2_HMAC(password_.data(), password_.size(), Octets(salt), salt.size(), kRounds, md_,
                    EVP_MD_size(md_), salted);
  const std::string salted_password = Text(salted, EVP_MD_size(md_));
  const std::string stored_key = Hash(Hmac(salted_password, "Client Key"));
  const std::string signature = Hmac(stored_key, auth_message);
  std::string client_key = Unbase64(client_final.substr(proof_at + 3));
  if (client_key.size() != signature.size()) return "";
  for (size_t i = 0; i < client_key.size(); i++) {
    client_key[i] = static_cast<char>(client_key[i] ^ signature[i]);
  }
  if (Hash(client_key) != stored_key) return "";
  return "v=" + Base64(Hmac(Hmac(salted_password, "Server Key"), auth_message));
}

}  // namespace pop3_testing
