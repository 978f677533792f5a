#include "tests/testing/player.h"

#include <pop3/plugins/tls.h>
#include <pop3/pop3.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <memory>

#include "tests/testing/client.h"
#include "tests/testing/flaky_layer.h"
#include "tests/testing/line_auth.h"
#include "tests/testing/outcome.h"
#include "tests/testing/script_server.h"
#include "tests/testing/socket_server.h"
#include "tests/testing/usual_plugins.h"

namespace pop3_testing {

namespace {

// Watched is all that a session told about itself, to be searched for secrets.
struct Watched {
  std::string text;
  std::string deny;  // the audit hook forbids lines that begin so

  static void Trace(void *arg, const pop3_trace_event *event) {
    auto *self = static_cast<Watched *>(arg);
    if (event->kind == POP3_TRACE_BODY) return;
    self->text.append(event->data, event->data_len);
    self->text += '\n';
  }

  static int Audit(void *arg, const pop3_audit_event *event) {
    auto *self = static_cast<Watched *>(arg);
    if (event->kind != POP3_AUDIT_PUTLINE) return 0;
    const std::string line(event->line, event->line_len);
    self->text += line + '\n';
    return !self->deny.empty() && line.compare(0, self->deny.size(), self->deny) == 0 ? 1 : 0;
  }
};

// Playing is one play.
class Playing {
 public:
  Playing(const Transcript &transcript, const PlayOptions &options)
      : transcript_(transcript),
        options_(options),
        server_(transcript, options.way == Way::kMemory),
        peer_(&server_) {
    if (options.tls == nullptr) return;
    tls_peer_ = std::make_unique<TlsPeer>(&server_, options.tls, HasStls());
    peer_ = tls_peer_.get();
  }

  PlayReport Run() {
    if (transcript_.client.empty()) {
      Complain(transcript_.about);
      return report_;
    }
    if (!StartServer() || !StartSession()) {
      Finish();
      return report_;
    }
    Steps();
    for (const Outcome *outcome : all_) Watch(*outcome);
    client_->Free();
    Finish();
    return report_;
  }

 private:
  void Complain(const std::string &what) { report_.complaints.push_back(what); }

  std::string Setting(const char *name) const {
    const auto found = transcript_.session.find(name);
    return found == transcript_.session.end() ? "" : found->second;
  }

  int64_t Milliseconds(const char *name, int64_t otherwise) const {
    const std::string text = Setting(name);
    return text.empty() ? otherwise : strtoll(text.c_str(), nullptr, 10);
  }

  bool HasStls() const {
    return std::any_of(transcript_.server.begin(), transcript_.server.end(),
                       [](const ServerStep &step) { return step.text == "STLS"; });
  }

  pop3_tls_policy TlsPolicy() {
    const std::string name = Setting("tls");
    if (name == "required") return POP3_TLS_REQUIRED;
    if (name == "if-offered") return POP3_TLS_IF_OFFERED;
    if (name == "never") return POP3_TLS_NEVER;
    if (!name.empty()) Complain("tls=" + name + ": no such policy");
    return POP3_TLS_DEFAULT;
  }

  bool StartServer() {
    if (options_.way == Way::kMemory) {
      WireFaults faults = options_.faults;
      faults.local = Setting("private") != "0";
      faults.connect_never = Setting("connect") == "never";
      faults.connect_refused = Setting("connect") == "refused";
      wire_ = std::make_unique<MemoryWire>(&clock_, peer_, faults);
      return true;
    }
    socket_ = std::make_unique<SocketServer>(
        options_.way == Way::kTcp ? SocketServer::kTcp : SocketServer::kUnix, peer_);
    if (!socket_->error().empty()) Complain("no server: " + socket_->error());
    return socket_->error().empty();
  }

  // May says whether a failure with |status| is one that the faults may cause.
  bool May(pop3_status status) const {
    if (!options_.faulty || status < POP3_ERR_ARGUMENT) return false;
    return options_.failures.empty() ||
           std::find(options_.failures.begin(), options_.failures.end(), status) !=
               options_.failures.end();
  }

  // Failed complains unless the failure is a permitted one in words.
  bool Failed(const char *what, pop3_status status, const pop3_error &error) {
    if (status == POP3_OK) return false;
    if (!May(status) || error.text[0] == '\0') {
      Complain(std::string(what) + ": " + StatusWord(status) + ": " + error.text);
    }
    report_.diverged = true;
    return true;
  }

  bool StartSession() {
    pop3_error error = POP3_ERROR_INIT;
    pop3_status status = pop3_registry_new(&registry_, options_.allocator, &error);
    if (Failed("pop3_registry_new", status, error)) return false;
    std::vector<const pop3_plugin *> plugins = UsualPlugins();
    plugins.push_back(MemoryPlugin());
    plugins.push_back(FlakyPlugin());
    plugins.push_back(options_.tls != nullptr ? pop3_plugin_tls(POP3_ABI) : PretendTlsPlugin());
    plugins.push_back(LineAuthPlugin());
    for (const pop3_plugin *plugin : plugins) {
      status = pop3_registry_add(registry_, plugin, &error);
      if (Failed("pop3_registry_add", status, error)) return false;
    }
    pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
    std::vector<pop3_option> settings;
    if (wire_ != nullptr) settings.push_back({"memory.wire", nullptr, 0, wire_.get()});
    if (options_.tls != nullptr) {
      settings.push_back({"tls.ca_pem", options_.trusted.c_str(), 0, nullptr});
      settings.push_back({"tls.server_name", "pop.example.org", 0, nullptr});
    }
    std::vector<const char *> transports = {WayName(options_.way)};
    if (options_.flaky) transports.push_back("flaky");
    if (options_.tls != nullptr && !HasStls()) transports.push_back("tls");
    options.transports = transports.data();
    options.num_transports = transports.size();
    options.host = options_.way == Way::kMemory ? "pop.example.org" : "127.0.0.1";
    options.port = 110;
    if (socket_ != nullptr && options_.way == Way::kTcp) options.port = socket_->port();
    if (socket_ != nullptr && options_.way == Way::kUnix) {
      options.host = socket_->path().c_str();
      options.port = 0;
    }
    options.options = settings.data();
    options.num_options = settings.size();
    if (wire_ != nullptr) {
      options.clock_ms = FakeClock::Read;
      options.clock_arg = &clock_;
    } else {
      options.idle_ms = 60000;  // real time: a test that fails shall not take long
    }
    const std::string user = Setting("user");
    const std::string password = Setting("password");
    const std::string mechanism = Setting("mechanism");
    if (!user.empty()) options.user = user.c_str();
    if (!password.empty()) options.password = password.c_str();
    if (!mechanism.empty()) options.mechanism = mechanism.c_str();
    options.connect_ms = Milliseconds("connect_ms", options.connect_ms);
    options.idle_ms = Milliseconds("idle_ms", options.idle_ms);
    options.login_ms = Milliseconds("login_ms", options.login_ms);
    options.total_ms = Milliseconds("total_ms", options.total_ms);
    options.allow_cleartext = Setting("cleartext") == "1" ? 1 : 0;
    options.tls = TlsPolicy();
    options.auth_floor = static_cast<uint32_t>(Milliseconds("floor", 0));
    if (Setting("pipelining") == "never") options.pipelining = POP3_PIPELINING_NEVER;
    options.quirks = transcript_.quirks;
    limits_ = transcript_.limits;
    if (limits_.recv_buffer == 0) limits_.recv_buffer = options_.recv_buffer;
    options.limits = &limits_;
    options.allocator = options_.allocator;
    options.debug_level = 2;
    options.trace = Watched::Trace;
    options.trace_arg = &watched_;
    options.audit = Watched::Audit;
    options.audit_arg = &watched_;
    watched_.deny = Setting("deny");
    pop3_session *session = nullptr;
    status = pop3_session_new(&session, registry_, &options, &error);
    if (Failed("pop3_session_new", status, error)) return false;
    ClientOptions client;
    client.named = options_.named;
    client.pause = options_.pause;
    client.wire = wire_.get();
    client.interruption = options_.interruption;
    client.idle_signal = [this] {
      server_.ClientIdles();
      if (socket_ != nullptr) socket_->Wake();
    };
    client_ = std::make_unique<Client>(session, client);
    return true;
  }

  void Steps() {
    for (const ClientStep &step : transcript_.client) {
      if (client_->gone()) return;
      std::string wrong;
      switch (step.kind) {
        case ClientStep::kCall:
          Started(step, client_->Call(step.words));
          break;
        case ClientStep::kSubmit:
          Started(step, client_->Submit(step.words));
          wrong = NotTaken();
          break;
        case ClientStep::kExpect:
          wrong = Expect(step);
          break;
        default:
          // After a fault the rest is as it is.
          if (!report_.diverged && !Faulted()) wrong = Check(step);
          if (Faulted() || client_->interrupted()) wrong.clear();
          break;
      }
      if (!wrong.empty()) {
        Complain("line " + std::to_string(step.line) + ": " + wrong);
        return;
      }
    }
    if (!waiting_.empty()) Complain("more calls than expectations");
  }

  void Started(const ClientStep &step, Outcome *outcome) {
    waiting_.push_back({step.words[0].value, outcome});
    all_.push_back(outcome);
  }

  bool Faulted() const { return wire_ != nullptr && wire_->faulted(); }

  // NotTaken: the operation just submitted may have been refused because of a fault. What was
  // submitted before it may not end as the transcript says either, then.
  std::string NotTaken() {
    const Outcome &outcome = *all_.back();
    if (!outcome.has_result || !May(outcome.status)) return "";
    report_.diverged = true;
    return outcome.error.text[0] == '\0' ? "a failure without words" : "";
  }

  std::string Expect(const ClientStep &step) {
    if (waiting_.empty()) return "no operation to expect something of";
    const std::string verb = waiting_.front().verb;
    Outcome *outcome = waiting_.front().outcome;
    waiting_.pop_front();
    client_->Await(outcome);
    if (client_->interrupted()) report_.diverged = true;
    if (report_.diverged) return AfterFault(verb, *outcome);
    const std::string wrong = CheckOutcome(step.expect, *outcome);
    if (wrong.empty() || !options_.faulty) return wrong;
    if (verb == "idle" && Faulted() && outcome->status == POP3_OK) {
      report_.diverged = true;  // the server has hung up on an idle client, which is no failure
      return "";
    }
    if (!May(outcome->status)) return "a fault made it so that " + wrong;
    if (outcome->error.status != outcome->status || outcome->error.text[0] == '\0') {
      return "the error that a fault caused is not told";
    }
    report_.diverged = true;
    return "";
  }

  // AfterFault: when the connection has failed nothing can succeed any more. A lack of memory may
  // be survived, but then the server hears other commands than it waits for.
  std::string AfterFault(const std::string &verb, const Outcome &outcome) const {
    const bool command = verb != "idle" && verb != "close" && verb != "cancel";
    if (!Faulted() || !command) return "";
    return outcome.status >= POP3_ERR_ARGUMENT ? ""
                                               : "behind a fault of the connection " + verb +
                                                     " ended with " + StatusWord(outcome.status);
  }

  std::string Check(const ClientStep &step) {
    const pop3_engine *engine = pop3_session_engine(client_->session());
    switch (step.kind) {
      case ClientStep::kCaps:
        return CheckCapabilities(step.words, pop3_engine_capabilities(engine));
      case ClientStep::kHits:
        return CheckHits(step.words, *pop3_engine_quirks(engine));
      case ClientStep::kTimestamp: {
        size_t len = 0;
        const char *stamp = pop3_engine_timestamp(engine, &len);
        const std::string got = stamp == nullptr ? "none" : std::string(stamp, len);
        return got == step.words[0].Text() ? "" : "the timestamp is " + Quoted(got);
      }
      default:
        return CheckEnd(step);
    }
  }

  std::string CheckEnd(const ClientStep &step) {
    const pop3_step_result result = pop3_step(client_->session());
    const pop3_error *error = pop3_session_error(client_->session());
    const std::string got = result == POP3_STEP_IDLE     ? "idle"
                            : result == POP3_STEP_CLOSED ? "closed"
                            : result == POP3_STEP_FAILED ? "failed"
                                                         : "again";
    if (got != step.words[0].value) {
      return "the session is " + got + (error == nullptr ? "" : ": " + std::string(error->text));
    }
    if ((error != nullptr) != (got == "failed")) return "pop3_session_error does not fit";
    if (error == nullptr || step.words.size() < 2) return "";
    const std::string status = StatusWord(error->status);
    return status == step.words[1].value ? "" : "the session failed with " + status;
  }

  void Watch(const Outcome &outcome) { watched_.text += std::string(outcome.error.text) + '\n'; }

  // Finish frees all and looks at what the server and the wire have to say.
  void Finish() {
    if (client_ != nullptr) {
      for (const std::string &what : client_->complaints()) Complain(what);
      report_.submitted = client_->submitted();
      report_.interrupted = client_->interrupted();
      if (report_.interrupted) report_.diverged = true;
    }
    client_.reset();
    pop3_registry_free(registry_);
    if (socket_ != nullptr) socket_->Stop();
    if (wire_ != nullptr) {
      for (const std::string &what : wire_->complaints()) Complain(what);
      if (wire_->hung()) Complain("somebody waited for ever");
      if (wire_->created() != wire_->destroyed() || wire_->created() > 1) {
        Complain("transports: " + std::to_string(wire_->created()) + " created, " +
                 std::to_string(wire_->destroyed()) + " destroyed");
      }
      report_.faulted = wire_->faulted();
      report_.wire_calls = wire_->calls();
      report_.octets_read = wire_->octets_read();
      report_.octets_written = wire_->octets_written();
    }
    for (const std::string &secret : transcript_.secrets) {
      if (watched_.text.find(secret) != std::string::npos) {
        Complain("the secret \"" + secret + "\" was shown");
      }
    }
    if (report_.diverged || !report_.complaints.empty()) {
      if (!options_.faulty && !report_.interrupted) TellServer();
      return;
    }
    TellServer();
    if (!server_.Finished() && !report_.faulted) {
      Complain("the server has come to " + server_.Waiting());
    }
    if (!server_.Leftover().empty() && !report_.faulted) {
      Complain("at the end the client sent " + Quoted(server_.Leftover()));
    }
  }

  void TellServer() {
    for (const std::string &what : server_.complaints()) Complain(what);
  }

  const Transcript &transcript_;
  const PlayOptions &options_;
  PlayReport report_;
  pop3_limits limits_ = POP3_LIMITS_INIT;
  FakeClock clock_;
  ScriptServer server_;
  std::unique_ptr<TlsPeer> tls_peer_;
  Peer *peer_;  // the server as the wire sees it
  Watched watched_;
  std::unique_ptr<MemoryWire> wire_;
  std::unique_ptr<SocketServer> socket_;
  pop3_registry *registry_ = nullptr;
  std::unique_ptr<Client> client_;
  struct Waiting {
    std::string verb;
    Outcome *outcome;
  };
  std::deque<Waiting> waiting_;
  std::vector<Outcome *> all_;
};

}  // namespace

const char *WayName(Way way) {
  return way == Way::kMemory ? "memory" : way == Way::kTcp ? "tcp" : "unix";
}

std::string PlayReport::Text() const {
  std::string text;
  for (const std::string &complaint : complaints) text += complaint + "\n";
  return text;
}

PlayReport Play(const Transcript &transcript, const PlayOptions &options) {
  return Playing(transcript, options).Run();
}

}  // namespace pop3_testing
