// The way to the server: the transports that are asked for, those that are pushed later, what reads
// and writes wait for, and what is known of the whole.
#ifndef POP3_CORE_CHANNEL_CHANNEL_H_
#define POP3_CORE_CHANNEL_CHANNEL_H_

#include <pop3/allocator.h>

#include "core/channel/layers.h"
#include "core/channel/option_list.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_channel_plan is what a channel is made from. All of it must outlive the channel.
typedef struct p3_channel_plan {
  const pop3_allocator *allocator;
  const pop3_host *host;
  const char *name;  // of the server, or a socket's path; never NULL
  uint32_t port;
  uint32_t max_layers;
  const pop3_transport_ops *const *transports;  // from the bottom up
  size_t num_transports;
  p3_option_list *options;  // as they are whenever a transport is made
} p3_channel_plan;

// p3_security_layer is a transport that a mechanism has negotiated.
typedef struct p3_security_layer {
  const pop3_transport_ops *ops;  // NULL if there is none
  const pop3_option *options;
  size_t num_options;
  // release, if not NULL, is called once when |options| are no longer needed.
  void (*release)(const pop3_option *options, size_t num_options);
} p3_security_layer;

// p3_channel is zeroed by p3_channel_init. It must not move.
typedef struct p3_channel {
  p3_channel_plan plan;
  p3_layers layers;
  size_t num_pushed;               // of |plan.transports|
  const pop3_transport_ops *next;  // to be pushed on top of what is there, or NULL
  p3_security_layer layer;         // likewise; its ops are |layer_ops|
  pop3_transport_ops layer_ops;
  int is_making;         // a transport's create is on the stack, which reads the options
  int has_begun_again;   // p3_channel_begin_again has taken a connection back
  uint32_t read_wants;   // POP3_WAIT_* that the last read waits for
  uint32_t write_wants;  // likewise the last write or connect
  int write_failed;      // |write_error| is told once the server's last words are read
  pop3_error write_error;
} p3_channel;

// p3_channel_init makes a channel that has nothing pushed yet. |plan| is copied.
void p3_channel_init(p3_channel *channel, const p3_channel_plan *plan);

// p3_channel_is_planned says whether transports of the plan are still to be pushed or connected.
int p3_channel_is_planned(const p3_channel *channel);

// p3_channel_push has |ops| pushed on what is there, with the plan's options, by the next
// p3_channel_connect.
void p3_channel_push(p3_channel *channel, const pop3_transport_ops *ops);

// p3_channel_push_layer has |layer| pushed in the same way. Returns 0 if its table is not of this
// interface, or incomplete; its options are taken over also then.
int p3_channel_push_layer(p3_channel *channel, const p3_security_layer *layer);

// p3_channel_is_connected says whether all that was asked for is there.
int p3_channel_is_connected(const p3_channel *channel);

// p3_channel_has_read_options says whether the options of |ops| come too late: it stands in the
// chain, or a transport is being made.
int p3_channel_has_read_options(const p3_channel *channel, const pop3_transport_ops *ops);

// p3_channel_connect pushes what stands next, if nothing is connecting, and goes on connecting
// it. POP3_IO_DONE: one transport more is connected. Only while p3_channel_is_connected says no.
// After POP3_IO_FAIL |*out_pushed| says whether the transport was made at all.
pop3_io p3_channel_connect(p3_channel *channel, int *out_pushed, pop3_error *err);

// p3_channel_begin_again takes the connection back, for a new one from the bottom up, if the
// transport that has just failed to connect knows an option that may help and a new connection can
// be made. That option is set in the plan's then. Returns its name, or NULL: nothing has changed.
const char *p3_channel_begin_again(p3_channel *channel);

// p3_channel_read takes octets. A failed write is told here, when nothing more can be read.
pop3_io p3_channel_read(p3_channel *channel, uint8_t *buf, size_t cap, size_t *out_len,
                        pop3_error *err);

// p3_channel_write gives octets. POP3_IO_FAIL and POP3_IO_EOF are kept: the server may have said
// why before it hung up.
pop3_io p3_channel_write(p3_channel *channel, const uint8_t *data, size_t len, size_t *out_len);

// p3_channel_interest adds what to wait for.
void p3_channel_interest(const p3_channel *channel, pop3_interest *out);

// p3_channel_pending says whether octets are there that were received already.
int p3_channel_pending(const p3_channel *channel);

// p3_channel_query asks the transports, from the top down until one answers.
pop3_status p3_channel_query(const p3_channel *channel, uint32_t what, pop3_answer *out);

// p3_channel_is_open says whether there is a chain all of which is connected.
int p3_channel_is_open(const p3_channel *channel);

// p3_channel_is_encrypted says whether it is open and encrypted, the peer verified as demanded.
int p3_channel_is_encrypted(const p3_channel *channel);

// p3_channel_is_verified says whether TLS has proved who the server is.
int p3_channel_is_verified(const p3_channel *channel);

// p3_channel_is_name_verified says whether the server's certificate is for its name.
int p3_channel_is_name_verified(const p3_channel *channel);

// p3_channel_is_local says whether the octets do not leave this machine.
int p3_channel_is_local(const p3_channel *channel);

// p3_channel_is_private says whether nobody can read along: encrypted, or local.
int p3_channel_is_private(const p3_channel *channel);

// p3_channel_close ends the connection in order, as far as that goes without waiting. There is
// nothing left then.
void p3_channel_close(p3_channel *channel);

// p3_channel_drop ends it at once.
void p3_channel_drop(p3_channel *channel);

// p3_channel_cleanup drops the connection and frees what is the channel's.
void p3_channel_cleanup(p3_channel *channel);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_CHANNEL_CHANNEL_H_
