// The client's side of a transcript: a pop3_session and the calls made on it.
#ifndef POP3_TESTS_TESTING_CLIENT_H_
#define POP3_TESTS_TESTING_CLIENT_H_

#include <pop3/pop3.h>

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "tests/testing/memory_transport.h"
#include "tests/testing/outcome.h"
#include "tests/testing/transcript.h"

namespace pop3_testing {

// Interruption is something that comes in the middle of what is under way.
struct Interruption {
  enum Kind { kNone, kFree, kClose, kCancel, kCancelOp };
  Kind kind = kNone;
  unsigned at_step = 0;      // behind the so-manieth pop3_step, from 1; or
  unsigned at_callback = 0;  // inside the so-manieth callback of a sink
};

// ClientOptions says how calls are made.
struct ClientOptions {
  bool named = false;  // pop3_retr and so on where there is such a function, else pop3_submit
  bool pause = false;  // every sink pauses at each piece
  MemoryWire *wire = nullptr;         // over memory
  std::function<void()> idle_signal;  // called when the client idles
  Interruption interruption;
};

// Client owns a session and everything that was submitted to it.
class Client {
 public:
  Client(pop3_session *session, const ClientOptions &options);
  ~Client();
  Client(const Client &) = delete;
  Client &operator=(const Client &) = delete;

  // Submit starts the operation |words| ("retr", "1"); the outcome is filled when it ends.
  // Modifiers:
  // "!stop" (the sink stops at the first piece), "!pause", "!cancel" (cancelled at once).
  Outcome *Submit(const std::vector<Word> &words);
  // Call does it and waits.
  Outcome *Call(const std::vector<Word> &words);
  // Await steps the session until |outcome| is there.
  void Await(Outcome *outcome);
  // Free frees the session; every operation must have ended then.
  void Free();

  // gone says that the session was freed by an interruption: nothing may be called any more.
  bool gone() const { return session_ == nullptr; }
  // interrupted says that the interruption has come.
  bool interrupted() const { return interrupted_; }

  pop3_session *session() const { return session_; }
  // last_step is what pop3_step returned last.
  pop3_step_result last_step() const { return last_step_; }
  // complaints are breaches of libpop3's promises: done called twice or never, a step that lies.
  const std::vector<std::string> &complaints() const { return complaints_; }
  size_t submitted() const { return operations_.size(); }

 private:
  struct Operation {
    Client *client = nullptr;
    Outcome outcome;
    bool submitted = false;  // libpop3 took it: |done| is due
    pop3_op_id op = 0;
    bool pause = false;
    bool stop = false;
  };

  static pop3_sink_verdict OnBody(void *arg, const uint8_t *data, size_t len);
  static pop3_sink_verdict OnItem(void *arg, const pop3_item *item);
  static void OnDone(void *arg, const pop3_result *result);

  Operation *NewOperation();
  pop3_sink_verdict Verdict(Operation *operation);
  pop3_sink SinkOf(Operation *operation);
  void Start(Operation *operation, const std::vector<Word> &words);
  bool Special(Operation *operation, const std::vector<Word> &words);
  bool Named(Operation *operation, const std::vector<Word> &words);
  bool NamedListing(Operation *operation, const std::vector<Word> &words);
  bool NamedBody(Operation *operation, const std::vector<Word> &words);
  void FinishNamed(Operation *operation, pop3_status status, const pop3_error &error);
  void Connect(Outcome *outcome);
  void Idle(Outcome *outcome);
  bool Step();
  void CountCallback();
  void Interrupt();
  void WaitForEvents();
  void Complain(const std::string &what) { complaints_.push_back(what); }

  pop3_session *session_;
  ClientOptions options_;
  std::deque<Operation> operations_;
  pop3_step_result last_step_ = POP3_STEP_IDLE;
  bool resume_due_ = false;
  unsigned steps_ = 0;
  unsigned callbacks_ = 0;
  bool interrupted_ = false;
  bool free_due_ = false;  // freed inside a callback: gone when the step returns
  bool checked_ = false;
  std::vector<std::string> complaints_;
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_CLIENT_H_
