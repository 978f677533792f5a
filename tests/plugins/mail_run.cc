#include "tests/plugins/mail_run.h"

#include <gtest/gtest.h>
#include <pop3/plugins/tcp.h>
#include <pop3/plugins/unix.h>
#include <pop3/plugins/user_pass.h>

#include "tests/testing/fake_clock.h"
#include "tests/testing/flaky_layer.h"

namespace pop3_testing {

const char kMail[] = "Subject: hello\r\n\r\n.a line with a dot\r\n";

void MailPeer::Receive(const uint8_t *data, size_t len) {
  in_.append(reinterpret_cast<const char *>(data), len);
  heard_.append(reinterpret_cast<const char *>(data), len);
}

std::string MailPeer::Answer(const std::string &line) {
  if (line == "CAPA") {
    return std::string("+OK\r\nUSER\r\nPIPELINING\r\n") + (offers_stls_ ? "STLS\r\n" : "") +
           ".\r\n";
  }
  if (line == "STLS" && offers_stls_) {
    offers_stls_ = false;
    return "+OK go\r\n";
  }
  if (line == "USER mrose") return "+OK\r\n";
  if (line == "PASS sesame") {
    logged_in_ = true;
    return "+OK\r\n";
  }
  if (line == "STAT") return "+OK 1 39\r\n";
  if (line == "RETR 1") return "+OK\r\nSubject: hello\r\n\r\n..a line with a dot\r\n.\r\n";
  if (line == "QUIT") {
    closed_ = true;
    return "+OK bye\r\n";
  }
  complaints_.push_back("unexpected line: " + line);
  return "-ERR\r\n";
}

PeerState MailPeer::Turn(int64_t now_ms, std::string *out) {
  while (!steps_.empty() && !closed_) {
    const Step &step = steps_.front();
    const size_t len = std::min(in_.size(), step.hear.size());
    if (in_.compare(0, len, step.hear, 0, len) != 0) {
      complaints_.push_back("expected otherwise: " + in_);
      closed_ = true;
    } else if (len < step.hear.size()) {
      return PeerState{PeerState::kOpen, -1};
    } else {
      in_.erase(0, len);
      out->append(step.say);
      steps_.pop_front();
    }
  }
  if (ends_) closed_ = true;
  if (next_ != nullptr && steps_.empty() && !closed_) {
    if (!in_.empty()) next_->Receive(reinterpret_cast<const uint8_t *>(in_.data()), in_.size());
    in_.clear();
    return next_->Turn(now_ms, out);
  }
  if (!closed_ && !greeted_) {
    greeted_ = true;
    out->append("+OK ready\r\n");
  }
  for (size_t end; !closed_ && (end = in_.find("\r\n")) != std::string::npos;) {
    const std::string line = in_.substr(0, end);
    in_.erase(0, end + 2);
    out->append(Answer(line));
  }
  return PeerState{closed_ ? PeerState::kClosed : PeerState::kOpen, -1};
}

namespace {

void Trace(void *arg, const pop3_trace_event *event) {
  if (event->kind != POP3_TRACE_NOTE) return;
  static_cast<MailRun *>(arg)->notes.emplace_back(event->data, event->data_len);
}

// Body collects the message.
pop3_sink_verdict Body(void *arg, const uint8_t *data, size_t len) {
  static_cast<MailRun *>(arg)->body.append(reinterpret_cast<const char *>(data), len);
  return POP3_SINK_CONTINUE;
}

void Ask(MailRun *run, const pop3_session *session) {
  pop3_answer answer = POP3_ANSWER_INIT;
  run->is_private = pop3_session_is_private(session);
  if (pop3_session_query(session, POP3_QUERY_PEER_NAME, &answer) == POP3_OK) {
    run->peer_name.assign(reinterpret_cast<const char *>(answer.data), answer.data_len);
  }
  if (pop3_session_query(session, POP3_QUERY_IS_ENCRYPTED, &answer) == POP3_OK) {
    run->is_encrypted = static_cast<int>(answer.number);
  }
}

pop3_status Talk(MailRun *run, pop3_session *session) {
  pop3_status status = pop3_connect(session, &run->error);
  if (status != POP3_OK) return status;
  Ask(run, session);
  status = pop3_login(session, &run->error);
  if (status != POP3_OK) return status;
  uint32_t count = 0;
  uint64_t octets = 0;
  status = pop3_stat(session, &count, &octets, &run->error);
  if (status != POP3_OK) return status;
  EXPECT_EQ(count, 1u);
  EXPECT_EQ(octets, 39u);
  pop3_sink sink = POP3_SINK_INIT;
  sink.body = Body;
  sink.arg = run;
  status = pop3_retr(session, 1, &sink, &run->error);
  if (status != POP3_OK) return status;
  return pop3_quit(session, nullptr, &run->error);
}

}  // namespace

pop3_status MailRun::Run() {
  body.clear();
  notes.clear();
  error = POP3_ERROR_INIT;
  pop3_registry *registry = nullptr;
  pop3_status status = pop3_registry_new(&registry, allocator, &error);
  if (status != POP3_OK) return status;
  std::vector<const pop3_plugin *> all = {pop3_plugin_user_pass(POP3_ABI),
                                          pop3_plugin_tcp(POP3_ABI), pop3_plugin_unix(POP3_ABI),
                                          MemoryPlugin(), FlakyPlugin()};
  all.insert(all.end(), plugins.begin(), plugins.end());
  for (const pop3_plugin *plugin : all) {
    if (status == POP3_OK) status = pop3_registry_add(registry, plugin, &error);
  }
  std::vector<pop3_option> given = options;
  if (wire != nullptr) given.push_back({"memory.wire", nullptr, 0, wire});
  pop3_session_options session_options = POP3_SESSION_OPTIONS_INIT;
  session_options.transports = transports.data();
  session_options.num_transports = transports.size();
  session_options.host = host.c_str();
  session_options.port = port;
  session_options.debug_level = 1;
  session_options.options = given.data();
  session_options.num_options = given.size();
  session_options.user = "mrose";
  session_options.password = "sesame";
  session_options.allow_cleartext = allow_cleartext ? 1 : 0;
  session_options.tls = tls;
  session_options.allocator = allocator;
  session_options.trace = Trace;
  session_options.trace_arg = this;
  if (clock != nullptr) {
    session_options.clock_ms = FakeClock::Read;
    session_options.clock_arg = clock;
  }
  pop3_session *session = nullptr;
  if (status == POP3_OK) status = pop3_session_new(&session, registry, &session_options, &error);
  if (status == POP3_OK) status = Talk(this, session);
  pop3_session_free(session);
  pop3_registry_free(registry);
  return status;
}

pop3_status RunOverMemory(MailRun *run, Peer *peer, const WireFaults &faults) {
  FakeClock clock;
  MemoryWire wire(&clock, peer, faults);
  run->wire = &wire;
  run->clock = &clock;
  const pop3_status status = run->Run();
  run->wire = nullptr;
  run->clock = nullptr;
  for (const std::string &complaint : wire.complaints()) ADD_FAILURE() << complaint;
  EXPECT_EQ(wire.created(), wire.destroyed());
  return status;
}

}  // namespace pop3_testing
