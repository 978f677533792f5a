// A session on a FakeWire, and a log of what happened.
#ifndef POP3_TESTS_CORE_SESSION_DRIVER_H_
#define POP3_TESTS_CORE_SESSION_DRIVER_H_

#include <pop3/pop3.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/core/fake_wire.h"
#include "tests/core/sink_log.h"
#include "tests/testing/failing_allocator.h"

namespace pop3_core_test {

// SessionDriver owns a session, its registry and its wire. Change |options|, |wire| and the rest,
// then Start. At the end it checks that every operation ended, that the transports were used by
// their contract and destroyed, and that all memory was given back.
class SessionDriver : public SinkLog {
 public:
  SessionDriver();
  ~SessionDriver();

  // Start makes the registry and the session; it does not connect.
  pop3_status Start();
  // StartReady connects too.
  void StartReady();
  // Free frees the session; the destructor does it too.
  void Free();

  // Forget is for a session that was freed behind the driver's back.
  void Forget();

  pop3_session *session() { return session_; }

  // Submit queues a command whose sink logs. Returns its id, 0 if it was refused (see err).
  pop3_op_id Submit(const pop3_request &request);
  pop3_op_id Submit(pop3_command command, uint32_t number = 0);
  pop3_op_id SubmitLogin(const char *mechanism);
  // Settle steps and lets time pass as an event loop does, until the session is not AGAIN.
  pop3_step_result Settle();
  // Wait is pop3_wait without a time limit.
  pop3_status Wait(pop3_op_id op);

  // error_text returns the words of the session's failure.
  std::string error_text() const;
  // Seen is everything that trace, audit and errors have shown.
  std::string Seen() const;

  FakeWire wire;
  pop3_testing::FailingAllocator allocator;
  pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
  pop3_limits limits = POP3_LIMITS_INIT;
  std::vector<const char *> transports = {"fake"};
  std::vector<const pop3_plugin *> plugins = {FakeWirePlugin()};
  std::vector<pop3_option> transport_options;

  pop3_error err = POP3_ERROR_INIT;
  Lines traces;  // "N words" for notes, "C line", "R line", ...
  Lines audits;  // "connect host:port", "line ..."
  std::function<bool(const std::string &)> on_audit;  // false: forbidden

 private:
  static void Trace(void *arg, const pop3_trace_event *event);
  static int Audit(void *arg, const pop3_audit_event *event);

  pop3_registry *registry_ = nullptr;
  pop3_session *session_ = nullptr;
};

}  // namespace pop3_core_test

#endif  // POP3_TESTS_CORE_SESSION_DRIVER_H_
