#include "core/channel/layers.h"

#include "core/base/fill.h"

#define LAYER "session"

static pop3_layer *top(p3_layers *layers) { return &layers->at[layers->count - 1]; }

pop3_status p3_layers_push(p3_layers *layers, const pop3_transport_ops *ops, const pop3_host *host,
                           const pop3_transport_config *config, size_t max_layers,
                           pop3_error *err) {
  const int is_bottom = layers->count == 0;
  const uint32_t place = ops->flags & (POP3_TRANSPORT_BOTTOM | POP3_TRANSPORT_UPPER);
  if (place != (is_bottom ? POP3_TRANSPORT_BOTTOM : POP3_TRANSPORT_UPPER)) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          is_bottom ? "transport %s needs another one below it"
                                    : "transport %s cannot stand on another one",
                          ops->name);
  }
  if (layers->count >= max_layers || layers->count >= P3_LAYERS_MAX) {
    return pop3_error_set(err, POP3_ERR_ARGUMENT, LAYER, 0,
                          "more than %zu transports on each other (limit max_layers)",
                          max_layers < P3_LAYERS_MAX ? max_layers : P3_LAYERS_MAX);
  }
  void *self = NULL;
  const pop3_layer *lower = is_bottom ? NULL : top(layers);
  const pop3_status status = ops->create(host, config, lower, &self, err);
  if (status != POP3_OK) return status;
  layers->at[layers->count].ops = ops;
  layers->at[layers->count].self = self;
  layers->count++;
  layers->connecting = 1;
  return POP3_OK;
}

pop3_io p3_layers_connect(p3_layers *layers, pop3_error *err) {
  const pop3_io io = top(layers)->ops->connect(top(layers)->self, err);
  if (io == POP3_IO_DONE) layers->connecting = 0;
  if (io == POP3_IO_EOF) {
    pop3_error_set(err, POP3_ERR_EOF, top(layers)->ops->name, 0,
                   "the server closed the connection while %s was connecting",
                   top(layers)->ops->name);
    return POP3_IO_FAIL;
  }
  return io;
}

pop3_io p3_layers_read(p3_layers *layers, uint8_t *buf, size_t cap, size_t *out_len,
                       pop3_error *err) {
  *out_len = 0;
  return top(layers)->ops->read(top(layers)->self, buf, cap, out_len, err);
}

pop3_io p3_layers_write(p3_layers *layers, const uint8_t *data, size_t len, size_t *out_len,
                        pop3_error *err) {
  *out_len = 0;
  return top(layers)->ops->write(top(layers)->self, data, len, out_len, err);
}

void p3_layers_interest(const p3_layers *layers, pop3_interest *out) {
  if (layers->count == 0) return;
  const pop3_layer *layer = &layers->at[layers->count - 1];
  layer->ops->interest(layer->self, out);
}

int p3_layers_pending(const p3_layers *layers) {
  for (size_t i = layers->count; i > 0; i--) {
    const pop3_layer *layer = &layers->at[i - 1];
    if (layer->ops->pending != NULL && layer->ops->pending(layer->self) != 0) return 1;
  }
  return 0;
}

pop3_status p3_layers_query(const p3_layers *layers, uint32_t what, pop3_answer *out) {
  const pop3_answer none = POP3_ANSWER_INIT;
  pop3_answer answer = none;
  pop3_status status = POP3_ERR_UNSUPPORTED;
  for (size_t i = layers->count; i > 0 && status == POP3_ERR_UNSUPPORTED; i--) {
    const pop3_layer *layer = &layers->at[i - 1];
    if (layer->ops->query == NULL) continue;
    answer = none;
    status = layer->ops->query(layer->self, what, &answer);
  }
  if (status != POP3_OK) answer = none;
  return p3_fill(out, &answer, sizeof(answer)) ? status : POP3_ERR_ARGUMENT;
}

void p3_layers_shutdown(p3_layers *layers) {
  for (size_t i = layers->count; i > 0; i--) {
    const pop3_layer *layer = &layers->at[i - 1];
    if (i == layers->count && layers->connecting) continue;
    pop3_error ignored = POP3_ERROR_INIT;
    if (layer->ops->shutdown != NULL) (void)layer->ops->shutdown(layer->self, &ignored);
  }
}

void p3_layers_destroy(p3_layers *layers) {
  while (layers->count > 0) {
    pop3_layer *layer = top(layers);
    layer->ops->destroy(layer->self);
    layers->count--;
  }
  layers->connecting = 0;
}
