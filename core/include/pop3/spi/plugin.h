// What every plugin has in common: the host table through which it calls libpop3, options, queries
// and the descriptor that it exports.
//
// A plugin includes <pop3/spi/...> only and reaches libpop3 only through the pop3_host that it is
// handed, so that one source becomes a static library and a loadable object.
#ifndef POP3_SPI_PLUGIN_H_
#define POP3_SPI_PLUGIN_H_

#include <pop3/size.h>
#include <pop3/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// POP3_ABI is this version of the plugin interface: major in the upper 16 bits, minor below. A
// plugin works with a host of the same major; structs grow as <pop3/size.h> says.
#define POP3_ABI ((UINT32_C(1) << 16) | UINT32_C(0))
// POP3_ABI_MAJOR is the major version in |abi|.
#define POP3_ABI_MAJOR(abi) (POP3_CAST(uint32_t, abi) >> 16)

// pop3_host is what a plugin may call. The table outlives every object made with it. All functions
// take |ctx| first and may be called only from inside a call that the host made.
typedef struct pop3_host {
  uint32_t abi;   // POP3_ABI of the host
  uint32_t size;  // sizeof(pop3_host) of the host
  void *ctx;
  // alloc, resize and release are the session's allocator (see pop3_allocator).
  void *(*alloc)(void *ctx, size_t size);
  void *(*resize)(void *ctx, void *ptr, size_t size);
  void (*release)(void *ctx, void *ptr);
  // wipe overwrites secrets in a way that the compiler may not leave out.
  void (*wipe)(void *ctx, void *ptr, size_t len);
  // now_ms is the session's monotonic clock in milliseconds.
  int64_t (*now_ms)(void *ctx);
  // fail fills |err| (may be NULL) and returns |status|, cleaning the text as pop3_error_set does.
  pop3_status (*fail)(void *ctx, pop3_error *err, pop3_status status, const char *layer,
                      int sys_errno, int64_t lib_code, const char *format, ...) POP3_PRINTF(7, 8);
  // note writes a line to the trace at level 1. No secrets.
  void (*note)(void *ctx, const char *format, ...) POP3_PRINTF(2, 3);
} pop3_host;

// pop3_option is a setting for a plugin, named "plugin.setting" ("tcp.source_address"). Exactly one
// of the values counts; the plugin's documentation says which. A plugin must fail on a setting of
// its own prefix that it does not know, and leave other prefixes alone. It never grows: there are
// arrays of it. What |object| points to begins with its size if it may grow.
typedef struct pop3_option {
  const char *name;
  const char *text;    // a string, or NULL
  int64_t number;      // a number or 0/1
  const void *object;  // a foreign object whose lifetime the plugin's documentation states, or NULL
} pop3_option;

// pop3_query is a question that goes down the chain of transports until one answers it.
typedef enum pop3_query {
  POP3_QUERY_FD = 1,           // number: the descriptor of the lowest transport
  POP3_QUERY_PEER_NAME,        // data: "192.0.2.1:110" or a path
  POP3_QUERY_LOCAL_NAME,       // data: likewise
  POP3_QUERY_IS_LOCAL,         // number: 1 if the octets do not leave this machine (loopback, Unix)
  POP3_QUERY_IS_ENCRYPTED,     // number: 1 if the octets are encrypted and the peer was verified as
                               // the caller demanded
  POP3_QUERY_TLS_VERSION,      // data: "TLSv1.3"
  POP3_QUERY_TLS_CIPHER,       // data
  POP3_QUERY_TLS_ALPN,         // data
  POP3_QUERY_TLS_RESUMED,      // number
  POP3_QUERY_TLS_VERIFIED,     // data: how the peer was verified, in words; number: 1 if chain and
                               // name, or a pin, prove who it is
  POP3_QUERY_TLS_PEER_CHAIN,   // data: PEM
  POP3_QUERY_CB_TLS_EXPORTER,  // data: channel binding of RFC 9266
  POP3_QUERY_CB_TLS_UNIQUE,    // data: channel binding of RFC 5929
  POP3_QUERY_CB_TLS_SERVER_END_POINT,  // data: channel binding of RFC 5929
  POP3_QUERY_TLS_SUBJECT,              // data: the peer certificate's subject
  POP3_QUERY_TLS_ISSUER,               // data: its issuer
  POP3_QUERY_TLS_NAMES,                // data: the names it is for, separated by ", "
  POP3_QUERY_TLS_EXPIRES,              // number: the last second it is valid, since 1970
  POP3_QUERY_TLS_SPKI_SHA256,          // data: SHA-256 of its public key info, in base64
  POP3_QUERY_TLS_CLIENT_CERT,          // number: 1 if the peer asked for a certificate and got one
  POP3_QUERY_TLS_WEAKNESS,      // data: what is weak about the certificates, in words, though
                                // they were accepted; no answer if nothing is
  POP3_QUERY_TLS_ALPN_REFUSED,  // data: the protocol name that the server refused, so that
                                // the connection was made anew without it
  POP3_QUERY_AGAIN,  // data: of a transport whose connect has failed: the name of an option, with
                     // its |number|, with which one new connection may succeed. Asked of that
                     // transport alone, once in a session
  POP3_QUERY_ONLY_ONCE,  // number: 1 if the connection cannot be made anew from the same options (a
                         // descriptor of the caller's)
  POP3_QUERY_PLUGIN = 0x10000  // from here on: questions that plugins agree on among themselves
} pop3_query;

// pop3_answer holds the answer. |data| belongs to the transport and is valid until the next call
// into it.
typedef struct pop3_answer {
  uint32_t size;  // sizeof(pop3_answer)
  uint32_t reserved;
  int64_t number;
  const uint8_t *data;
  size_t data_len;
} pop3_answer;

// POP3_ANSWER_INIT is an empty pop3_answer.
#define POP3_ANSWER_INIT \
  { POP3_SIZEOF(pop3_answer), 0, 0, NULL, 0 }

struct pop3_transport_ops;
struct pop3_auth_ops;

// pop3_plugin describes a plugin. It and everything it points to are static and constant.
typedef struct pop3_plugin {
  uint32_t abi;   // POP3_ABI that it was built with
  uint32_t size;  // sizeof(pop3_plugin) likewise
  const char *name;
  const char *version;
  const struct pop3_transport_ops *const *transports;
  size_t num_transports;
  const struct pop3_auth_ops *const *auths;
  size_t num_auths;
} pop3_plugin;

// pop3_plugin_entry_fn is the type of the one symbol that a loadable plugin exports,
// `pop3_plugin_entry`; the static twin of plugin X is `pop3_plugin_X`. Both return the descriptor,
// or NULL if the plugin cannot work with a host of |host_abi|.
typedef const pop3_plugin *(*pop3_plugin_entry_fn)(uint32_t host_abi);

// POP3_PLUGIN_ENTRY defines the function that hands out |descriptor|: `pop3_plugin_NAME` in a
// static build, the exported `pop3_plugin_entry` where POP3_PLUGIN_DSO is defined.
#if defined(POP3_PLUGIN_DSO)
#define POP3_PLUGIN_ENTRY(plugin_name, descriptor)                                                \
  __attribute__((visibility("default"))) const pop3_plugin *pop3_plugin_entry(uint32_t host_abi); \
  const pop3_plugin *pop3_plugin_entry(uint32_t host_abi) {                                       \
    return POP3_ABI_MAJOR(host_abi) == POP3_ABI_MAJOR(POP3_ABI) ? &(descriptor) : NULL;           \
  }
#else
#define POP3_PLUGIN_ENTRY(plugin_name, descriptor)                                      \
  const pop3_plugin *pop3_plugin_##plugin_name(uint32_t host_abi);                      \
  const pop3_plugin *pop3_plugin_##plugin_name(uint32_t host_abi) {                     \
    return POP3_ABI_MAJOR(host_abi) == POP3_ABI_MAJOR(POP3_ABI) ? &(descriptor) : NULL; \
  }
#endif

#ifdef __cplusplus
}
#endif

#endif  // POP3_SPI_PLUGIN_H_
