// Sinks that write down what they hear, for tests of the engine and of the session.
#ifndef POP3_TESTS_CORE_SINK_LOG_H_
#define POP3_TESTS_CORE_SINK_LOG_H_

#include <gtest/gtest.h>
#include <pop3/request.h>

#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace pop3_core_test {

using Lines = std::vector<std::string>;

// SinkLog makes sinks and watches over them: |done| exactly once, nothing behind it.
class SinkLog {
 public:
  SinkLog() = default;
  SinkLog(const SinkLog &) = delete;
  SinkLog &operator=(const SinkLog &) = delete;

  // log has a line for each thing a sink heard, "#1 item 1 120", "#1 body ...", "#1 done LIST OK".
  // Spans of one body are joined. The ids of logins are written "#login1".
  Lines log;

  // Hooks; each may be empty.
  std::function<pop3_sink_verdict(pop3_op_id)> on_piece;  // of a body or listing
  std::function<void(const pop3_result &)> on_done;

  // status_of returns how |id| ended; -1 if it did not yet, -2 if there is no such operation.
  int status_of(pop3_op_id id) const;

  // Sink makes a sink for a call that returns when |done| was called.
  pop3_sink Sink();

 protected:
  ~SinkLog() = default;

  // NewSink makes a sink for a submit; Accepted tells what became of it, 0 for a refusal.
  pop3_sink NewSink();
  void Accepted(pop3_op_id id);
  // CheckDone expects that each accepted operation has ended.
  void CheckDone() const;

 private:
  struct Operation {
    SinkLog *log;
    pop3_op_id id;
    bool blocking;
    int status;
    int dones;
    bool in_body;
    size_t body_line;  // of |log|
  };

  static pop3_sink_verdict Body(void *arg, const uint8_t *data, size_t data_len);
  static pop3_sink_verdict Item(void *arg, const pop3_item *item);
  static void Done(void *arg, const pop3_result *result);

  std::deque<Operation> operations_;
};

// Request makes one with a text argument, which must outlive it: a literal.
pop3_request Request(pop3_command command, const char *arg);

// Number makes one with a message number.
pop3_request Number(pop3_command command, uint32_t number, uint32_t lines = 0);

}  // namespace pop3_core_test

#endif  // POP3_TESTS_CORE_SINK_LOG_H_
