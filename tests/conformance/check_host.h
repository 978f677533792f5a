// The pop3_host that the suite hands to a plugin: it counts, fails on demand, and keeps all memory
// that was ever given out, so that secrets can be looked for.
#ifndef POP3_TESTS_CONFORMANCE_CHECK_HOST_H_
#define POP3_TESTS_CONFORMANCE_CHECK_HOST_H_

#include <pop3/spi/plugin.h>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/conformance/findings.h"

namespace pop3_conformance {

class CheckHost {
 public:
  explicit CheckHost(Findings *findings);
  ~CheckHost();
  CheckHost(const CheckHost &) = delete;
  CheckHost &operator=(const CheckHost &) = delete;

  const pop3_host *get() const { return &host_; }
  Findings *findings() const { return findings_; }

  // FailAllocation makes the |nth| allocation from now on fail (0: the next one), and all that
  // follow it if |persistently|.
  void FailAllocation(int nth, bool persistently);
  bool has_failed() const { return failures_ > 0; }
  int live() const { return live_; }

  // The clock is the real one plus what it was moved by.
  int64_t now_ms() const;
  void AdvanceTo(int64_t at_ms);

  // Remembers says whether |text| is in any memory that was ever given out.
  bool Remembers(const std::string &text) const;
  // Noted looks for |secret| in the notes so far.
  bool Noted(const std::string &secret) const;

 private:
  struct Block {
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

  Findings *findings_;
  pop3_host host_;
  std::unordered_map<void *, Block> blocks_;
  std::vector<std::string> notes_;
  int live_ = 0;
  int until_failure_ = -1;
  bool persistently_ = false;
  int failures_ = 0;
  int64_t moved_ms_ = 0;
};

// CountFds returns how many descriptors this process has open.
int CountFds();

}  // namespace pop3_conformance

#endif  // POP3_TESTS_CONFORMANCE_CHECK_HOST_H_
