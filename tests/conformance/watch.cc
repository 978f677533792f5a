#include "tests/conformance/watch.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstring>

namespace pop3_conformance {

namespace {

// For the signal handler, which has no other way to know.
int report_fd = -1;
int limit_in_ms = 0;
const char *volatile current = "";

void Put(const char *text) {
  if (write(report_fd, text, std::strlen(text)) < 0) _exit(kHung);
}

void OnAlarm(int) {
  Put("NeverBlocks\t");
  Put(current);
  Put(" does not return\n");
  _exit(kHung);
}

void Timer(int ms) {
  struct itimerval value = {};
  value.it_value.tv_sec = ms / 1000;
  value.it_value.tv_usec = (ms % 1000) * 1000;
  setitimer(ITIMER_REAL, &value, nullptr);
}

}  // namespace

void WatchFrom(int fd, int limit_ms) {
  report_fd = fd;
  limit_in_ms = limit_ms;
  struct sigaction action = {};
  action.sa_handler = OnAlarm;
  sigaction(SIGALRM, &action, nullptr);
}

Watch::Watch(const char *what) {
  current = what;
  if (limit_in_ms > 0) Timer(limit_in_ms);
}

Watch::~Watch() {
  if (limit_in_ms > 0) Timer(0);
}

long Sleeps() {
  struct rusage usage = {};
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw;
}

}  // namespace pop3_conformance
