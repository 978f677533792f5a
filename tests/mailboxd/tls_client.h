// A TLS connection within one process: BoringSSL as the client, mailboxd's layer as the server.
#ifndef POP3_TESTS_MAILBOXD_TLS_CLIENT_H_
#define POP3_TESTS_MAILBOXD_TLS_CLIENT_H_

#include <openssl/ssl.h>

#include <cstdint>
#include <string>

#include "tests/mailboxd/support.h"
#include "tools/mailboxd/certificate.h"
#include "tools/mailboxd/tls.h"
#include "tools/mailboxd/tls_server.h"

// TlsPair is both ends, on a pair of sockets whose buffers are small.
class TlsPair {
 public:
  explicit TlsPair(uint16_t version);
  ~TlsPair();
  TlsPair(const TlsPair &) = delete;
  TlsPair &operator=(const TlsPair &) = delete;

  // Shake plays the handshake and says whether both sides ended it well.
  bool Shake();
  // Read lets the client read what is there now, |cap| octets at most.
  std::string Read(size_t cap);

  SSL *client() { return client_.get(); }
  tls *server() { return server_; }
  int fd() const { return fds_[1]; }
  // CloseClient ends the client's socket.
  void CloseClient();

 private:
  TempDir dir_;
  certificate certificate_ = {};
  bssl::UniquePtr<SSL_CTX> ctx_;
  bssl::UniquePtr<SSL> client_;
  tls_server *shared_ = nullptr;
  tls *server_ = nullptr;
  int fds_[2] = {-1, -1};
};

#endif  // POP3_TESTS_MAILBOXD_TLS_CLIENT_H_
