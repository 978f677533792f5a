#include "tests/core/sink_log.h"

#include <cstring>

namespace pop3_core_test {

namespace {

std::string Id(pop3_op_id id) {
  constexpr pop3_op_id kLogin = UINT64_C(1) << 63;
  if ((id & kLogin) != 0) return "#login" + std::to_string(id & ~kLogin);
  return "#" + std::to_string(id);
}

std::string Slice(const char *text, size_t len) {
  return text != nullptr ? std::string(text, len) : std::string();
}

// What a result says, in one line.
std::string Words(const pop3_result &r) {
  std::string out = std::string("done ") + pop3_command_name(r.command) + " ";
  out += r.status == POP3_OK ? "OK" : r.status == POP3_REFUSED ? "REFUSED" : "";
  if (r.status >= 100) out += pop3_status_name(r.status);
  if (r.command == POP3_CMD_STAT && r.status == POP3_OK) {
    out += " count " + std::to_string(r.count) + " octets " + std::to_string(r.octets);
  }
  const bool listing = r.command == POP3_CMD_LIST || r.command == POP3_CMD_UIDL;
  if ((listing && r.number != 0) || r.command == POP3_CMD_LAST) {
    out += " number " + std::to_string(r.number);
  }
  if (r.command == POP3_CMD_LIST && r.number != 0 && r.status == POP3_OK) {
    out += " octets " + std::to_string(r.octets);
  }
  if (r.text != nullptr) out += " text " + Slice(r.text, r.text_len);
  if (r.command == POP3_CMD_QUIT) {
    out += r.quit == POP3_QUIT_COMMITTED ? " committed"
           : r.quit == POP3_QUIT_REFUSED ? " refused"
                                         : " unknown";
  }
  return out;
}

}  // namespace

int SinkLog::status_of(pop3_op_id id) const {
  for (const Operation &op : operations_) {
    if (op.id == id) return op.status;
  }
  return -2;
}

pop3_sink SinkLog::NewSink() {
  operations_.push_back({this, 0, false, -1, 0, false, 0});
  pop3_sink sink = POP3_SINK_INIT;
  sink.body = Body;
  sink.item = Item;
  sink.done = Done;
  sink.arg = &operations_.back();
  return sink;
}

pop3_sink SinkLog::Sink() {
  const pop3_sink sink = NewSink();
  operations_.back().blocking = true;
  return sink;
}

void SinkLog::Accepted(pop3_op_id id) { operations_.back().id = id; }

void SinkLog::CheckDone() const {
  for (const Operation &op : operations_) {
    if (!op.blocking) {
      EXPECT_EQ(op.dones, op.id != 0 ? 1 : 0) << "done of " << Id(op.id);
    }
  }
}

pop3_sink_verdict SinkLog::Body(void *arg, const uint8_t *data, size_t data_len) {
  auto *op = static_cast<Operation *>(arg);
  SinkLog *self = op->log;
  EXPECT_EQ(op->dones, 0) << "a span behind done";
  EXPECT_GT(data_len, 0U);
  if (!op->in_body || op->body_line + 1 != self->log.size()) {
    op->in_body = true;
    op->body_line = self->log.size();
    self->log.push_back(Id(op->id) + " body ");
  }
  self->log.back().append(reinterpret_cast<const char *>(data), data_len);
  return self->on_piece ? self->on_piece(op->id) : POP3_SINK_CONTINUE;
}

pop3_sink_verdict SinkLog::Item(void *arg, const pop3_item *item) {
  auto *op = static_cast<Operation *>(arg);
  SinkLog *self = op->log;
  EXPECT_EQ(op->dones, 0) << "an item behind done";
  EXPECT_EQ(item->size, sizeof(*item));
  std::string line = Id(op->id) + " item ";
  if (item->number != 0) line += std::to_string(item->number) + " ";
  line += item->kind == POP3_ITEM_SCAN ? std::to_string(item->octets)
                                       : Slice(item->text, item->text_len);
  self->log.push_back(line);
  return self->on_piece ? self->on_piece(op->id) : POP3_SINK_CONTINUE;
}

void SinkLog::Done(void *arg, const pop3_result *result) {
  auto *op = static_cast<Operation *>(arg);
  SinkLog *self = op->log;
  if (op->blocking) op->id = result->op;
  EXPECT_EQ(op->id, result->op);
  EXPECT_EQ(result->size, sizeof(*result));
  EXPECT_EQ(result->error == nullptr, result->status == POP3_OK);
  if (result->error != nullptr) {
    EXPECT_EQ(result->error->status, result->status);
    EXPECT_STRNE(result->error->text, "");
  }
  EXPECT_EQ(op->dones, 0) << "done twice";
  op->dones++;
  op->status = result->status;
  self->log.push_back(Id(op->id) + " " + Words(*result));
  if (self->on_done) self->on_done(*result);
}

pop3_request Request(pop3_command command, const char *arg) {
  pop3_request request = POP3_REQUEST_INIT(command);
  request.arg = arg;
  request.arg_len = strlen(arg);
  return request;
}

pop3_request Number(pop3_command command, uint32_t number, uint32_t lines) {
  pop3_request request = POP3_REQUEST_INIT(command);
  request.number = number;
  request.lines = lines;
  return request;
}

}  // namespace pop3_core_test
