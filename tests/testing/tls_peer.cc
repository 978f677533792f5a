#include "tests/testing/tls_peer.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <strings.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace pop3_testing {

namespace {

void Check(bool ok, const char *what) {
  if (ok) return;
  std::fprintf(stderr, "TlsServer: %s failed\n", what);
  std::abort();
}

}  // namespace

TlsServer::TlsServer(const TlsServerSpec &spec)
    : alpn_(spec.alpn), refuses_alpn_(spec.refuses_alpn), context_(SSL_CTX_new(TLS_method())) {
  SSL_CTX *made = context();
  Check(made != nullptr && SSL_CTX_use_certificate(made, spec.identity->certificate()) &&
            SSL_CTX_use_PrivateKey(made, spec.identity->key()),
        "using the certificate");
  for (const Identity *issuer : spec.chain) {
    Check(SSL_CTX_add1_chain_cert(made, issuer->certificate()) == 1, "adding a certificate");
  }
  Check(SSL_CTX_set_min_proto_version(made, spec.min_version) &&
            SSL_CTX_set_max_proto_version(made, spec.max_version),
        "setting the versions");
  if (!alpn_.empty() || refuses_alpn_) SSL_CTX_set_alpn_select_cb(made, SelectAlpn, this);
  if (spec.asks_certificate || spec.needs_certificate) {
    SSL_CTX_set_verify(
        made, SSL_VERIFY_PEER | (spec.needs_certificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
        nullptr);
    Check(X509_STORE_add_cert(SSL_CTX_get_cert_store(made), spec.client_ca->certificate()) == 1,
          "trusting the clients' issuer");
  }
  const uint8_t id[] = "pop3";
  Check(SSL_CTX_set_session_id_context(made, id, sizeof(id)) == 1, "setting the context's name");
}

int TlsServer::SelectAlpn(SSL *, const uint8_t **out, uint8_t *out_len, const uint8_t *, unsigned,
                          void *arg) {
  const auto *self = static_cast<const TlsServer *>(arg);
  if (self->refuses_alpn_) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = reinterpret_cast<const uint8_t *>(self->alpn_.data());
  *out_len = static_cast<uint8_t>(self->alpn_.size());
  return SSL_TLSEXT_ERR_OK;
}

TlsPeer::TlsPeer(Peer *inner, const TlsServer *server, bool after_stls, const TlsFaults &faults)
    : inner_(inner), faults_(faults), ssl_(SSL_new(server->context())), plain_(after_stls) {
  BIO *in = BIO_new(BIO_s_mem());
  BIO *out = BIO_new(BIO_s_mem());
  Check(ssl_ && in != nullptr && out != nullptr, "making an SSL");
  BIO_set_mem_eof_return(in, -1);
  SSL_set_bio(ssl(), in, out);
  SSL_set_accept_state(ssl());
}

void TlsPeer::Receive(const uint8_t *data, size_t len) {
  if (!plain_) {
    BIO_write(SSL_get_rbio(ssl()), data, static_cast<int>(len));
    return;
  }
  for (size_t i = 0; i < len; i++) {
    if (data[i] != '\n') {
      line_.push_back(static_cast<char>(data[i]));
      continue;
    }
    if (strcasecmp(line_.c_str(), "STLS\r") == 0) stls_asked_ = true;
    line_.clear();
  }
  inner_->Receive(data, len);
}

void TlsPeer::TurnPlain(int64_t now_ms, std::string *out, PeerState *state) {
  std::string said;
  *state = inner_->Turn(now_ms, &said);
  *out += said;
  if (!stls_asked_ || said.empty()) return;
  stls_asked_ = false;
  if (said.compare(0, 3, "+OK") != 0) return;
  plain_ = false;
  *out += faults_.injection;
}

void TlsPeer::Failed(int result) {
  const int how = SSL_get_error(ssl(), result);
  if (how == SSL_ERROR_WANT_READ || how == SSL_ERROR_WANT_WRITE) return;
  if (how == SSL_ERROR_ZERO_RETURN) {
    got_close_notify_ = true;
    return;
  }
  const char *reason = ERR_reason_error_string(ERR_peek_error());
  error_ = reason != nullptr ? reason : "unknown";
  failed_ = true;
}

// Handshake returns true once it is done.
bool TlsPeer::Handshake() {
  if (connected_) return true;
  const int result = SSL_do_handshake(ssl());
  if (const char *name = SSL_get_servername(ssl(), TLSEXT_NAMETYPE_host_name)) server_name_ = name;
  if (result != 1) {
    Failed(result);
    return false;
  }
  connected_ = true;
  return true;
}

// TurnInside moves what is inside TLS.
PeerState TlsPeer::TurnInside(int64_t now_ms) {
  char buf[16384];
  for (;;) {
    const int got = SSL_read(ssl(), buf, sizeof(buf));
    if (got <= 0) {
      Failed(got);
      break;
    }
    inner_->Receive(reinterpret_cast<const uint8_t *>(buf), static_cast<size_t>(got));
  }
  std::string said;
  said.swap(to_send_);
  PeerState state = inner_->Turn(now_ms, &said);
  for (size_t at = 0; at < said.size() && !failed_;) {
    const int put = SSL_write(ssl(), said.data() + at, static_cast<int>(said.size() - at));
    if (put <= 0) {
      Failed(put);
      break;
    }
    at += static_cast<size_t>(put);
  }
  if (state.kind == PeerState::kClosed && !faults_.no_close_notify) SSL_shutdown(ssl());
  return state;
}

// Pour sends what TLS has to send, as the faults want it.
void TlsPeer::Pour(int64_t now_ms, std::string *out, PeerState *state) {
  const uint8_t *data = nullptr;
  size_t len = 0;
  BIO *from = SSL_get_wbio(ssl());
  if (BIO_mem_contents(from, &data, &len) == 1) {
    wire_.append(reinterpret_cast<const char *>(data), len);
    BIO_reset(from);
  }
  if (!faults_.instead.empty()) {
    wire_ = faults_.instead;
    faults_.instead.clear();
    failed_ = true;
  }
  size_t most = wire_.size();
  if (faults_.drip_ms > 0) {
    most = now_ms >= next_drip_ms_ && most > 0 ? 1 : 0;
    if (most > 0) next_drip_ms_ = now_ms + faults_.drip_ms;
  }
  most = static_cast<size_t>(std::min<uint64_t>(most, faults_.eof_at - octets_sent_));
  if (faults_.flip_at >= octets_sent_ && faults_.flip_at < octets_sent_ + most) {
    wire_[static_cast<size_t>(faults_.flip_at - octets_sent_)] ^= 0x10;
  }
  out->append(wire_, 0, most);
  wire_.erase(0, most);
  octets_sent_ += most;
  if (octets_sent_ == faults_.eof_at) {
    wire_.clear();
    state->kind = PeerState::kClosed;
  } else if (!wire_.empty()) {
    state->kind = faults_.drip_ms > 0 ? PeerState::kOpen : PeerState::kAgain;
    state->wake_ms = next_drip_ms_;
  } else if (failed_) {
    state->kind = PeerState::kClosed;
  }
}

PeerState TlsPeer::Turn(int64_t now_ms, std::string *out) {
  PeerState state;
  if (plain_) {
    TurnPlain(now_ms, out, &state);
    return state;
  }
  ERR_clear_error();
  const bool is_over =
      inside_.kind == PeerState::kClosed || inside_.kind == PeerState::kBroken || failed_;
  if (is_over) {
    state = inside_;
    char last[64];
    if (!failed_ && SSL_read(ssl(), last, sizeof(last)) == 0) got_close_notify_ = true;
  } else if (Handshake()) {
    state = inside_ = TurnInside(now_ms);
  }
  Pour(now_ms, out, &state);
  ERR_clear_error();
  return state;
}

}  // namespace pop3_testing
