// System calls as a test wants them: a program that links this has its own fsync, renameat2,
// linkat, fcntl, flock, lstat, fstat, close, kill, getrandom, gethostname and clock_gettime in
// place of libc's. They do the same until they are told otherwise.
#ifndef POP3_TESTS_CLI_CALLS_H_
#define POP3_TESTS_CLI_CALLS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

// Calls is all static: there is one process.
struct Calls {
  // log is what was done: "fsync PATH", "rename OLD NEW".
  static std::vector<std::string> log;
  // before_lock is called before each fcntl that asks for a lock.
  static std::function<void()> before_lock;
  // before_flock is called before each flock.
  static std::function<void()> before_flock;
  // after_lstat is called after each lstat.
  static std::function<void()> after_lstat;
  // owner is whose all files are that lstat and fstat look at, -1 for the truth.
  static int owner;
  // host is what gethostname says, "" for the truth.
  static std::string host;
  // random is what getrandom gives, a number a call, before it gives its own.
  static std::vector<uint64_t> random;
  // no_noreplace lets each renameat2 that may not replace anything fail, as some file systems do.
  static bool no_noreplace;
  // ahead_ms is how much later it is by the monotonic clock than in truth.
  static int64_t ahead_ms;

  // FailAt lets the call |name| ("fsync", "renameat2", "linkat", "close", "kill") fail with
  // |sys_errno|, |times| times from the |at|-th from now on.
  static void FailAt(const std::string &name, int at, int sys_errno, int times = 1);
  // Reset forgets everything.
  static void Reset();
};

#endif  // POP3_TESTS_CLI_CALLS_H_
