// The whole engine against a hostile server.
//
// Input: an octet of flags (quirks, pipelining, buffer size), an octet for the number of commands,
// that many octets that choose the commands and their sinks, an octet that says how the rest is
// cut; the rest is what the server sends. Whatever that is: no crash, no octet outside the buffers,
// |done| exactly once for each operation that was accepted, and a body never longer than what came
// in.
#include <pop3/engine.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

void Require(bool ok, const char *what) {
  if (ok) return;
  std::fprintf(stderr, "engine_fuzz: %s\n", what);
  std::abort();
}

struct Input {
  const uint8_t *data;
  size_t len;
  uint8_t Next() {
    if (len == 0) return 0;
    len--;
    return *data++;
  }
};

struct World {
  pop3_engine *engine = nullptr;
  size_t received = 0;  // octets from the server
  int accepted = 0;     // operations
  int resubmits = 20;
};

struct Op {
  World *world = nullptr;
  uint8_t behaviour = 0;
  int done = 0;
  uint64_t octets = 0;
  pop3_op_id id = 0;
};

pop3_sink_verdict Verdict(Op *op) {
  switch (op->behaviour & 7) {
    case 1:
      return POP3_SINK_PAUSE;
    case 2:
      return POP3_SINK_STOP;
    case 3:
      (void)pop3_engine_cancel(op->world->engine, op->id, nullptr);
      return POP3_SINK_CONTINUE;
    default:
      return POP3_SINK_CONTINUE;
  }
}

pop3_sink_verdict OnBody(void *arg, const uint8_t *data, size_t len) {
  Op *op = static_cast<Op *>(arg);
  Require(len > 0, "an empty span");
  Require(op->done == 0, "a body after done");
  // Touch each octet, so that a sanitizer sees a span that is not there.
  volatile uint8_t sum = 0;
  for (size_t i = 0; i < len; i++) sum = static_cast<uint8_t>(sum + data[i]);
  op->octets += len;
  Require(op->octets <= op->world->received, "more body than was received");
  return Verdict(op);
}

pop3_sink_verdict OnItem(void *arg, const pop3_item *item) {
  Op *op = static_cast<Op *>(arg);
  Require(op->done == 0, "an item after done");
  Require(item->line_len <= op->world->received, "more line than was received");
  Require(item->kind != POP3_ITEM_SCAN || item->number > 0, "message number 0");
  return Verdict(op);
}

void OnDone(void *arg, const pop3_result *result) {
  Op *op = static_cast<Op *>(arg);
  Require(++op->done == 1, "done twice");
  Require((result->status == POP3_OK) == (result->error == nullptr), "status and error disagree");
  if (result->reply != nullptr) {
    Require(std::strlen(result->reply->text) == result->reply->text_len, "NUL in a reply");
  }
  if ((op->behaviour & 8) != 0 && op->world->resubmits-- > 0) {
    const pop3_request noop = POP3_REQUEST_INIT(POP3_CMD_NOOP);
    (void)pop3_engine_submit(op->world->engine, &noop, nullptr, nullptr, nullptr);
  }
}

void OnChallenge(void *arg, pop3_op_id, const char *, size_t len) {
  World *world = static_cast<World *>(arg);
  Require(len <= world->received, "more challenge than was received");
  const uint8_t answer[] = "dGVzdA==";
  (void)pop3_engine_respond(world->engine, answer, len % 2 == 0 ? 8 : 0, nullptr);
}

void Submit(World *world, Op *op, uint8_t choice) {
  pop3_request request = POP3_REQUEST_INIT(POP3_CMD_NOOP);
  // From CAPA on: the greeting is no request.
  request.command = static_cast<pop3_command>(1 + choice % POP3_CMD_RAW_MULTI);
  request.number = choice >> 5;
  request.lines = choice >> 6;
  request.arg = "alice";
  if (request.command == POP3_CMD_LANG && choice >= 128) request.arg = nullptr;
  if (request.command == POP3_CMD_AUTH) request.arg = "PLAIN";
  request.arg_len = request.arg != nullptr ? std::strlen(request.arg) : 0;
  if (request.command == POP3_CMD_APOP) {
    request.arg2 = "c4c9334bac560ecc979e58001b3e22fb";
    request.arg2_len = 32;
  }
  if (choice >= 128) request.flags = POP3_REQUEST_RAW_BODY;
  op->world = world;
  op->behaviour = choice >> 3;
  pop3_sink sink = POP3_SINK_INIT;
  sink.body = OnBody;
  sink.item = OnItem;
  sink.done = OnDone;
  sink.arg = op;
  if (pop3_engine_submit(world->engine, &request, &sink, &op->id, nullptr) == POP3_OK) {
    world->accepted++;
  }
}

void Drain(pop3_engine *engine) {
  size_t len;
  while (pop3_engine_send_buf(engine, &len) != nullptr) pop3_engine_send_ack(engine, len);
  if (pop3_engine_upgrading(engine)) pop3_engine_upgraded(engine);
  if (pop3_engine_paused(engine)) (void)pop3_engine_resume(engine);
}

void Feed(World *world, Input *input, uint8_t cut) {
  while (input->len > 0) {
    Drain(world->engine);
    size_t cap = 0;
    uint8_t *buf = pop3_engine_recv_buf(world->engine, &cap);
    if (cap == 0) {
      // Paused again and again by a sink: give it up; anything else means failed or closed.
      if (!pop3_engine_paused(world->engine)) break;
      continue;
    }
    size_t n = cut == 0 ? input->len : 1 + cut % 64;
    if (n > input->len) n = input->len;
    if (n > cap) n = cap;
    std::memcpy(buf, input->data, n);
    input->data += n;
    input->len -= n;
    world->received += n;
    if (pop3_engine_recv_ack(world->engine, n) != POP3_OK) break;
  }
  for (int i = 0; i < 1000 && pop3_engine_paused(world->engine); i++) {
    (void)pop3_engine_resume(world->engine);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Input input = {data, size};
  World world;
  const uint8_t flags = input.Next();
  pop3_limits limits = POP3_LIMITS_INIT;
  limits.max_capa_lines = 20;
  limits.max_items = 100;
  limits.max_auth_rounds = 5;
  if ((flags & 2) != 0) limits.recv_buffer = limits.max_reply_line = 512;
  pop3_engine_options options = POP3_ENGINE_OPTIONS_INIT;
  options.limits = &limits;
  options.quirks = (flags & 1) != 0 ? POP3_QUIRKS_ALL : 0;
  options.pipelining = (flags & 4) != 0 ? POP3_PIPELINING_NEVER : POP3_PIPELINING_AUTO;
  options.challenge = (flags & 8) != 0 ? nullptr : OnChallenge;
  options.challenge_arg = &world;
  Require(pop3_engine_new(&world.engine, &options, nullptr) == POP3_OK, "no engine");

  std::vector<Op> ops(input.Next() % 40);
  for (Op &op : ops) Submit(&world, &op, input.Next());
  const uint8_t cut = input.Next();
  Feed(&world, &input, cut);
  if ((flags & 16) != 0) (void)pop3_engine_recv_eof(world.engine);
  pop3_engine_free(world.engine);
  int done = 0;
  for (const Op &op : ops) done += op.done;
  Require(done == world.accepted, "an operation that was accepted is not done");
  return 0;
}
