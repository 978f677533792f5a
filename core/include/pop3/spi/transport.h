// The transport interface: a way to move octets, at the bottom of a chain (tcp, unix) or on top of
// another transport (tls).
#ifndef POP3_SPI_TRANSPORT_H_
#define POP3_SPI_TRANSPORT_H_

#include <pop3/interest.h>
#include <pop3/spi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_io is how a transport's operation ended. None ever blocks.
typedef enum pop3_io {
  POP3_IO_DONE = 0,
  POP3_IO_WANT_READ,   // call again when the transport below can read
  POP3_IO_WANT_WRITE,  // call again when it can write; a read may want to write, and so on
  POP3_IO_EOF,         // read: the peer closed in order; connect: it hung up
  POP3_IO_FAIL         // |err| is filled; nothing but query and destroy may follow
} pop3_io;

typedef struct pop3_transport_ops pop3_transport_ops;

// pop3_layer is a transport in a chain: its functions and its state. Members of |ops| that the
// plugin does not have are NULL. It never grows.
typedef struct pop3_layer {
  const pop3_transport_ops *ops;
  void *self;
} pop3_layer;

// pop3_transport_config is what a transport is made from. It and the strings are valid during
// create only: copy what is needed later.
typedef struct pop3_transport_config {
  uint32_t size;
  uint32_t port;     // 0 if none
  const char *host;  // name or address (for TLS: the name to verify); a Unix socket's path
  const pop3_option *options;  // all options of the session
  size_t num_options;
} pop3_transport_config;

// POP3_TRANSPORT_BOTTOM: stands at the bottom of a chain (|lower| is NULL).
#define POP3_TRANSPORT_BOTTOM UINT32_C(1)
// POP3_TRANSPORT_UPPER: stands on another transport.
#define POP3_TRANSPORT_UPPER UINT32_C(2)
// POP3_TRANSPORT_ENCRYPTS: an upper one that encrypts what crosses it, and answers
// POP3_QUERY_IS_ENCRYPTED. The first of a registry is what STLS pushes (RFC 2595).
#define POP3_TRANSPORT_ENCRYPTS UINT32_C(4)

// pop3_transport_ops is a transport's function table.
//
// Contract. The host calls create once; then connect until it answers DONE; then read, write,
// pending, query and interest in any order; shutdown, until it answers DONE, EOF or FAIL, when the
// session ends in order; destroy exactly once, at any point after a create that returned POP3_OK,
// with no network I/O and without waiting. After FAIL only query and destroy follow, except that
// read may be called after a failed write, to receive what the peer sent before it closed. Every
// call returns at once. After a WANT answer interest is called to learn what to wait for. |err| is
// never NULL and is filled with FAIL, through pop3_host.fail.
struct pop3_transport_ops {
  uint32_t abi;      // POP3_ABI
  uint32_t size;     // sizeof(pop3_transport_ops)
  const char *name;  // lower case, [a-z0-9_-], at most 15 octets
  uint32_t flags;    // POP3_TRANSPORT_BOTTOM or POP3_TRANSPORT_UPPER, exactly one of them, and
                     // POP3_TRANSPORT_ENCRYPTS. Test by mask: more flags may come, and are no fault
  uint32_t reserved;

  // create makes the state in |*out_self|, touching no network. |host| outlives it; |lower|, which
  // is connected already, too. Fails with POP3_ERR_ARGUMENT on an option of its prefix that it does
  // not know or cannot use. Required.
  pop3_status (*create)(const pop3_host *host, const pop3_transport_config *config,
                        const pop3_layer *lower, void **out_self, pop3_error *err);

  // connect goes on connecting (or shaking hands). Required.
  pop3_io (*connect)(void *self, pop3_error *err);

  // read takes up to |cap| > 0 octets. DONE: |*out_len| > 0 of them are in |buf|. Required.
  pop3_io (*read)(void *self, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err);

  // write sends up to |data_len| > 0 octets. DONE: |*out_len| > 0 of them were taken. After a WANT
  // answer the host may call again with other or more octets, but what it offered before still
  // comes first. Required.
  pop3_io (*write)(void *self, const uint8_t *data, size_t data_len, size_t *out_len,
                   pop3_error *err);

  // shutdown tells the peer in order that nothing more will be sent. Optional.
  pop3_io (*shutdown)(void *self, pop3_error *err);

  // interest adds what to wait for. |io->events| holds what the host wants (POP3_WAIT_*); an upper
  // transport changes it to what it needs and calls the one below, the bottom one adds descriptors
  // and, if it has to be called at some time in any case, lowers the deadline. Required.
  void (*interest)(void *self, pop3_interest *io);

  // pending is 1 if a read would give octets now without the descriptor becoming readable.
  // Optional.
  int (*pending)(void *self);

  // query answers a pop3_query with POP3_OK, or with POP3_ERR_UNSUPPORTED, upon which the host asks
  // the transport below. Optional.
  pop3_status (*query)(void *self, uint32_t what, pop3_answer *out);

  // destroy frees the state, wiping secrets, and closes descriptors that are its own. Required.
  void (*destroy)(void *self);
};

#ifdef __cplusplus
}
#endif

#endif  // POP3_SPI_TRANSPORT_H_
