#include "tests/cli/calls.h"

#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <utility>

std::vector<std::string> Calls::log;
std::function<void()> Calls::before_lock;
std::function<void()> Calls::before_flock;
std::function<void()> Calls::after_lstat;
int Calls::owner = -1;
std::string Calls::host;
std::vector<uint64_t> Calls::random;
bool Calls::no_noreplace = false;
int64_t Calls::ahead_ms = 0;

namespace {

std::string g_name;
int g_at = 0;
int g_errno = 0;
int g_times = 0;

// Says whether the call |name| fails now, and sets errno then.
bool Fails(const std::string &name) {
  if (name != g_name || --g_at > 0 || g_times == 0) return false;
  g_times--;
  errno = g_errno;
  return true;
}

// Of 64-bit Linux: <fcntl.h> would declare fcntl otherwise than it is defined here.
constexpr int kSetLock = 6;
constexpr int kCwd = -100;
constexpr int kNoFollow = 0x100;

int Tell(long result, struct stat *out) {
  if (result == 0 && Calls::owner >= 0) out->st_uid = static_cast<uid_t>(Calls::owner);
  return static_cast<int>(result);
}

}  // namespace

void Calls::FailAt(const std::string &name, int at, int sys_errno, int times) {
  g_name = name;
  g_at = at;
  g_errno = sys_errno;
  g_times = times;
}

void Calls::Reset() {
  log.clear();
  before_lock = before_flock = after_lstat = nullptr;
  owner = -1;
  host.clear();
  random.clear();
  no_noreplace = false;
  ahead_ms = 0;
  FailAt("", 0, 0, 0);
}

extern "C" {

int fsync(int fd) {
  std::error_code ignored;
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  Calls::log.push_back("fsync " + std::filesystem::read_symlink(link, ignored).string());
  return Fails("fsync") ? -1 : static_cast<int>(syscall(SYS_fsync, fd));
}

int renameat2(int old_dir, const char *old_path, int new_dir, const char *new_path,
              unsigned flags) {
  if (Fails("renameat2")) return -1;
  if (Calls::no_noreplace && flags != 0) {
    errno = EINVAL;
    return -1;
  }
  const int result =
      static_cast<int>(syscall(SYS_renameat2, old_dir, old_path, new_dir, new_path, flags));
  if (result == 0) Calls::log.push_back(std::string("rename ") + old_path + " " + new_path);
  return result;
}

int fcntl(int fd, int command, ...) {
  va_list args;
  va_start(args, command);
  void *argument = va_arg(args, void *);
  va_end(args);
  if (command == kSetLock && Calls::before_lock) Calls::before_lock();
  return static_cast<int>(syscall(SYS_fcntl, fd, command, argument));
}

int linkat(int old_dir, const char *old_path, int new_dir, const char *new_path, int flags) {
  if (Fails("linkat")) return -1;
  return static_cast<int>(syscall(SYS_linkat, old_dir, old_path, new_dir, new_path, flags));
}

int flock(int fd, int operation) {
  if (Calls::before_flock) Calls::before_flock();
  return static_cast<int>(syscall(SYS_flock, fd, operation));
}

int close(int fd) {
  const int result = static_cast<int>(syscall(SYS_close, fd));
  return Fails("close") ? -1 : result;
}

int kill(pid_t pid, int number) {
  return Fails("kill") ? -1 : static_cast<int>(syscall(SYS_kill, pid, number));
}

ssize_t getrandom(void *out, size_t len, unsigned flags) {
  if (Calls::random.empty() || len != sizeof(uint64_t)) {
    return syscall(SYS_getrandom, out, len, flags);
  }
  memcpy(out, &Calls::random.front(), len);
  Calls::random.erase(Calls::random.begin());
  return static_cast<ssize_t>(len);
}

int gethostname(char *out, size_t len) noexcept {
  std::string name = Calls::host;
  if (name.empty()) std::getline(std::ifstream("/proc/sys/kernel/hostname"), name);
  const size_t size = name.size() < len ? name.size() + 1 : len;
  memcpy(out, name.c_str(), size);
  return 0;
}

int clock_gettime(clockid_t clock, struct timespec *out) noexcept {
  const int result = static_cast<int>(syscall(SYS_clock_gettime, clock, out));
  if (clock == CLOCK_MONOTONIC) out->tv_sec += Calls::ahead_ms / 1000;
  return result;
}

int lstat(const char *path, struct stat *out) {
  const int result = Tell(syscall(SYS_newfstatat, kCwd, path, out, kNoFollow), out);
  if (Calls::after_lstat) Calls::after_lstat();
  return result;
}

int fstat(int fd, struct stat *out) { return Tell(syscall(SYS_fstat, fd, out), out); }

}  // extern "C"
