#include "tests/plugins/system_calls.h"

#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdint>

namespace pop3_testing {

bool SystemCalls::is_privileged = false;
std::function<void()> SystemCalls::before_reading;
size_t SystemCalls::piece = SIZE_MAX;
int SystemCalls::interruptions = 0;

void SystemCalls::Reset() {
  is_privileged = false;
  before_reading = nullptr;
  piece = SIZE_MAX;
  interruptions = 0;
}

}  // namespace pop3_testing

using pop3_testing::SystemCalls;

// The names that the linker gives with --wrap.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl50-cpp,cert-dcl51-cpp)
extern "C" {

unsigned long __real_getauxval(unsigned long type);
char *__real_secure_getenv(const char *name);
int __real_openat(int dir, const char *path, int flags, ...);
ssize_t __real_pread(int fd, void *data, size_t len, off_t offset);

unsigned long __wrap_getauxval(unsigned long type);
char *__wrap_secure_getenv(const char *name);
int __wrap_openat(int dir, const char *path, int flags, ...);
ssize_t __wrap_pread(int fd, void *data, size_t len, off_t offset);

unsigned long __wrap_getauxval(unsigned long type) {
  return type == AT_SECURE && SystemCalls::is_privileged ? 1 : __real_getauxval(type);
}

char *__wrap_secure_getenv(const char *name) {
  return SystemCalls::is_privileged ? nullptr : __real_secure_getenv(name);
}

int __wrap_openat(int dir, const char *path, int flags, ...) {
  va_list args;
  va_start(args, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
  va_end(args);
  if ((flags & (O_PATH | O_ACCMODE)) == O_RDONLY && SystemCalls::before_reading != nullptr) {
    SystemCalls::before_reading();
  }
  return __real_openat(dir, path, flags, mode);
}

ssize_t __wrap_pread(int fd, void *data, size_t len, off_t offset) {
  if (SystemCalls::interruptions > 0) {
    SystemCalls::interruptions--;
    errno = EINTR;
    return -1;
  }
  return __real_pread(fd, data, std::min(len, SystemCalls::piece), offset);
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl50-cpp,cert-dcl51-cpp)
