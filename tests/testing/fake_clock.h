// A clock that stands still until a test moves it.
#ifndef POP3_TESTS_TESTING_FAKE_CLOCK_H_
#define POP3_TESTS_TESTING_FAKE_CLOCK_H_

#include <atomic>
#include <cstdint>

namespace pop3_testing {

// FakeClock goes into pop3_session_options as {clock_ms, clock_arg} = {FakeClock::Read, &clock}. It
// may be read and moved by any thread.
class FakeClock {
 public:
  static int64_t Read(void *arg) { return static_cast<FakeClock *>(arg)->now_ms(); }

  int64_t now_ms() const { return now_ms_.load(); }
  void Advance(int64_t ms) { now_ms_.fetch_add(ms); }

 private:
  std::atomic<int64_t> now_ms_{1000000};
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_FAKE_CLOCK_H_
