#include "core/channel/channel.h"

#include <string.h>

#include "core/base/memory.h"
#include "core/base/plugin_tables.h"

#define LAYER "session"

void p3_channel_init(p3_channel *channel, const p3_channel_plan *plan) {
  memset(channel, 0, sizeof(*channel));
  channel->plan = *plan;
}

// --- Making the chain

int p3_channel_is_planned(const p3_channel *channel) {
  return channel->layers.connecting || channel->num_pushed < channel->plan.num_transports;
}

int p3_channel_is_connected(const p3_channel *channel) {
  return !p3_channel_is_planned(channel) && channel->next == NULL && channel->layer.ops == NULL;
}

void p3_channel_push(p3_channel *channel, const pop3_transport_ops *ops) { channel->next = ops; }

int p3_channel_push_layer(p3_channel *channel, const p3_security_layer *layer) {
  // First of all: whatever goes wrong from here on, the options have to be given back.
  channel->layer = *layer;
  channel->layer.ops = NULL;
  if (p3_transport_problem(layer->ops, NULL) != NULL) return 0;
  memset(&channel->layer_ops, 0, sizeof(channel->layer_ops));
  memcpy(&channel->layer_ops, layer->ops,
         layer->ops->size < sizeof(channel->layer_ops) ? layer->ops->size
                                                       : sizeof(channel->layer_ops));
  channel->layer_ops.size = (uint32_t)sizeof(channel->layer_ops);
  channel->layer.ops = &channel->layer_ops;
  return 1;
}

// Tells the mechanism, once, that the options of its security layer are no longer needed.
static void release_layer(p3_channel *channel) {
  const p3_security_layer layer = channel->layer;
  memset(&channel->layer, 0, sizeof(channel->layer));
  if (layer.release != NULL) layer.release(layer.options, layer.num_options);
}

static pop3_status push(p3_channel *channel, const pop3_transport_ops *ops,
                        const pop3_option *options, size_t num_options, pop3_error *err) {
  const p3_channel_plan *plan = &channel->plan;
  const pop3_transport_config config = {(uint32_t)sizeof(config), plan->port, plan->name, options,
                                        num_options};
  channel->is_making = 1;
  const pop3_status status =
      p3_layers_push(&channel->layers, ops, plan->host, &config, plan->max_layers, err);
  channel->is_making = 0;
  return status;
}

static pop3_status push_planned(p3_channel *channel, const pop3_transport_ops *ops,
                                pop3_error *err) {
  const p3_option_list *options = channel->plan.options;
  return push(channel, ops, options->at, options->count, err);
}

// Pushes what stands next: a transport of the plan, one on top of them, or a security layer.
static pop3_status push_next(p3_channel *channel, pop3_error *err) {
  const p3_channel_plan *plan = &channel->plan;
  if (channel->num_pushed < plan->num_transports) {
    return push_planned(channel, plan->transports[channel->num_pushed++], err);
  }
  if (channel->layer.ops != NULL) {
    const pop3_status status =
        push(channel, channel->layer.ops, channel->layer.options, channel->layer.num_options, err);
    release_layer(channel);
    return status;
  }
  const pop3_transport_ops *ops = channel->next;
  channel->next = NULL;
  return push_planned(channel, ops, err);
}

int p3_channel_has_read_options(const p3_channel *channel, const pop3_transport_ops *ops) {
  for (size_t i = 0; i < channel->layers.count; i++) {
    if (channel->layers.at[i].ops == ops) return 1;
  }
  return channel->is_making;
}

// What an operation waits for.
static uint32_t wants(pop3_io io) {
  return io == POP3_IO_WANT_READ ? POP3_WAIT_READ : io == POP3_IO_WANT_WRITE ? POP3_WAIT_WRITE : 0;
}

pop3_io p3_channel_connect(p3_channel *channel, int *out_pushed, pop3_error *err) {
  *out_pushed = 1;
  if (!channel->layers.connecting) {
    const pop3_status status = push_next(channel, err);
    if (status != POP3_OK) {
      err->status = status;
      *out_pushed = 0;
      return POP3_IO_FAIL;
    }
  }
  const pop3_io io = p3_layers_connect(&channel->layers, err);
  channel->read_wants = 0;
  channel->write_wants = wants(io);
  return io;
}

// --- Once more

// Sets the option that |wanted| names. Returns its name, or NULL when memory ran out.
static const char *set_option(const p3_channel *channel, const pop3_answer *wanted) {
  const p3_channel_plan *plan = &channel->plan;
  char *name = p3_mem_strdup(plan->allocator, (const char *)wanted->data, wanted->data_len);
  const pop3_option option = {name, NULL, wanted->number, NULL};
  const int is_set = name != NULL && p3_option_list_set(plan->options, &option);
  p3_mem_free(plan->allocator, name);
  return is_set ? plan->options->at[plan->options->count - 1].name : NULL;
}

const char *p3_channel_begin_again(p3_channel *channel) {
  const p3_layers *layers = &channel->layers;
  pop3_answer answer = POP3_ANSWER_INIT;
  pop3_answer once = POP3_ANSWER_INIT;
  if (layers->count == 0 || channel->has_begun_again) return NULL;
  const pop3_layer *failed = &layers->at[layers->count - 1];
  if (failed->ops->query == NULL ||
      failed->ops->query(failed->self, POP3_QUERY_AGAIN, &answer) != POP3_OK ||
      answer.data_len == 0) {
    return NULL;
  }
  if (p3_channel_query(channel, POP3_QUERY_ONLY_ONCE, &once) == POP3_OK && once.number != 0) {
    return NULL;
  }
  const char *name = set_option(channel, &answer);
  if (name == NULL) return NULL;
  p3_channel_drop(channel);
  channel->has_begun_again = 1;
  channel->num_pushed = 0;
  channel->next = NULL;
  channel->read_wants = channel->write_wants = 0;
  return name;
}

// --- Moving octets

pop3_io p3_channel_read(p3_channel *channel, uint8_t *buf, size_t cap, size_t *out_len,
                        pop3_error *err) {
  const pop3_io io = p3_layers_read(&channel->layers, buf, cap, out_len, err);
  // A short read has emptied the transport: do not ask it again in vain.
  channel->read_wants = io == POP3_IO_DONE ? POP3_WAIT_READ : wants(io);
  if (!channel->write_failed || (io != POP3_IO_WANT_READ && io != POP3_IO_WANT_WRITE)) return io;
  *err = channel->write_error;
  return POP3_IO_FAIL;
}

pop3_io p3_channel_write(p3_channel *channel, const uint8_t *data, size_t len, size_t *out_len) {
  pop3_error error = POP3_ERROR_INIT;
  const pop3_io io = p3_layers_write(&channel->layers, data, len, out_len, &error);
  channel->write_wants = wants(io);
  if (io != POP3_IO_FAIL && io != POP3_IO_EOF) return io;
  if (io == POP3_IO_EOF) {
    pop3_error_set(&error, POP3_ERR_EOF, LAYER, 0, "the server closed the connection");
  }
  channel->write_failed = 1;
  channel->write_error = error;
  return io;
}

void p3_channel_interest(const p3_channel *channel, pop3_interest *out) {
  out->events = channel->read_wants | channel->write_wants;
  if (channel->layers.connecting || out->events != 0) {
    p3_layers_interest(&channel->layers, out);
  }
}

int p3_channel_pending(const p3_channel *channel) {
  return !channel->layers.connecting && p3_layers_pending(&channel->layers);
}

// --- What is known of it

pop3_status p3_channel_query(const p3_channel *channel, uint32_t what, pop3_answer *out) {
  return p3_layers_query(&channel->layers, what, out);
}

int p3_channel_is_open(const p3_channel *channel) {
  return channel->layers.count > 0 && !channel->layers.connecting;
}

static int answers_one(const p3_channel *channel, uint32_t what) {
  pop3_answer answer = POP3_ANSWER_INIT;
  return p3_channel_is_open(channel) && p3_channel_query(channel, what, &answer) == POP3_OK &&
         answer.number == 1;
}

int p3_channel_is_encrypted(const p3_channel *channel) {
  return answers_one(channel, POP3_QUERY_IS_ENCRYPTED);
}

int p3_channel_is_verified(const p3_channel *channel) {
  return answers_one(channel, POP3_QUERY_TLS_VERIFIED);
}

int p3_channel_is_name_verified(const p3_channel *channel) {
  return answers_one(channel, POP3_QUERY_TLS_NAME_VERIFIED);
}

int p3_channel_is_local(const p3_channel *channel) {
  return answers_one(channel, POP3_QUERY_IS_LOCAL);
}

int p3_channel_is_private(const p3_channel *channel) {
  return p3_channel_is_encrypted(channel) || p3_channel_is_local(channel);
}

// --- The end

void p3_channel_drop(p3_channel *channel) { p3_layers_destroy(&channel->layers); }

void p3_channel_close(p3_channel *channel) {
  if (!channel->write_failed) p3_layers_shutdown(&channel->layers);
  p3_channel_drop(channel);
}

void p3_channel_cleanup(p3_channel *channel) {
  release_layer(channel);
  p3_channel_drop(channel);
}
