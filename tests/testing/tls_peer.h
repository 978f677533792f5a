// The server's side of TLS, around any Peer; it may misbehave in many ways.
#ifndef POP3_TESTS_TESTING_TLS_PEER_H_
#define POP3_TESTS_TESTING_TLS_PEER_H_

#include <openssl/ssl.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/testing/certificates.h"
#include "tests/testing/peer.h"

namespace pop3_testing {

// TlsServerSpec says how a server's TLS is.
struct TlsServerSpec {
  const Identity *identity = nullptr;   // copied
  std::vector<const Identity *> chain;  // intermediate certificates to send
  uint16_t min_version = TLS1_VERSION;
  uint16_t max_version = TLS1_3_VERSION;
  std::string alpn;           // the protocol to select; "": ALPN is ignored
  bool refuses_alpn = false;  // answers any ALPN by the alert no_application_protocol
  bool asks_certificate = false;
  bool needs_certificate = false;
  const Identity *client_ca = nullptr;  // who issues the clients' certificates
};

// TlsServer is what the connections of one server have in common: certificate, keys of tickets.
class TlsServer {
 public:
  explicit TlsServer(const TlsServerSpec &spec);
  TlsServer(const TlsServer &) = delete;
  TlsServer &operator=(const TlsServer &) = delete;

  SSL_CTX *context() const { return context_.get(); }
  const std::string &alpn() const { return alpn_; }
  bool refuses_alpn() const { return refuses_alpn_; }

 private:
  static int SelectAlpn(SSL *ssl, const uint8_t **out, uint8_t *out_len, const uint8_t *in,
                        unsigned in_len, void *arg);

  std::string alpn_;
  bool refuses_alpn_;
  bssl::UniquePtr<SSL_CTX> context_;
};

// TlsFaults is how a TlsPeer misbehaves.
struct TlsFaults {
  uint64_t eof_at = UINT64_MAX;   // ends the connection after so many octets of TLS
  bool no_close_notify = false;   // ends it without, when |inner| has closed
  int64_t drip_ms = 0;            // sends one octet of TLS in so many milliseconds
  std::string injection;          // sent in plain right behind the +OK to STLS
  std::string instead;            // sent in plain instead of the first flight
  uint64_t flip_at = UINT64_MAX;  // changes this octet of the TLS that it sends
};

// TlsPeer speaks TLS and hands what is inside to |inner|. With |after_stls| it is transparent until
// |inner| has answered a line STLS by +OK.
class TlsPeer : public Peer {
 public:
  TlsPeer(Peer *inner, const TlsServer *server, bool after_stls = false,
          const TlsFaults &faults = TlsFaults());

  void Receive(const uint8_t *data, size_t len) override;
  PeerState Turn(int64_t now_ms, std::string *out) override;

  // ssl is the server's end; its handshake may not be done.
  SSL *ssl() const { return ssl_.get(); }
  // connected says whether the handshake was done.
  bool connected() const { return connected_; }
  // resumed says whether it resumed a session.
  bool resumed() const { return connected_ && SSL_session_reused(ssl()) == 1; }
  // server_name is what the client sent as SNI.
  const std::string &server_name() const { return server_name_; }
  // got_close_notify says whether the client ended in order.
  bool got_close_notify() const { return got_close_notify_; }
  // octets_sent is how much TLS was sent.
  uint64_t octets_sent() const { return octets_sent_; }
  // error is BoringSSL's reason why the handshake or reading failed, or "".
  const std::string &error() const { return error_; }
  // Send sends |data| inside TLS in the next turn, before anything of |inner|.
  void Send(const std::string &data) { to_send_ += data; }

 private:
  friend class TlsServer;

  void TurnPlain(int64_t now_ms, std::string *out, PeerState *state);
  bool Handshake();
  PeerState TurnInside(int64_t now_ms);
  void Failed(int result);
  void Pour(int64_t now_ms, std::string *out, PeerState *state);

  Peer *inner_;
  TlsFaults faults_;
  bssl::UniquePtr<SSL> ssl_;
  bool plain_;
  bool stls_asked_ = false;
  std::string line_;  // the client's unfinished line, in plain
  bool connected_ = false;
  bool failed_ = false;
  bool got_close_notify_ = false;
  std::string server_name_;
  std::string error_;
  std::string to_send_;
  std::string wire_;  // TLS that was not sent yet
  uint64_t octets_sent_ = 0;
  int64_t next_drip_ms_ = 0;
  PeerState inside_;  // where |inner| stands
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_TLS_PEER_H_
