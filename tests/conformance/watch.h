// Catches calls that do not return.
#ifndef POP3_TESTS_CONFORMANCE_WATCH_H_
#define POP3_TESTS_CONFORMANCE_WATCH_H_

namespace pop3_conformance {

// WatchFrom makes every Watch of this process report to |fd|, as Findings does, when a call takes
// longer than |limit_ms|; the process then ends with status kHung.
void WatchFrom(int fd, int limit_ms);

constexpr int kHung = 99;

// Watch is around one call into a plugin. |what| is a string literal.
class Watch {
 public:
  explicit Watch(const char *what);
  ~Watch();
  Watch(const Watch &) = delete;
  Watch &operator=(const Watch &) = delete;
};

// Sleeps returns how often this thread has given up the processor by itself since it began: a call
// that sleeps shows, however fast or slow the machine is.
long Sleeps();

}  // namespace pop3_conformance

#endif  // POP3_TESTS_CONFORMANCE_WATCH_H_
