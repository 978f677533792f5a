// The chain of transports of a session, bottom to top.
#ifndef POP3_CORE_CHANNEL_LAYERS_H_
#define POP3_CORE_CHANNEL_LAYERS_H_

#include <pop3/spi/transport.h>

#ifdef __cplusplus
extern "C" {
#endif

// P3_LAYERS_MAX is how many transports a chain can hold at all; limits->max_layers may allow
// less.
#define P3_LAYERS_MAX 16

// p3_layers is the chain. Transports keep pointers to the layer below them, so it must not move.
typedef struct p3_layers {
  pop3_layer at[P3_LAYERS_MAX];
  size_t count;
  int connecting;  // the top one is not connected yet
} p3_layers;

// p3_layers_push creates |ops| on top of the chain; it is connecting then. The layers below must
// be connected.
pop3_status p3_layers_push(p3_layers *layers, const pop3_transport_ops *ops, const pop3_host *host,
                           const pop3_transport_config *config, size_t max_layers, pop3_error *err);

// p3_layers_connect goes on connecting the top one.
pop3_io p3_layers_connect(p3_layers *layers, pop3_error *err);

// p3_layers_read and p3_layers_write move octets through the top one, which is connected.
pop3_io p3_layers_read(p3_layers *layers, uint8_t *buf, size_t cap, size_t *out_len,
                       pop3_error *err);
// p3_layers_write: see p3_layers_read.
pop3_io p3_layers_write(p3_layers *layers, const uint8_t *data, size_t len, size_t *out_len,
                        pop3_error *err);

// p3_layers_interest asks the top one what to wait for; |out->events| is set.
void p3_layers_interest(const p3_layers *layers, pop3_interest *out);

// p3_layers_pending says whether any layer holds octets that could be read at once.
int p3_layers_pending(const p3_layers *layers);

// p3_layers_query asks from the top down until one answers. |out| may be of an older or a newer
// caller; POP3_ERR_ARGUMENT if it has no size.
pop3_status p3_layers_query(const p3_layers *layers, uint32_t what, pop3_answer *out);

// p3_layers_shutdown tells the peer, as far as that goes without waiting, top to bottom.
void p3_layers_shutdown(p3_layers *layers);

// p3_layers_destroy destroys all, top to bottom.
void p3_layers_destroy(p3_layers *layers);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_CHANNEL_LAYERS_H_
