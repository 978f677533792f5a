#include "tools/cli/place_sink.h"

static pop3_sink_verdict on_body(void *arg, const uint8_t *data, size_t data_len) {
  cli_place_sink *self = arg;
  pop3_status status = self->place->ops->write(self->place, data, data_len, &self->failure);
  return status == POP3_OK ? POP3_SINK_CONTINUE : POP3_SINK_STOP;
}

pop3_status cli_place_sink_begin(cli_place_sink *self, pop3_sink *out, cli_deliver *place,
                                 uint32_t number, pop3_error *err) {
  const pop3_error none = POP3_ERROR_INIT;
  const pop3_sink sink = POP3_SINK_INIT;
  self->place = place;
  self->failure = none;
  *out = sink;
  out->body = on_body;
  out->arg = self;
  const cli_message_id id = {NULL, number, 0};
  return place->ops->begin(place, &id, err);
}

pop3_status cli_place_sink_end(cli_place_sink *self, pop3_status status, pop3_error *err) {
  cli_deliver *place = self->place;
  if (self->failure.status != POP3_OK) {
    *err = self->failure;
    status = self->failure.status;
  }
  if (status == POP3_OK) status = place->ops->end(place, err);
  if (status == POP3_OK) return place->ops->flush(place, err);
  place->ops->abort(place);
  return status;
}
