// An engine with everything around it that a test wants: octets in pieces of any size, and a log of
// what its callbacks heard.
#ifndef POP3_TESTS_CORE_ENGINE_DRIVER_H_
#define POP3_TESTS_CORE_ENGINE_DRIVER_H_

#include <pop3/engine.h>

#include <functional>
#include <string>

#include "tests/core/sink_log.h"
#include "tests/testing/failing_allocator.h"

namespace pop3_core_test {

// EngineDriver owns an engine. Change |options|, |limits| and the hooks, then Start.
class EngineDriver : public SinkLog {
 public:
  EngineDriver();
  ~EngineDriver();

  // Start makes the engine; on failure engine() is NULL and the status returned.
  pop3_status Start();
  // StartReady makes it, and greets it; |capa| is a CAPA response to have it learn ("PIPELINING").
  void StartReady(const Lines &capa = {});
  // Free ends it; the destructor does it too.
  void Free();

  pop3_engine *engine() { return engine_; }

  // Feed hands over octets in pieces of at most |piece|, as long as the engine wants any. Returns
  // the last status. What it did not want is kept in front of the next call's octets.
  pop3_status Feed(const std::string &octets);
  pop3_status Eof() { return pop3_engine_recv_eof(engine_); }
  // Send takes up to |most| octets of what the engine has to send.
  std::string Send(size_t most = SIZE_MAX);
  // Resume goes on after a pause, and feeds what was left.
  pop3_status Resume();

  // Submit queues a command whose sink logs. Returns its id, 0 if it was refused (see err()).
  pop3_op_id Submit(const pop3_request &request);
  pop3_op_id Submit(pop3_command command, uint32_t number = 0);
  pop3_op_id Submit(pop3_command command, const std::string &arg);
  // Run submits, sends, and feeds |reply|. Returns the id.
  pop3_op_id Run(const pop3_request &request, const std::string &reply);
  pop3_op_id Run(pop3_command command, const std::string &reply);

  const pop3_error &err() const { return err_; }
  std::string error_text() const;
  // unfed is what the engine has not wanted yet.
  const std::string &unfed() const { return unfed_; }

  pop3_engine_options options = POP3_ENGINE_OPTIONS_INIT;
  pop3_limits limits = POP3_LIMITS_INIT;
  pop3_testing::FailingAllocator allocator;
  size_t piece = SIZE_MAX;

  Lines challenges;  // "#1 text"
  Lines traces;      // "C line" for commands, "R" replies, "L" listing lines, "B" body, "N" notes
  Lines audits;

  // Hooks; each may be empty.
  std::function<void(pop3_op_id, const std::string &)> on_challenge;
  std::function<bool(const std::string &)> on_audit;  // false: forbidden
  std::function<pop3_status(pop3_command, pop3_error *)> on_gate;

 private:
  static void Trace(void *arg, const pop3_trace_event *event);
  static int Audit(void *arg, const pop3_audit_event *event);
  static pop3_status Gate(void *arg, pop3_command command, pop3_error *err);
  static void Challenge(void *arg, pop3_op_id op, const char *data, size_t data_len);

  pop3_engine *engine_ = nullptr;
  std::string unfed_;
  pop3_error err_ = POP3_ERROR_INIT;
};

}  // namespace pop3_core_test

#endif  // POP3_TESTS_CORE_ENGINE_DRIVER_H_
