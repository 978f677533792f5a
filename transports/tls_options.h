// The options "tls.*", read and checked.
#ifndef POP3_TRANSPORTS_TLS_OPTIONS_H_
#define POP3_TRANSPORTS_TLS_OPTIONS_H_

#include <pop3/plugins/tls.h>
#include <pop3/spi/transport.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// P3_TLS_NAME_MAX is the longest name of a server, with a NUL.
#define P3_TLS_NAME_MAX 256
// P3_TLS_ALPN is the protocol name that is sent if no other is given.
#define P3_TLS_ALPN "pop3"
// P3_TLS_ALPN_REFUSED is the option that a session adds when that was refused: see
// POP3_QUERY_AGAIN.
#define P3_TLS_ALPN_REFUSED "tls.alpn_refused"
// P3_TLS_PINS_MAX is how many pins there may be.
#define P3_TLS_PINS_MAX 16
// P3_TLS_PIN_LEN is the length of a pin in octets.
#define P3_TLS_PIN_LEN 32

// p3_tls_options is what the options say. The strings are the caller's: valid during create.
typedef struct p3_tls_options {
  const char *ca_file;
  const char *ca_dir;
  const char *ca_pem;
  const char *cert_file;
  const char *key_file;  // set if cert_file is
  const pop3_tls_passphrase *passphrase;
  const pop3_tls_context *context;
  uint16_t min_version;  // TLS1_VERSION and so on; 0: not given
  uint16_t max_version;
  char alpn[P3_TLS_NAME_MAX];  // "": none
  int alpn_given;              // by the caller, so that a server's refusal is the end
  int alpn_refused;            // the server refused P3_TLS_ALPN before; alpn is ""
  char name[P3_TLS_NAME_MAX];  // to verify, without brackets, zone and final dot; "" if there is
                               // none, which only check_name 0 allows
  int name_is_address;
  uint32_t port;
  int check_name;                // 0: any name will do
  int do_not_verify;             // then check_name is 0 as well
  int allow_weak;                // certificates that prove nothing any more
  pop3_tls_verify verify;        // callback NULL: none
  pop3_tls_session_cache cache;  // get NULL: none
  uint8_t pins[P3_TLS_PINS_MAX][P3_TLS_PIN_LEN];
  size_t num_pins;
} p3_tls_options;

// p3_tls_read_options reads all "tls.*" of |config|. Fails with POP3_ERR_ARGUMENT.
pop3_status p3_tls_read_options(p3_tls_options *out, const pop3_host *host,
                                const pop3_transport_config *config, pop3_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_TLS_OPTIONS_H_
