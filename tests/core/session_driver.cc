#include "tests/core/session_driver.h"

namespace pop3_core_test {

SessionDriver::SessionDriver() {
  options.host = "mail.example";
  options.port = 110;
  options.allocator = allocator.get();
  options.trace = Trace;
  options.trace_arg = this;
  options.audit = Audit;
  options.audit_arg = this;
  options.clock_ms = FakeWire::Clock;
  options.clock_arg = &wire;
}

SessionDriver::~SessionDriver() {
  Free();
  pop3_registry_free(registry_);
  for (const char *name : {"fake", "tls", "shift"}) {
    const std::string prefix = name;
    EXPECT_EQ(wire.Count(prefix + ".destroy"), wire.Count(prefix + ".create"));
  }
  EXPECT_EQ(wire.complaints, Lines());
  EXPECT_EQ(allocator.live_blocks(), 0U);
  EXPECT_EQ(allocator.unwiped(), 0U);
}

void SessionDriver::Free() {
  pop3_session_free(session_);
  session_ = nullptr;
  CheckDone();
}

void SessionDriver::Forget() {
  session_ = nullptr;
  CheckDone();
}

pop3_status SessionDriver::Start() {
  pop3_status status = pop3_registry_new(&registry_, nullptr, &err);
  for (const pop3_plugin *plugin : plugins) {
    if (status == POP3_OK) status = pop3_registry_add(registry_, plugin, &err);
  }
  EXPECT_EQ(status, POP3_OK) << err.text;
  std::vector<pop3_option> all = transport_options;
  all.push_back({"fake.wire", nullptr, 0, &wire});
  options.transports = transports.data();
  options.num_transports = transports.size();
  options.options = all.data();
  options.num_options = all.size();
  options.limits = &limits;
  return pop3_session_new(&session_, registry_, &options, &err);
}

void SessionDriver::StartReady() {
  ASSERT_EQ(Start(), POP3_OK) << err.text;
  ASSERT_EQ(pop3_connect(session_, &err), POP3_OK) << err.text;
  traces.clear();
  audits.clear();
}

pop3_op_id SessionDriver::Submit(const pop3_request &request) {
  const pop3_sink sink = NewSink();
  pop3_op_id id = 99;
  const pop3_status status = pop3_submit(session_, &request, &sink, &id, &err);
  EXPECT_EQ(id != 0, status == POP3_OK);
  Accepted(id);
  return id;
}

pop3_op_id SessionDriver::Submit(pop3_command command, uint32_t number) {
  return Submit(Number(command, number));
}

pop3_op_id SessionDriver::SubmitLogin(const char *mechanism) {
  const pop3_sink sink = NewSink();
  pop3_op_id id = 99;
  const pop3_status status = pop3_submit_login(session_, mechanism, &sink, &id, &err);
  EXPECT_EQ(id != 0, status == POP3_OK);
  Accepted(id);
  return id;
}

pop3_step_result SessionDriver::Settle() {
  for (int i = 0; i < 100000; i++) {
    const pop3_step_result result = pop3_step(session_);
    if (result != POP3_STEP_AGAIN) return result;
    pop3_interest interest = POP3_INTEREST_INIT;
    pop3_session_interest(session_, &interest);
  }
  ADD_FAILURE() << "never settles";
  return POP3_STEP_AGAIN;
}

pop3_status SessionDriver::Wait(pop3_op_id op) {
  return pop3_wait(session_, op, POP3_NO_TIMEOUT, &err);
}

std::string SessionDriver::error_text() const {
  const pop3_error *error = session_ != nullptr ? pop3_session_error(session_) : nullptr;
  return error != nullptr ? error->text : "";
}

std::string SessionDriver::Seen() const {
  std::string all = error_text() + "\n" + err.text + "\n";
  for (const Lines *lines : {&traces, &audits, &log}) {
    for (const std::string &line : *lines) all += line + "\n";
  }
  return all;
}

void SessionDriver::Trace(void *arg, const pop3_trace_event *event) {
  auto *self = static_cast<SessionDriver *>(arg);
  EXPECT_EQ(event->time_ms, self->wire.now_ms);
  static const char kLetters[] = "?NCRLB";
  self->traces.push_back(std::string(1, kLetters[event->kind]) + " " +
                         std::string(event->data, event->data_len));
}

int SessionDriver::Audit(void *arg, const pop3_audit_event *event) {
  auto *self = static_cast<SessionDriver *>(arg);
  std::string line;
  if (event->kind == POP3_AUDIT_CONNECT) {
    line = std::string("connect ") + event->host + ":" + std::to_string(event->port);
  } else {
    line = "line " + std::string(event->line, event->line_len);
  }
  self->audits.push_back(line);
  return self->on_audit && !self->on_audit(line) ? 1 : 0;
}

}  // namespace pop3_core_test
