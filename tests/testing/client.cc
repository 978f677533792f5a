#include "tests/testing/client.h"

#include <poll.h>

#include <algorithm>
#include <ctime>

#include "tests/testing/request_words.h"

namespace pop3_testing {

namespace {

constexpr int kIdleMs = 60000;  // over a socket: how long to wait for what the server should do
constexpr unsigned kStepsMax = 20000000;

int64_t MonotonicMs() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1000000;
}

bool Has(const std::vector<Word> &words, const char *modifier) {
  for (const Word &word : words) {
    if (word.key.empty() && word.value == modifier) return true;
  }
  return false;
}

}  // namespace

Client::Client(pop3_session *session, const ClientOptions &options)
    : session_(session), options_(options) {}

Client::~Client() { Free(); }

void Client::Free() {
  pop3_session_free(session_);
  session_ = nullptr;
  if (checked_) return;
  checked_ = true;
  for (size_t i = 0; i < operations_.size(); i++) {
    const Operation &operation = operations_[i];
    const int due = operation.submitted ? 1 : 0;
    if (operation.outcome.dones != due) {
      Complain("operation " + std::to_string(i + 1) + ": done was called " +
               std::to_string(operation.outcome.dones) + " times");
    }
  }
}

// Interrupt does once what was ordered.
void Client::Interrupt() {
  interrupted_ = true;
  switch (options_.interruption.kind) {
    case Interruption::kNone:
      break;
    case Interruption::kFree:
      pop3_session_free(session_);
      free_due_ = true;
      break;
    case Interruption::kClose:
      pop3_close(session_);
      break;
    case Interruption::kCancel:
      pop3_session_cancel(session_);
      break;
    case Interruption::kCancelOp:
      for (Operation &operation : operations_) {
        if (!operation.submitted || operation.outcome.dones > 0) continue;
        pop3_cancel_op(session_, operation.op, nullptr);
        break;
      }
      break;
  }
}

void Client::CountCallback() {
  const Interruption &interruption = options_.interruption;
  if (++callbacks_ == interruption.at_callback && !interrupted_) Interrupt();
}

// Step does one step and what may come behind it. Returns false if the session is gone.
bool Client::Step() {
  last_step_ = pop3_step(session_);
  if (!free_due_ && ++steps_ == options_.interruption.at_step && !interrupted_) Interrupt();
  if (free_due_) session_ = nullptr;
  return session_ != nullptr;
}

pop3_sink_verdict Client::Verdict(Operation *operation) {
  if (operation->outcome.dones > 0) Complain("a sink was called after its done");
  CountCallback();
  // Cancelled just now: nobody asks for the answer any more.
  if (operation->outcome.dones > 0) return POP3_SINK_CONTINUE;
  if (operation->stop) return POP3_SINK_STOP;
  if (!operation->pause) return POP3_SINK_CONTINUE;
  if (resume_due_) Complain("a sink was called although it had paused");
  resume_due_ = true;
  return POP3_SINK_PAUSE;
}

pop3_sink_verdict Client::OnBody(void *arg, const uint8_t *data, size_t len) {
  auto *operation = static_cast<Operation *>(arg);
  if (len == 0) operation->client->Complain("body with no octets");
  operation->outcome.body.append(reinterpret_cast<const char *>(data), len);
  return operation->client->Verdict(operation);
}

pop3_sink_verdict Client::OnItem(void *arg, const pop3_item *item) {
  auto *operation = static_cast<Operation *>(arg);
  operation->outcome.items.push_back(ItemText(*item));
  return operation->client->Verdict(operation);
}

void Client::OnDone(void *arg, const pop3_result *result) {
  auto *operation = static_cast<Operation *>(arg);
  operation->outcome.dones++;
  TakeResult(*result, &operation->outcome);
  operation->client->CountCallback();
}

pop3_sink Client::SinkOf(Operation *operation) {
  pop3_sink sink = POP3_SINK_INIT;
  sink.body = OnBody;
  sink.item = OnItem;
  sink.done = OnDone;
  sink.arg = operation;
  return sink;
}

Client::Operation *Client::NewOperation() {
  operations_.emplace_back();
  operations_.back().client = this;
  operations_.back().pause = options_.pause;
  return &operations_.back();
}

void Client::Start(Operation *operation, const std::vector<Word> &words) {
  operation->stop = Has(words, "!stop");
  if (Has(words, "!pause")) operation->pause = true;
  const pop3_sink sink = SinkOf(operation);
  pop3_op_id op = 0;
  pop3_error error = POP3_ERROR_INIT;
  pop3_status status;
  if (words[0].value == "login" || words[0].value == "auth") {
    const char *mechanism = words.size() > 1 ? words[1].value.c_str() : nullptr;
    status = pop3_submit_login(session_, mechanism, &sink, &op, &error);
  } else {
    const RequestWords request(words);
    if (!request.error().empty()) {
      Complain(request.error());
      return;
    }
    status = pop3_submit(session_, &request.request(), &sink, &op, &error);
  }
  if (status != POP3_OK) {
    if (operation->outcome.dones != 0) Complain("done was called for what was not taken");
    operation->outcome.has_result = true;
    operation->outcome.status = status;
    operation->outcome.error = error;
    return;
  }
  if (op == 0) Complain("submitted, but the operation has no number");
  operation->submitted = true;
  operation->op = op;
  if (Has(words, "!cancel")) {
    status = pop3_cancel_op(session_, op, &error);
    if (status != POP3_OK && operation->outcome.dones == 0) {
      Complain("cannot cancel: " + std::string(error.text));
    }
    if (free_due_) session_ = nullptr;
  }
}

Outcome *Client::Submit(const std::vector<Word> &words) {
  Operation *operation = NewOperation();
  if (!Special(operation, words)) Start(operation, words);
  return &operation->outcome;
}

Outcome *Client::Call(const std::vector<Word> &words) {
  const bool plain = !Has(words, "!stop") && !Has(words, "!pause") && !Has(words, "!cancel");
  if (options_.named && plain) {
    Operation *operation = NewOperation();
    if (Special(operation, words) || Named(operation, words)) return &operation->outcome;
    Start(operation, words);
    Await(&operation->outcome);
    return &operation->outcome;
  }
  Outcome *outcome = Submit(words);
  Await(outcome);
  return outcome;
}

void Client::Await(Outcome *outcome) {
  unsigned steps = 0;
  while (!outcome->has_result && !gone()) {
    if (resume_due_) {
      resume_due_ = false;
      pop3_resume(session_);
    }
    if (!Step()) return;
    if (outcome->has_result || resume_due_) continue;
    if (interrupted_ && last_step_ != POP3_STEP_AGAIN) {
      // What is due now, done at once or in the next step.
      if (last_step_ == POP3_STEP_IDLE) continue;
    }
    if (last_step_ != POP3_STEP_AGAIN) {
      Complain("pop3_step returned " + std::to_string(last_step_) + ", but an operation waits");
      outcome->has_result = true;
      outcome->status = POP3_ERR_SYSTEM;
      return;
    }
    if (++steps > kStepsMax) {
      Complain("too many steps");
      return;
    }
    WaitForEvents();
  }
}

// WaitForEvents is what an event loop does between two steps.
void Client::WaitForEvents() {
  pop3_interest interest = POP3_INTEREST_INIT;
  pop3_session_interest(session_, &interest);
  if (options_.wire != nullptr) return;  // time has passed by being asked
  pollfd fds[POP3_INTEREST_FDS];
  for (uint32_t i = 0; i < interest.num_fds; i++) {
    short events = 0;
    if ((interest.fds[i].events & POP3_WAIT_READ) != 0) events |= POLLIN;
    if ((interest.fds[i].events & POP3_WAIT_WRITE) != 0) events |= POLLOUT;
    fds[i] = pollfd{interest.fds[i].fd, events, 0};
  }
  int timeout = -1;
  if (interest.deadline_ms != POP3_NO_DEADLINE) {
    const int64_t left = interest.deadline_ms - MonotonicMs();
    timeout = static_cast<int>(std::max<int64_t>(0, std::min<int64_t>(left, 600000)));
  }
  if (interest.num_fds == 0 && timeout < 0) {
    Complain("the session waits for nothing");
    timeout = 0;
  }
  poll(fds, interest.num_fds, timeout);
}

// Connect waits for the greeting, as a program with an event loop does.
void Client::Connect(Outcome *outcome) {
  const pop3_error *error = nullptr;
  do {
    if (!Step()) return;
    error = pop3_session_error(session_);
    if (error != nullptr || last_step_ != POP3_STEP_AGAIN) break;
    WaitForEvents();
  } while (true);
  if (error != nullptr) {
    outcome->status = error->status;
    outcome->error = *error;
  }
}

// Idle steps without anything to do until the server has done something.
void Client::Idle(Outcome *outcome) {
  if (options_.idle_signal) options_.idle_signal();
  const int64_t until = MonotonicMs() + kIdleMs;
  const unsigned barren = options_.wire != nullptr ? options_.wire->barren() : 0;
  for (;;) {
    if (!Step()) return;
    if (last_step_ == POP3_STEP_CLOSED || last_step_ == POP3_STEP_FAILED) break;
    if (options_.wire != nullptr && options_.wire->barren() > barren + 4) break;
    if (MonotonicMs() > until) break;
    WaitForEvents();
  }
  outcome->has_result = true;
  const pop3_error *error = pop3_session_error(session_);
  if (error != nullptr) {
    outcome->status = error->status;
    outcome->error = *error;
  }
}

// Special does what is no command. Returns false if |words| are one.
bool Client::Special(Operation *operation, const std::vector<Word> &words) {
  const std::string &verb = words[0].value;
  Outcome *outcome = &operation->outcome;
  if (verb == "connect") {
    if (options_.named) {
      outcome->status = pop3_connect(session_, &outcome->error);
    } else {
      Connect(outcome);
      if (gone()) return true;
    }
    TakeReply(pop3_engine_greeting(pop3_session_engine(session_)), outcome);
    const char *welcome = pop3_getwelcome(session_);
    if (outcome->has_text != (welcome != nullptr) ||
        (welcome != nullptr && outcome->text != welcome)) {
      Complain("pop3_getwelcome is not the greeting");
    }
  } else if (verb == "apop" && words.size() == 3) {
    outcome->status =
        pop3_apop(session_, words[1].value.c_str(), words[2].value.c_str(), &outcome->error);
    if (outcome->status <= POP3_REFUSED) TakeReply(pop3_session_reply(session_), outcome);
  } else if (verb == "idle") {
    Idle(outcome);
  } else if (verb == "close") {
    pop3_close(session_);
    last_step_ = pop3_step(session_);
  } else if (verb == "cancel") {
    pop3_session_cancel(session_);
    last_step_ = pop3_step(session_);
  } else {
    return false;
  }
  outcome->has_result = true;
  return true;
}

}  // namespace pop3_testing
