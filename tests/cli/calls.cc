#include "tests/cli/calls.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <filesystem>
#include <utility>

std::vector<std::string> Calls::log;
std::function<void()> Calls::before_lock;
std::function<void()> Calls::after_lstat;
int Calls::owner = -1;

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
  before_lock = after_lstat = nullptr;
  owner = -1;
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

int lstat(const char *path, struct stat *out) {
  const int result = Tell(syscall(SYS_newfstatat, kCwd, path, out, kNoFollow), out);
  if (Calls::after_lstat) Calls::after_lstat();
  return result;
}

int fstat(int fd, struct stat *out) { return Tell(syscall(SYS_fstat, fd, out), out); }

}  // extern "C"
