// The server's side of SCRAM (RFC 5802), computed by BoringSSL.
#ifndef POP3_TESTS_AUTH_SCRAM_SERVER_H_
#define POP3_TESTS_AUTH_SCRAM_SERVER_H_

#include <openssl/evp.h>

#include <string>

namespace pop3_testing {

// ScramServer is one exchange. It takes and gives messages, not base64.
class ScramServer {
 public:
  ScramServer(const EVP_MD *md, const std::string &password) : md_(md), password_(password) {}

  // First takes the client's first message and returns the server's.
  std::string First(const std::string &client_first);
  // Final takes the client's last message and returns the server's, or "" if the client has not
  // proved that it knows the password.
  std::string Final(const std::string &client_final);

  // What the client's first message said.
  const std::string &gs2_header() const { return gs2_header_; }
  const std::string &user() const { return user_; }
  // The octets of the channel binding that the client's last message is about.
  const std::string &binding() const { return binding_; }

 private:
  std::string Hmac(const std::string &key, const std::string &text) const;
  std::string Hash(const std::string &text) const;

  const EVP_MD *md_;
  std::string password_;
  std::string gs2_header_;
  std::string user_;
  std::string client_first_bare_;
  std::string server_first_;
  std::string binding_;
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_AUTH_SCRAM_SERVER_H_
