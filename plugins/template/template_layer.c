// A transport to copy: it stands on another one and turns letters around, by 13 places unless
// an option says otherwise, both ways. It is of no use, but complete: an option, partial writes,
// WANT answers, errors, memory that runs out.
//
// `tools/new_plugin NAME transport` makes a copy under another name, with its BUILD file and its
// test. The contract that it keeps stands above pop3_transport_ops in <pop3/spi/transport.h>.
#include <pop3/spi/transport.h>
#include <string.h>

#define LAYER "template_layer"

static const char kPrefix[] = "template_layer.";

// What waits to be sent is kept here, already turned around: how much of it at a time?
enum { OUT_MAX = 4096 };

// The state of one connection.
typedef struct layer {
  const pop3_host *host;
  const pop3_layer *lower;
  uint8_t turn;    // by how many places
  size_t out_at;   // sent so far
  size_t out_len;  // 0: nothing waits
  uint8_t out[OUT_MAX];
} layer;

// Each plugin checks the options of its own prefix, all of them, and no others.
static pop3_status read_options(layer *self, const pop3_transport_config *config, pop3_error *err) {
  const pop3_host *host = self->host;
  for (size_t i = 0; i < config->num_options; i++) {
    const pop3_option *option = &config->options[i];
    if (strncmp(option->name, kPrefix, sizeof(kPrefix) - 1) != 0) continue;
    if (strcmp(option->name, "template_layer.turn") != 0) {
      return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                        "option %s: there is no such option", option->name);
    }
    if (option->text != NULL || option->object != NULL || option->number < 0 ||
        option->number > 25) {
      return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                        "option %s: takes a number from 0 to 25", option->name);
    }
    self->turn = (uint8_t)option->number;
  }
  return POP3_OK;
}

// Makes the state, and touches no network. On failure nothing is left behind.
static pop3_status layer_create(const pop3_host *host, const pop3_transport_config *config,
                                const pop3_layer *lower, void **out_self, pop3_error *err) {
  layer *self = host->alloc(host->ctx, sizeof(*self));
  if (self == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  memset(self, 0, sizeof(*self));
  self->host = host;
  self->lower = lower;
  self->turn = 13;
  pop3_status status = read_options(self, config, err);
  if (status != POP3_OK) {
    host->release(host->ctx, self);
    return status;
  }
  *out_self = self;
  return POP3_OK;
}

// The transport below is connected. A handshake would be played here, through lower->ops->read and
// ->write: what they answer other than DONE is answered here, and the next call goes on from there.
static pop3_io layer_connect(void *ptr, pop3_error *err) {
  (void)ptr;
  (void)err;
  return POP3_IO_DONE;
}

static uint8_t turned(uint8_t octet, unsigned places) {
  if (octet >= 'a' && octet <= 'z') return (uint8_t)('a' + (octet - 'a' + places) % 26);
  if (octet >= 'A' && octet <= 'Z') return (uint8_t)('A' + (octet - 'A' + places) % 26);
  return octet;
}

// Nothing is kept back here, so pending is not needed. A layer that reads more than it is asked for
// must have it, or the host waits for a descriptor while the octets lie in the layer.
static pop3_io layer_read(void *ptr, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
  layer *self = ptr;
  const pop3_io io = self->lower->ops->read(self->lower->self, buf, cap, out_len, err);
  if (io != POP3_IO_DONE) return io;  // on FAIL |err| says what the layer below said
  for (size_t i = 0; i < *out_len; i++) buf[i] = turned(buf[i], 26U - self->turn);
  return POP3_IO_DONE;
}

// Sends what waits. DONE: nothing does any more.
static pop3_io flush(layer *self, pop3_error *err) {
  while (self->out_at < self->out_len) {
    size_t sent = 0;
    const pop3_io io = self->lower->ops->write(self->lower->self, self->out + self->out_at,
                                               self->out_len - self->out_at, &sent, err);
    if (io != POP3_IO_DONE) return io;
    self->out_at += sent;
  }
  return POP3_IO_DONE;
}

// Octets that have been turned around cannot be handed back, so a WANT keeps them: when the host
// calls again, it offers them first once more, and they are counted when all of them are out.
static pop3_io layer_write(void *ptr, const uint8_t *data, size_t data_len, size_t *out_len,
                           pop3_error *err) {
  layer *self = ptr;
  if (self->out_len == 0) {
    self->out_len = data_len < OUT_MAX ? data_len : OUT_MAX;
    self->out_at = 0;
    for (size_t i = 0; i < self->out_len; i++) self->out[i] = turned(data[i], self->turn);
  }
  const pop3_io io = flush(self, err);
  if (io != POP3_IO_DONE) return io;
  *out_len = self->out_len;
  self->out_len = 0;
  return POP3_IO_DONE;
}

// |io->events| is what the host waits for. It is the same as what this layer needs from below; one
// that has to write in order to read changes it before it calls down.
static void layer_interest(void *ptr, pop3_interest *io) {
  const layer *self = ptr;
  self->lower->ops->interest(self->lower->self, io);
}

// Frees the state and nothing else: the transport below is the host's. No network, no waiting.
static void layer_destroy(void *ptr) {
  layer *self = ptr;
  if (self == NULL) return;
  self->host->wipe(self->host->ctx, self->out, sizeof(self->out));  // a password may be in there
  self->host->release(self->host->ctx, self);
}

// shutdown is left out: there is no farewell. query is left out: the layer below answers.
static const pop3_transport_ops kLayerOps = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_transport_ops),
    .name = "template_layer",
    .flags = POP3_TRANSPORT_UPPER,
    .create = layer_create,
    .connect = layer_connect,
    .read = layer_read,
    .write = layer_write,
    .interest = layer_interest,
    .destroy = layer_destroy,
};

static const pop3_transport_ops *const kTransports[] = {&kLayerOps};

static const pop3_plugin kPlugin = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_plugin),
    .name = "template_layer",
    .version = "0.1.0",
    .transports = kTransports,
    .num_transports = 1,
};

POP3_PLUGIN_ENTRY(template_layer, kPlugin)
