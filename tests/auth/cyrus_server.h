// The server's side of SASL, played by libsasl2: what clients of Cyrus meet.
#ifndef POP3_TESTS_AUTH_CYRUS_SERVER_H_
#define POP3_TESTS_AUTH_CYRUS_SERVER_H_

#include <pop3/spi/auth.h>
#include <sasl/sasl.h>

#include <string>

namespace pop3_testing {

// CyrusServer is one connection to "mail.example" where "alice" has the password kCyrusPassword
// and may act as "bob".
class CyrusServer {
 public:
  struct Options {
    std::string binding_name;  // "" for no channel binding
    std::string binding;
    unsigned min_ssf = 0;
    unsigned max_ssf = 0;  // of a security layer
    unsigned max_frame = 4096;
    std::string external;  // who the client is by its certificate
  };

  // Reply is what the server says to a line.
  struct Reply {
    pop3_auth_event event;
    std::string text;
  };

  explicit CyrusServer(const Options &options);
  CyrusServer() : CyrusServer(Options()) {}
  ~CyrusServer();
  CyrusServer(const CyrusServer &) = delete;
  CyrusServer &operator=(const CyrusServer &) = delete;

  // Take takes a line of the client, without CRLF.
  Reply Take(const std::string &line);

  // user returns who is logged in, ssf how strong the security layer is.
  std::string user() const;
  unsigned ssf() const;

  // Encode and Decode are the server's end of the security layer. Decode answers "bad" to what it
  // cannot read, and appends to what it could not finish.
  std::string Encode(const std::string &plain);
  std::string Decode(const std::string &coded);

 private:
  Reply Answer(int code, const char *out, unsigned out_len);

  std::string binding_;
  std::string binding_name_;
  sasl_channel_binding_t cyrus_binding_ = {};
  sasl_conn_t *conn_ = nullptr;
  bool started_ = false;
};

extern const char kCyrusPassword[];

}  // namespace pop3_testing

#endif  // POP3_TESTS_AUTH_CYRUS_SERVER_H_
