#include "tests/core/engine_driver.h"

#include <algorithm>
#include <cstring>

namespace pop3_core_test {

namespace {

std::string Id(pop3_op_id id) { return "#" + std::to_string(id); }

std::string Slice(const char *text, size_t len) {
  return text != nullptr ? std::string(text, len) : std::string();
}

}  // namespace

EngineDriver::EngineDriver() {
  options.allocator = allocator.get();
  options.trace = Trace;
  options.trace_arg = this;
  options.audit = Audit;
  options.audit_arg = this;
  options.gate = Gate;
  options.gate_arg = this;
  options.challenge = Challenge;
  options.challenge_arg = this;
}

EngineDriver::~EngineDriver() {
  Free();
  EXPECT_EQ(allocator.live_blocks(), 0U);
  EXPECT_EQ(allocator.unwiped(), 0U);
}

void EngineDriver::Free() {
  pop3_engine_free(engine_);
  engine_ = nullptr;
  CheckDone();
}

pop3_status EngineDriver::Start() {
  options.limits = &limits;
  return pop3_engine_new(&engine_, &options, &err_);
}

void EngineDriver::StartReady(const Lines &capa) {
  ASSERT_EQ(Start(), POP3_OK) << err_.text;
  ASSERT_EQ(Feed("+OK ready\r\n"), POP3_OK) << error_text();
  if (!capa.empty()) {
    std::string reply = "+OK\r\n";
    for (const std::string &line : capa) reply += line + "\r\n";
    Run(POP3_CMD_CAPA, reply + ".\r\n");
    ASSERT_NE(pop3_engine_capabilities(engine_), nullptr) << error_text();
  }
  log.clear();
  traces.clear();
  audits.clear();
}

pop3_status EngineDriver::Feed(const std::string &octets) {
  unfed_ += octets;
  pop3_status status = POP3_OK;
  while (!unfed_.empty()) {
    size_t cap = 0;
    uint8_t *buf = pop3_engine_recv_buf(engine_, &cap);
    if (cap == 0) break;
    const size_t len = std::min({cap, piece, unfed_.size()});
    memcpy(buf, unfed_.data(), len);
    unfed_.erase(0, len);
    status = pop3_engine_recv_ack(engine_, len);
  }
  const pop3_error *error = pop3_engine_error(engine_);
  if (error != nullptr) status = error->status;
  return status;
}

std::string EngineDriver::Send(size_t most) {
  std::string out;
  while (out.size() < most) {
    size_t len = 0;
    const uint8_t *data = pop3_engine_send_buf(engine_, &len);
    EXPECT_EQ(data == nullptr, len == 0);
    if (len == 0) break;
    len = std::min(len, most - out.size());
    out.append(reinterpret_cast<const char *>(data), len);
    pop3_engine_send_ack(engine_, len);
  }
  return out;
}

pop3_status EngineDriver::Resume() {
  const pop3_status status = pop3_engine_resume(engine_);
  return status == POP3_OK ? Feed("") : status;
}

pop3_op_id EngineDriver::Submit(const pop3_request &request) {
  const pop3_sink sink = NewSink();
  pop3_op_id id = 99;
  const pop3_status status = pop3_engine_submit(engine_, &request, &sink, &id, &err_);
  EXPECT_EQ(id != 0, status == POP3_OK);
  Accepted(id);
  return id;
}

pop3_op_id EngineDriver::Submit(pop3_command command, uint32_t number) {
  return Submit(Number(command, number));
}

pop3_op_id EngineDriver::Submit(pop3_command command, const std::string &arg) {
  pop3_request request = POP3_REQUEST_INIT(command);
  request.arg = arg.data();
  request.arg_len = arg.size();
  return Submit(request);
}

pop3_op_id EngineDriver::Run(const pop3_request &request, const std::string &reply) {
  const pop3_op_id id = Submit(request);
  Send();
  Feed(reply);
  return id;
}

pop3_op_id EngineDriver::Run(pop3_command command, const std::string &reply) {
  return Run(Number(command, 0), reply);
}

std::string EngineDriver::error_text() const {
  const pop3_error *error = engine_ != nullptr ? pop3_engine_error(engine_) : nullptr;
  return error != nullptr ? error->text : "";
}

void EngineDriver::Trace(void *arg, const pop3_trace_event *event) {
  auto *driver = static_cast<EngineDriver *>(arg);
  EXPECT_EQ(event->size, sizeof(*event));
  static const char kLetters[] = "?NCRLB";
  driver->traces.push_back(std::string(1, kLetters[event->kind]) + " " +
                           Slice(event->data, event->data_len) +
                           (event->redacted != 0 ? " (redacted)" : ""));
}

int EngineDriver::Audit(void *arg, const pop3_audit_event *event) {
  auto *driver = static_cast<EngineDriver *>(arg);
  EXPECT_EQ(event->size, sizeof(*event));
  EXPECT_EQ(event->kind, POP3_AUDIT_PUTLINE);
  const std::string line = Slice(event->line, event->line_len);
  EXPECT_EQ(event->redacted != 0, line.find("<redacted>") != std::string::npos);
  driver->audits.push_back(line);
  return driver->on_audit && !driver->on_audit(line) ? 1 : 0;
}

pop3_status EngineDriver::Gate(void *arg, pop3_command command, pop3_error *err) {
  auto *driver = static_cast<EngineDriver *>(arg);
  return driver->on_gate ? driver->on_gate(command, err) : POP3_OK;
}

void EngineDriver::Challenge(void *arg, pop3_op_id op, const char *data, size_t data_len) {
  auto *driver = static_cast<EngineDriver *>(arg);
  driver->challenges.push_back(Id(op) + " " + Slice(data, data_len));
  if (driver->on_challenge) driver->on_challenge(op, Slice(data, data_len));
}

}  // namespace pop3_core_test
