#include "tests/plugins/ages_parts.h"

namespace pop3_ages {
namespace {

Link *LinkOf(void *self) { return static_cast<Link *>(self); }

// One table at a time: a mechanism's functions have no argument of their own before begin.
Wire *g_wire = nullptr;
const pop3_transport_ops *g_layer = nullptr;
pop3_option g_option;

bool IsLocalByContext(const pop3_auth_context *context) {
  Fenced<pop3_answer> answer{POP3_ANSWER_INIT};
  const bool local = context->query(context->session, POP3_QUERY_IS_LOCAL, answer.get()) == POP3_OK;
  return local && answer.IsFilled() && answer->number == 1;
}

int Score(const pop3_host *host, const pop3_auth_context *context, char *, size_t) {
  g_wire->See<pop3_host>("host of score", host->size);
  g_wire->See<pop3_auth_context>("context of score", context->size);
  g_wire->Check(IsLocalByContext(context), "answer of context->query in score");
  return POP3_STRENGTH_SALTED;
}

pop3_status Begin(const pop3_host *host, const pop3_auth_context *context, void **out_self,
                  pop3_error *) {
  g_wire->See<pop3_host>("host of begin", host->size);
  g_wire->See<pop3_auth_context>("context of begin", context->size);
  g_wire->Check(IsLocalByContext(context), "answer of context->query in begin");
  *out_self = g_wire;
  return POP3_OK;
}

pop3_auth_verdict Step(void *self, const pop3_auth_input *in, pop3_auth_output *out, pop3_error *) {
  auto *wire = static_cast<Wire *>(self);
  wire->See<pop3_auth_input>("input of step", in->size);
  wire->See<pop3_auth_output>("output of step", out->size);
  if (in->event == POP3_AUTH_START) {
    static const char kLine[] = "AUTH X-AGES";
    out->is_command = 1;
    out->line = reinterpret_cast<const uint8_t *>(kLine);
    out->line_len = out->secret_offset = sizeof(kLine) - 1;
    return POP3_AUTH_SEND;
  }
  if (in->event != POP3_AUTH_POSITIVE) return POP3_AUTH_FAIL;
  g_option = {"wire.wire", nullptr, 0, wire};
  out->layer = g_layer;
  out->layer_options = &g_option;
  out->num_layer_options = 1;
  return POP3_AUTH_DONE;
}

void End(void *) {}

}  // namespace

pop3_status LinkCreate(const pop3_host *host, const pop3_transport_config *config,
                       const pop3_layer *lower, void **out_self, pop3_error *) {
  auto *link = new Link{nullptr, host, lower};
  for (size_t i = 0; i < config->num_options; i++) {
    if (std::string(config->options[i].name) == "wire.wire") {
      link->wire = static_cast<Wire *>(const_cast<void *>(config->options[i].object));
    }
  }
  link->wire->See<pop3_host>("host of create", host->size);
  link->wire->See<pop3_transport_config>("config of create", config->size);
  if (lower != nullptr) link->wire->See<pop3_transport_ops>("table below", lower->ops->size);
  *out_self = link;
  return POP3_OK;
}

pop3_io LinkConnect(void *, pop3_error *) { return POP3_IO_DONE; }

pop3_io LinkRead(void *self, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
  const Link *link = LinkOf(self);
  if (link->lower != nullptr) {
    return link->lower->ops->read(link->lower->self, buf, cap, out_len, err);
  }
  std::string *text = &link->wire->incoming;
  if (text->empty()) return POP3_IO_WANT_READ;
  *out_len = text->copy(reinterpret_cast<char *>(buf), cap);
  text->erase(0, *out_len);
  return POP3_IO_DONE;
}

pop3_io LinkWrite(void *self, const uint8_t *data, size_t len, size_t *out_len, pop3_error *err) {
  const Link *link = LinkOf(self);
  if (link->lower != nullptr) {
    return link->lower->ops->write(link->lower->self, data, len, out_len, err);
  }
  link->wire->Take(data, len);
  *out_len = len;
  return POP3_IO_DONE;
}

void LinkInterest(void *self, pop3_interest *io) {
  const Link *link = LinkOf(self);
  link->wire->See<pop3_interest>("interest of a transport", io->size);
  if (link->lower != nullptr) {
    link->lower->ops->interest(link->lower->self, io);
    return;
  }
  io->fds[io->num_fds].fd = 4711;
  io->fds[io->num_fds++].events = io->events;
}

pop3_status LinkQuery(void *self, uint32_t what, pop3_answer *out) {
  const Link *link = LinkOf(self);
  link->wire->See<pop3_answer>("answer of a transport", out->size);
  if (link->lower != nullptr) return POP3_ERR_UNSUPPORTED;
  static const char kName[] = "wire:110";
  switch (what) {
    case POP3_QUERY_IS_LOCAL:
      out->number = 1;
      return POP3_OK;
    case POP3_QUERY_PEER_NAME:
      out->data = reinterpret_cast<const uint8_t *>(kName);
      out->data_len = sizeof(kName) - 1;
      return POP3_OK;
    default:
      return POP3_ERR_UNSUPPORTED;
  }
}

void LinkDestroy(void *self) { delete LinkOf(self); }

pop3_transport_ops LinkOps(const char *name, uint32_t flags) {
  pop3_transport_ops ops = {};
  ops.abi = POP3_ABI;
  ops.size = sizeof(ops);
  ops.name = name;
  ops.flags = flags;
  ops.create = LinkCreate;
  ops.connect = LinkConnect;
  ops.read = LinkRead;
  ops.write = LinkWrite;
  ops.interest = LinkInterest;
  ops.query = LinkQuery;
  ops.destroy = LinkDestroy;
  return ops;
}

pop3_auth_ops MechanismOps(Wire *wire, const pop3_transport_ops *layer) {
  g_wire = wire;
  g_layer = layer;
  pop3_auth_ops ops = {};
  ops.abi = POP3_ABI;
  ops.size = sizeof(ops);
  ops.name = "x-ages";
  ops.score = Score;
  ops.begin = Begin;
  ops.step = Step;
  ops.end = End;
  return ops;
}

}  // namespace pop3_ages
