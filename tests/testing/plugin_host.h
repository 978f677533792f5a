// A pop3_host for driving a plugin through its function table, without libpop3 and without
// GoogleTest: TestHost (test_host.h) is this one with the complaints as failures of a test.
//
// Its memory is counted, can be made to fail, and is never given back while the host lives, so that
// secrets can be looked for in it. It keeps what was wiped. Its clock is the real one until
// somebody takes it over.
#ifndef POP3_TESTS_TESTING_PLUGIN_HOST_H_
#define POP3_TESTS_TESTING_PLUGIN_HOST_H_

#include <pop3/spi/plugin.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace pop3_testing {

// A Wiping is one call of the host's wipe.
struct Wiping {
  const void *ptr;
  size_t len;
  std::string before;  // the octets that were there
  bool is_zero;        // whether all of them are 0 afterwards
};

class PluginHost {
 public:
  // A Complain is told of each breach of the host's rules: a name of the rule, and words.
  using Complain = std::function<void(const char *rule, const std::string &words)>;

  explicit PluginHost(Complain complain);
  ~PluginHost();
  PluginHost(const PluginHost &) = delete;
  PluginHost &operator=(const PluginHost &) = delete;

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
  // AdvanceTo moves the clock on to |at_ms|, if it is not there yet, and lets it go on.
  void AdvanceTo(int64_t at_ms);
  int64_t now_ms() const;

  // Remembers says whether |text|, which is not empty, is in any memory that was ever allocated,
  // released or not.
  bool Remembers(const std::string &text) const;

  // wipings returns all that was wiped, in order; Wipings how many of them had |text| in what they
  // overwrote.
  const std::vector<Wiping> &wipings() const { return wipings_; }
  int Wipings(const std::string &text) const;
  void ForgetWipings() { wipings_.clear(); }

  // notes returns what the plugin wrote to the trace; Noted says whether |text| is in it.
  const std::vector<std::string> &notes() const { return notes_; }
  bool Noted(const std::string &text) const;

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

  Complain complain_;
  pop3_host host_;
  std::unordered_map<void *, Block> blocks_;
  std::vector<Wiping> wipings_;
  std::vector<std::string> notes_;
  int live_ = 0;
  int until_failure_ = -1;
  bool persistently_ = false;
  int failures_ = 0;
  int64_t fixed_ms_ = -1;
  int64_t moved_ms_ = 0;
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_PLUGIN_HOST_H_
