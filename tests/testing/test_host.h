// A pop3_host for tests that drive a plugin through its function table, without libpop3.
//
// Its memory is counted, can be made to fail, and is never given back while the host lives, so that
// a test can look for secrets in it. Its clock is the real one until a test takes it over.
#ifndef POP3_TESTS_TESTING_TEST_HOST_H_
#define POP3_TESTS_TESTING_TEST_HOST_H_

#include <pop3/spi/plugin.h>

#include <cstdint>
#include <string>
#include <vector>

namespace pop3_testing {

class TestHost {
 public:
  TestHost();
  ~TestHost();
  TestHost(const TestHost &) = delete;
  TestHost &operator=(const TestHost &) = delete;

  const pop3_host *get() const { return &host_; }

  // FailAllocation makes the |nth| allocation from now on fail (0: the next one); and all that
  // follow it if |persistently|.
  void FailAllocation(int nth, bool persistently = false);
  // has_failed says whether the failure that was asked for has happened.
  bool has_failed() const { return failures_ > 0; }
  // live returns how many allocations have not been released.
  int live() const { return live_; }

  // SetClock stops the clock at |now_ms|.
  void SetClock(int64_t now_ms);
  void Advance(int64_t ms) { SetClock(now_ms() + ms); }
  int64_t now_ms() const;

  // Remembers says whether |text| is in any memory that was ever allocated, released or not.
  bool Remembers(const std::string &text) const;

  // notes returns what the plugin wrote to the trace.
  const std::vector<std::string> &notes() const { return notes_; }

 private:
  struct Block {
    uint8_t *data;
    size_t size;
    bool released;
  };

  static void *Alloc(void *ctx, size_t size);
  static void *Resize(void *ctx, void *ptr, size_t size);
  static void Release(void *ctx, void *ptr);
  static void Wipe(void *ctx, void *ptr, size_t len);
  static int64_t NowMs(void *ctx);
  static pop3_status Fail(void *ctx, pop3_error *err, pop3_status status, const char *layer,
                          int sys_errno, int64_t lib_code, const char *format, ...)
      POP3_PRINTF(7, 8);
  static void Note(void *ctx, const char *format, ...) POP3_PRINTF(2, 3);

  Block *Find(void *ptr);

  pop3_host host_;
  std::vector<Block> blocks_;
  std::vector<std::string> notes_;
  int live_ = 0;
  int until_failure_ = -1;
  bool persistently_ = false;
  int failures_ = 0;
  int64_t fixed_ms_ = -1;
};

// CountFds returns how many descriptors this process has open.
int CountFds();

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_TEST_HOST_H_
