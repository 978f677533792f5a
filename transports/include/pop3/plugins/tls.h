// The transport "tls": TLS by BoringSSL, on top of any other transport.
//
// {"tcp", "tls"} is POP3 over TLS (port 995); after STLS the session puts "tls" on the chain
// itself. The server's certificate is verified by default: its chain against the roots of this
// machine, its subjectAltName against the server's name (never its common name). A name that is an
// IP address is looked for among the certificate's IP addresses.
//
// A certificate that proves nothing any more is refused: one that is signed with MD5, SHA-1 or
// another hash than those of SHA-2, or whose key is RSA below 2048 bits, on an elliptic curve below
// 224, or DSA. That holds for the server's own and for all that lead from it to the trust anchor,
// which is the last one that came from the roots: the anchor is trusted as it is, also where
// tls.ca_file and its like name an intermediate certificate or the server's own. Where a pin alone
// says who the server is (tls.pin_sha256 with tls.insecure_do_not_verify) the pinned key is the
// anchor. From TLS 1.2 on no handshake may be signed with SHA-1 either. POP3_QUERY_TLS_WEAKNESS
// says what is weak about certificates that were accepted all the same.
//
// Options (the member of pop3_option that counts in parentheses):
//
//   tls.server_name     (text)    name or address to verify, and to send as SNI if it is a name;
//                                 default: the session's host
//   tls.ca_file         (text)    PEM file; the certificates in it are trusted instead of the roots
//                                 of this machine, also those that are not self-signed
//   tls.ca_dir          (text)    folder with hashed names (`openssl rehash`), likewise
//   tls.ca_pem          (text)    PEM, likewise. The three may be combined
//   tls.cert_file       (text)    PEM: the client's certificate, then its intermediate ones
//   tls.key_file        (text)    PEM: its private key; default: the same file
//   tls.key_passphrase  (object)  pop3_tls_passphrase: asked if the key is encrypted, during create
//   tls.pin_sha256      (text)    SHA-256 of the server's public key info in base64; "sha256//" may
//                                 stand before it; several separated by ';'. One of them must
//                                 match, in addition to everything else
//   tls.min_version     (text)    "1.0", "1.1", "1.2" (default) or "1.3"
//   tls.max_version     (text)    likewise; default: the newest
//   tls.alpn            (text)    protocol name to send, "" for none. A server may ignore the
//                                 name; if it refuses the handshake because of it, that fails.
//                                 Default: "pop3", and if that is refused one new connection
//                                 without a name (POP3_QUERY_TLS_ALPN_REFUSED tells): from the
//                                 start, and in a login that has sent STLS. After a pop3_stls by
//                                 hand the program has to connect anew itself
//   tls.alpn_refused    (number)  1: what the session adds for that new connection
//   tls.allow_weak_certificates  (number)  1: the above is allowed, for old servers. Whoever has
//                                 the means to make such a certificate is taken for the server
//   tls.session_cache   (object)  pop3_tls_session_cache: resumes sessions
//   tls.verify          (object)  pop3_tls_verify: has the last word about the certificate
//   tls.check_name      (number)  0: the chain is verified, the name is not (check_hostname = False
//                                 of Python). Whoever has a certificate of one of the roots for any
//                                 name at all is taken for the server: meant for roots of one's own
//                                 (tls.ca_file). The channel counts as encrypted, the server as
//                                 not verified (POP3_QUERY_TLS_VERIFIED is 0) unless a pin matches;
//                                 POP3_QUERY_TLS_NAME_VERIFIED is 0. tls.server_name is still sent
//                                 as SNI. A name that tls.context itself demands is checked all
//                                 the same. Default: 1
//   tls.insecure_do_not_verify  (number)  1: any certificate will do (a pin must still match).
//                                 Whoever sits on the way can then read and change everything, and
//                                 the session takes the channel for private all the same
//   tls.context         (object)  pop3_tls_context: a context of the caller's. Its roots (the
//                                 certificate store), verification parameters, client certificate,
//                                 ciphers, curves, kinds of signatures in the handshake and
//                                 callbacks for keys count. Its callbacks for
//                                 verification do not (tls.verify does), nor does its ALPN
//                                 (tls.alpn does); its versions do unless tls.min_version or
//                                 tls.max_version are given. The options about roots, client
//                                 certificate and cache are refused
//
// The roots of this machine: $SSL_CERT_FILE and $SSL_CERT_DIR if at least one is set (and the
// program is not setuid), else the first folder with hashed names and the first file among those
// where distributions keep them. A file is read only if the folder does not have the issuer, since
// reading a whole one takes some milliseconds. The transport keeps nothing between sessions: a
// program with many of them and a large file may share one context (tls.context).
//
// Where BoringSSL is a shared library that is not there at run time, create fails with
// POP3_ERR_UNSUPPORTED and says what is missing.
//
// When the server ends the connection without close_notify, that is a failure (POP3_ERR_TLS).
// Renegotiation is refused.
#ifndef POP3_TRANSPORTS_TLS_H_
#define POP3_TRANSPORTS_TLS_H_

#include <pop3/size.h>
#include <pop3/spi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_plugin_tls returns the plugin with the transport "tls", for pop3_registry_add; NULL if it
// cannot work with a host of |host_abi|. The descriptor is static.
const pop3_plugin *pop3_plugin_tls(uint32_t host_abi);

// pop3_tls_passphrase is the object of the option tls.key_passphrase. It is used during create
// only, that is, in the session's steps that make the connection. Start from
// POP3_TLS_PASSPHRASE_INIT.
typedef struct pop3_tls_passphrase {
  uint32_t size;  // sizeof(pop3_tls_passphrase)
  uint32_t reserved;
  // callback writes the passphrase of |key_file| to |buf|, without a NUL, and returns its length;
  // -1 if there is none or it is longer than |buf_cap|. The buffer is wiped. May ask a person.
  int (*callback)(void *arg, const char *key_file, char *buf, size_t buf_cap);
  void *arg;
} pop3_tls_passphrase;

// POP3_TLS_PASSPHRASE_INIT is a pop3_tls_passphrase without a callback.
#define POP3_TLS_PASSPHRASE_INIT \
  { POP3_SIZEOF(pop3_tls_passphrase), 0, NULL, NULL }

// pop3_tls_session_cache is the object of the option tls.session_cache: where sessions are kept
// between connections. It is copied; |arg| must outlive the session. Sessions of different programs
// may share one. The callbacks are called from the thread that uses the session. Start from
// POP3_TLS_SESSION_CACHE_INIT.
typedef struct pop3_tls_session_cache {
  uint32_t size;  // sizeof(pop3_tls_session_cache)
  uint32_t reserved;
  // get writes what was last put for |key| to |buf| and returns its length; 0 if there is nothing.
  // If it is longer than |buf_cap| it only returns the length, and is called again with enough
  // room. It should forget what it has handed out: a session is better not used twice (RFC 8446,
  // appendix C.4).
  size_t (*get)(void *arg, const char *key, uint8_t *buf, size_t buf_cap);
  // put keeps a copy of |data|. It is a secret: whoever has it can read the traffic that it
  // resumes. |key| is the server's name and port and a digest of how it was verified, so that no
  // session is resumed under another policy; it is checked again in |data|.
  void (*put)(void *arg, const char *key, const uint8_t *data, size_t data_len);
  void *arg;
} pop3_tls_session_cache;

// POP3_TLS_SESSION_CACHE_INIT is a pop3_tls_session_cache without callbacks.
#define POP3_TLS_SESSION_CACHE_INIT \
  { POP3_SIZEOF(pop3_tls_session_cache), 0, NULL, NULL, NULL }

// pop3_tls_peer is what a tls.verify callback gets. Valid during the call.
typedef struct pop3_tls_peer {
  uint32_t size;        // sizeof(pop3_tls_peer)
  pop3_status verdict;  // POP3_OK, or POP3_ERR_CERTIFICATE: what would be done without the callback
  const char *words;    // the same in words, NUL-terminated
  const char *name;     // the name or address that was verified
  const char *chain;    // the certificates that the server sent, its own first: PEM, NUL-terminated
  size_t chain_len;
} pop3_tls_peer;

// pop3_tls_verify is the object of the option tls.verify. It is copied; |arg| must outlive the
// session. Start from POP3_TLS_VERIFY_INIT.
typedef struct pop3_tls_verify {
  uint32_t size;  // sizeof(pop3_tls_verify)
  uint32_t reserved;
  // callback returns 1 to go on with this peer, 0 to refuse it. If it refuses one whose verdict is
  // POP3_OK it may say why in |why|, NUL-terminated. Resumed sessions are verified anew, too. It is
  // called inside the handshake and should not take long.
  int (*callback)(void *arg, const pop3_tls_peer *peer, char *why, size_t why_cap);
  void *arg;
} pop3_tls_verify;

// POP3_TLS_VERIFY_INIT is a pop3_tls_verify without a callback.
#define POP3_TLS_VERIFY_INIT \
  { POP3_SIZEOF(pop3_tls_verify), 0, NULL, NULL }

// ssl_ctx_st is BoringSSL's SSL_CTX.
struct ssl_ctx_st;

// pop3_tls_context is the object of the option tls.context. It is read during create; the context
// is kept by a reference of its own. Make it with POP3_TLS_CONTEXT.
typedef struct pop3_tls_context {
  uint32_t size;  // sizeof(pop3_tls_context)
  uint32_t reserved;
  struct ssl_ctx_st *ssl_ctx;  // an SSL_CTX of SSL_CTX_new(TLS_method())
  void (*identity)(void);      // the caller's SSL_CTX_new: tells two copies of BoringSSL apart
} pop3_tls_context;

// POP3_TLS_CONTEXT makes a pop3_tls_context of |context|, an SSL_CTX pointer. Where it is used
// <openssl/ssl.h> must be included. The context must come from the same copy of BoringSSL that the
// plugin is linked with; any other context is refused, because using it would crash. A loadable
// plugin has its own copy, unless both use a shared library.
#ifdef __cplusplus
#define POP3_TLS_CONTEXT(context) \
  { POP3_SIZEOF(pop3_tls_context), 0, (context), reinterpret_cast<void (*)()>(SSL_CTX_new) }
#else
#define POP3_TLS_CONTEXT(context) \
  { POP3_SIZEOF(pop3_tls_context), 0, (context), (void (*)(void))SSL_CTX_new }
#endif

#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_TLS_H_
