// The operations of the transport "tls", and the plugin that <pop3/plugins/tls.h> declares. That
// header has the objects of the options as well, and so stands below all the others here.
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pop3/plugins/tls.h>
#include <pop3/spi/transport.h>
#include <string.h>

#include "transports/tls_bio.h"
#include "transports/tls_facts.h"
#include "transports/tls_options.h"
#include "transports/tls_sessions.h"
#include "transports/tls_setup.h"
#include "transports/tls_text.h"
#include "transports/tls_verify.h"
#include "transports/tls_words.h"

#define LAYER "tls"

// MOST is what one call to SSL_read or SSL_write may be offered.
enum { MOST = INT_MAX / 2 };
// Messages of a handshake (RFC 8446 section 4). EMPTY_CERTIFICATE: an empty Certificate message is
// not longer than this in any version.
enum { CERTIFICATE = 11, CERTIFICATE_REQUEST = 13, EMPTY_CERTIFICATE = 8 };

typedef struct tls {
  const pop3_host *host;
  p3_tls_options options;
  p3_tls_bio bio;
  p3_tls_verifier verifier;
  p3_tls_sessions sessions;
  p3_tls_text scratch;  // answers to queries
  SSL_CTX *context;
  SSL *ssl;
  int is_connected;
  int was_asked;       // the server asked for a client certificate
  int has_given;       // and got one
  int shutdown_waits;  // close_notify is still to be sent
  int is_refused;      // the server refuses the protocol name, which the caller does not insist on
  pop3_io read_io;     // how the last read ended: DONE if it could have gone on
  pop3_io held_back;   // DONE, or how the next read ends, as |held_error| says
  pop3_error held_error;
} tls;

static tls *owner_of(const SSL *ssl) { return p3_tls_bio_owner(SSL_get_rbio(ssl)); }

static enum ssl_verify_result_t verify(SSL *ssl, uint8_t *out_alert) {
  return p3_tls_verifier_run(&owner_of(ssl)->verifier, ssl, out_alert);
}

static void see_message(int is_write, int version, int type, const void *message, size_t len,
                        SSL *ssl, void *arg) {
  (void)version;
  (void)ssl;
  tls *self = arg;
  if (type != SSL3_RT_HANDSHAKE || len == 0) return;
  const uint8_t what = *(const uint8_t *)message;
  if (!is_write && what == CERTIFICATE_REQUEST) self->was_asked = 1;
  if (is_write && what == CERTIFICATE) self->has_given = self->was_asked && len > EMPTY_CERTIFICATE;
}

static int has_client_certificate(const tls *self) {
  return self->has_given ||
         (SSL_session_reused(self->ssl) && self->sessions.had_client_certificate);
}

static int new_session(SSL *ssl, SSL_SESSION *session) {
  tls *self = owner_of(ssl);
  p3_tls_sessions_keep(&self->sessions, session, has_client_certificate(self));
  return 0;  // no reference is kept
}

// Everything that create makes. On failure destroy cleans up.
static pop3_status set_up(tls *self, const pop3_transport_config *config, const pop3_layer *lower,
                          pop3_error *err) {
  const pop3_host *host = self->host;
  p3_tls_options *options = &self->options;
  pop3_status status = p3_tls_read_options(options, host, config, err);
  if (status == POP3_OK) status = p3_tls_verifier_init(&self->verifier, host, options, err);
  if (status == POP3_OK) status = p3_tls_bio_init(&self->bio, host, lower, self, err);
  if (status == POP3_OK) status = p3_tls_make_context(&self->context, options, host, err);
  if (status == POP3_OK) {
    status = p3_tls_sessions_init(&self->sessions, host, options, self->context, err);
  }
  if (status == POP3_OK) {
    status = p3_tls_make_ssl(&self->ssl, self->context, options, host, err);
  }
  if (status != POP3_OK) return status;
  SSL_set_bio(self->ssl, self->bio.bio, self->bio.bio);
  self->bio.bio = NULL;
  if (options->cache.get != NULL) SSL_CTX_sess_set_new_cb(self->context, new_session);
  SSL_set_custom_verify(self->ssl, SSL_VERIFY_PEER, verify);
  SSL_set_msg_callback(self->ssl, see_message);
  SSL_set_msg_callback_arg(self->ssl, self);
  if (!p3_tls_verifier_prepare(&self->verifier, self->ssl)) return p3_tls_no_memory(host, err);
  return p3_tls_sessions_offer(&self->sessions, self->ssl, err);
}

static void tls_destroy(void *ptr) {
  tls *self = ptr;
  if (self == NULL) return;
  const pop3_host *host = self->host;
  SSL_free(self->ssl);
  SSL_CTX_free(self->context);
  p3_tls_bio_cleanup(&self->bio);
  p3_tls_verifier_cleanup(&self->verifier);
  p3_tls_sessions_cleanup(&self->sessions);
  p3_tls_text_free(&self->scratch);
  ERR_clear_error();
  host->release(host->ctx, self);
}

static pop3_status tls_create(const pop3_host *host, const pop3_transport_config *config,
                              const pop3_layer *lower, void **out_self, pop3_error *err) {
  pop3_status status = p3_tls_find_library(host, err);
  if (status != POP3_OK) return status;
  tls *self = host->alloc(host->ctx, sizeof(*self));
  if (self == NULL) return p3_tls_no_memory(host, err);
  memset(self, 0, sizeof(*self));
  self->host = host;
  p3_tls_text_init(&self->scratch, host);
  ERR_clear_error();
  status = set_up(self, config, lower, err);
  // The strings of the options are the caller's: they are not there any more.
  self->options.ca_file = self->options.ca_dir = self->options.ca_pem = NULL;
  self->options.cert_file = self->options.key_file = NULL;
  self->options.passphrase = NULL;
  self->options.context = NULL;
  if (status != POP3_OK) {
    tls_destroy(self);
    return status;
  }
  *out_self = self;
  return POP3_OK;
}

static void start(tls *self) {
  ERR_clear_error();
  p3_tls_bio_start(&self->bio);
}

// Says how an operation of BoringSSL that did not succeed has ended.
static pop3_io ended(tls *self, int result, p3_tls_phase phase, pop3_error *err) {
  const pop3_host *host = self->host;
  const int how = SSL_get_error(self->ssl, result);
  const uint32_t code = p3_tls_take_error();
  // What the server said before it hung up counts more than that it could not be written to.
  const int lower_failed = self->bio.read_failed || (self->bio.write_failed && !self->bio.eof);
  if (self->verifier.failed && phase == P3_TLS_HANDSHAKE) {
    *err = self->verifier.error;
  } else if (how == SSL_ERROR_WANT_READ || how == SSL_ERROR_WANT_WRITE) {
    return self->bio.want;
  } else if (how == SSL_ERROR_ZERO_RETURN && phase == P3_TLS_READING) {
    return POP3_IO_EOF;
  } else if (lower_failed && how == SSL_ERROR_SYSCALL) {
    *err = self->bio.error;
  } else if (phase == P3_TLS_HANDSHAKE &&
             p3_tls_say_stranger(host, self->bio.first, self->bio.first_len, err)) {
    return POP3_IO_FAIL;
  } else if (how == SSL_ERROR_ZERO_RETURN || (self->bio.eof && how == SSL_ERROR_SYSCALL)) {
    // GnuTLS's servers take their leave in order where none of the versions suits them.
    p3_tls_say_end(host, phase, self->bio.octets_in, err);
  } else if (how == SSL_ERROR_SSL || (how == SSL_ERROR_SYSCALL && code != 0)) {
    self->is_refused = phase == P3_TLS_HANDSHAKE && p3_tls_is_alpn_refusal(code) &&
                       *self->options.alpn && !self->options.alpn_given;
    p3_tls_say_error(host, phase, code, self->options.alpn, err);
  } else if (how == SSL_ERROR_SYSCALL && result < 0) {
    // Nothing below has failed, and BoringSSL does not say what has: some of its allocations do
    // that.
    (void)p3_tls_no_memory(host, err);
  } else {
    host->fail(host->ctx, err, POP3_ERR_TLS, LAYER, 0, how,
               "BoringSSL waits for something that this transport cannot wait for (%s)",
               SSL_error_description(how) != NULL ? SSL_error_description(how) : "?");
  }
  return POP3_IO_FAIL;
}

static pop3_io tls_connect(void *ptr, pop3_error *err) {
  tls *self = ptr;
  if (self->is_connected) return POP3_IO_DONE;
  start(self);
  const int result = SSL_do_handshake(self->ssl);
  if (result != 1) return ended(self, result, P3_TLS_HANDSHAKE, err);
  ERR_clear_error();
  self->is_connected = 1;
  if (SSL_session_reused(self->ssl) && SSL_version(self->ssl) < TLS1_3_VERSION) {
    // Such a session may be used again, but the server need not send it anew.
    p3_tls_sessions_put_back(&self->sessions, SSL_get_session(self->ssl),
                             has_client_certificate(self));
  }
  self->host->note(self->host->ctx, "tls: %s with %s%s%s, the server is %s",
                   SSL_get_version(self->ssl),
                   SSL_CIPHER_standard_name(SSL_get_current_cipher(self->ssl)),
                   SSL_session_reused(self->ssl) ? ", resumed" : "",
                   self->options.alpn_refused ? ", without ALPN, which it refused" : "",
                   self->options.do_not_verify ? "NOT verified"
                   : self->options.check_name  ? "verified"
                                               : "verified, but for its name");
  if (self->verifier.weak.len > 0) {
    self->host->note(self->host->ctx, "tls: a WEAK certificate was accepted: %s",
                     self->verifier.weak.data);
  }
  return POP3_IO_DONE;
}

static pop3_io tls_read(void *ptr, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
  tls *self = ptr;
  size_t len = 0;
  if (self->held_back != POP3_IO_DONE) {
    *err = self->held_error;
    return self->held_back;
  }
  start(self);
  self->read_io = POP3_IO_DONE;
  while (len < cap) {
    const size_t left = cap - len;
    const int got = SSL_read(self->ssl, buf + len, (int)(left < MOST ? left : MOST));
    if (got <= 0) {
      self->read_io = ended(self, got, P3_TLS_READING, err);
      break;
    }
    len += (size_t)got;
  }
  *out_len = len;
  if (self->read_io == POP3_IO_EOF || self->read_io == POP3_IO_FAIL) {
    self->held_back = self->read_io;
    self->held_error = *err;
  }
  return len > 0 ? POP3_IO_DONE : self->read_io;
}

static pop3_io tls_write(void *ptr, const uint8_t *data, size_t data_len, size_t *out_len,
                         pop3_error *err) {
  tls *self = ptr;
  pop3_io io = POP3_IO_DONE;
  size_t done = 0;
  start(self);
  while (done < data_len) {
    const size_t left = data_len - done;
    const int put = SSL_write(self->ssl, data + done, (int)(left < MOST ? left : MOST));
    if (put <= 0) {
      io = ended(self, put, P3_TLS_WRITING, err);
      break;
    }
    done += (size_t)put;
  }
  *out_len = done;
  return done > 0 ? POP3_IO_DONE : io;
}

static pop3_io tls_shutdown(void *ptr, pop3_error *err) {
  tls *self = ptr;
  if (!self->is_connected || self->bio.read_failed || self->bio.write_failed) return POP3_IO_DONE;
  start(self);
  // Only sends close_notify: the server's is not waited for, the session has ended.
  const int is_again = (SSL_get_shutdown(self->ssl) & SSL_SENT_SHUTDOWN) != 0;
  if (is_again && !self->shutdown_waits) return POP3_IO_DONE;
  const int result = SSL_shutdown(self->ssl);
  if (result < 0 && !self->bio.write_failed && ERR_peek_error() == 0 &&
      SSL_get_error(self->ssl, result) == SSL_ERROR_SYSCALL) {
    // It stands behind a record of which a part was sent, and whose rest only write could send.
    return POP3_IO_DONE;
  }
  const pop3_io io = result >= 0 ? POP3_IO_DONE : ended(self, result, P3_TLS_WRITING, err);
  self->shutdown_waits = io == POP3_IO_WANT_READ || io == POP3_IO_WANT_WRITE;
  return io;
}

static void tls_interest(void *ptr, pop3_interest *io) {
  const tls *self = ptr;
  uint32_t events = io->events;
  if (self->bio.exhausted) {
    // The budget of the last operation was used up, nothing else holds it back.
    const int64_t now_ms = self->host->now_ms(self->host->ctx);
    if (io->deadline_ms == POP3_NO_DEADLINE || io->deadline_ms > now_ms) io->deadline_ms = now_ms;
  }
  if (!self->is_connected) {
    events = self->bio.want == POP3_IO_WANT_WRITE ? POP3_WAIT_WRITE : POP3_WAIT_READ;
  } else if ((events & POP3_WAIT_READ) && self->read_io == POP3_IO_WANT_WRITE) {
    events = (events & ~POP3_WAIT_READ) | POP3_WAIT_WRITE;
  }
  io->events = events;
  self->bio.lower->ops->interest(self->bio.lower->self, io);
}

static int tls_pending(void *ptr) {
  const tls *self = ptr;
  if (!self->is_connected) return 0;
  if (self->held_back != POP3_IO_DONE || self->bio.exhausted) return 1;
  if (self->read_io != POP3_IO_DONE) return 0;  // it took all there was
  return SSL_pending(self->ssl) > 0 || p3_tls_bio_has_record(&self->bio);
}

static pop3_status tls_query(void *ptr, uint32_t what, pop3_answer *out) {
  tls *self = ptr;
  if (what == POP3_QUERY_AGAIN && self->is_refused) {
    out->number = 1;
    out->data = (const uint8_t *)P3_TLS_ALPN_REFUSED;
    out->data_len = sizeof(P3_TLS_ALPN_REFUSED) - 1;
    return POP3_OK;
  }
  if (!self->is_connected) return POP3_ERR_UNSUPPORTED;
  switch (what) {
    case POP3_QUERY_TLS_ALPN_REFUSED:
      if (!self->options.alpn_refused) return POP3_ERR_UNSUPPORTED;
      out->data = (const uint8_t *)P3_TLS_ALPN;
      out->data_len = sizeof(P3_TLS_ALPN) - 1;
      return POP3_OK;
    case POP3_QUERY_IS_ENCRYPTED:
      // The handshake ends only if the peer was verified as the options demand.
      out->number = 1;
      return POP3_OK;
    case POP3_QUERY_TLS_VERIFIED:
      if (self->verifier.words.data == NULL) return POP3_ERR_UNSUPPORTED;
      out->data = (const uint8_t *)self->verifier.words.data;
      out->data_len = self->verifier.words.len;
      out->number = self->verifier.is_proven;
      return POP3_OK;
    case POP3_QUERY_TLS_NAME_VERIFIED:
      out->number = self->verifier.is_name_good;
      return POP3_OK;
    case POP3_QUERY_TLS_WEAKNESS:
      if (self->verifier.weak.len == 0) return POP3_ERR_UNSUPPORTED;
      out->data = (const uint8_t *)self->verifier.weak.data;
      out->data_len = self->verifier.weak.len;
      return POP3_OK;
    case POP3_QUERY_TLS_CLIENT_CERT:
      out->number = has_client_certificate(self);
      return POP3_OK;
    default: {
      ERR_clear_error();
      const pop3_status status = p3_tls_answer(self->ssl, &self->scratch, what, out);
      // Without memory there seems to be nothing to tell.
      const int lacked_memory = p3_tls_lacked_memory(p3_tls_take_error());
      return status != POP3_OK && lacked_memory ? POP3_ERR_MEMORY : status;
    }
  }
}

static const pop3_transport_ops kTlsOps = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_transport_ops),
    .name = "tls",
    .flags = POP3_TRANSPORT_UPPER | POP3_TRANSPORT_ENCRYPTS,
    .create = tls_create,
    .connect = tls_connect,
    .read = tls_read,
    .write = tls_write,
    .shutdown = tls_shutdown,
    .interest = tls_interest,
    .pending = tls_pending,
    .query = tls_query,
    .destroy = tls_destroy,
};

static const pop3_transport_ops *const kTransports[] = {&kTlsOps};

static const pop3_plugin kPlugin = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_plugin),
    .name = "tls",
    .version = POP3_VERSION,
    .transports = kTransports,
    .num_transports = 1,
};

POP3_PLUGIN_ENTRY(tls, kPlugin)
