#include "tools/cli/dot_lock.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ctime>
#include <string>

#include "tests/cli/calls.h"
#include "tests/cli/temp_dir.h"

namespace dot_lock_test {
namespace {

class DotLock : public testing::Test {
 protected:
  DotLock() {
    Calls::Reset();
    char host[256] = "";
    gethostname(host, sizeof(host) - 1);
    host_ = host;
    const pid_t pid = fork();
    if (pid == 0) _exit(0);
    waitpid(pid, nullptr, 0);
    dead_ = std::to_string(pid);
    alive_ = std::to_string(getppid());
  }
  ~DotLock() override { Calls::Reset(); }

  cli_dot_lock Take() {
    taken_over_ = -1;
    return cli_dot_lock_take(path_.c_str(), &taken_over_, &errno_);
  }

  // Puts a lock there that says |text| and is |age| seconds old.
  void Put(const std::string &text, time_t age = 0) {
    unlink(path_.c_str());
    WriteFile(path_, text, 0444);
    // By the clock that the lock asks: time() may be a tick behind clock_gettime().
    const struct timespec then = {time(nullptr) - age, 0};
    const struct timespec times[2] = {then, then};
    ASSERT_EQ(0, utimensat(AT_FDCWD, path_.c_str(), times, 0));
  }

  void ExpectTakenOver(const std::string &text, time_t age = 0) {
    Put(text, age);
    EXPECT_EQ(CLI_DOT_LOCK_MADE, Take()) << text;
    EXPECT_EQ(1, taken_over_) << text;
    EXPECT_EQ(Own(), ReadFile(path_));
    EXPECT_EQ((std::vector<std::string>{"box.lock"}), ListDir(dir_.Path()));
  }

  void ExpectHeld(const std::string &text, time_t age = 0) {
    Put(text, age);
    EXPECT_EQ(CLI_DOT_LOCK_HELD, Take()) << text;
    EXPECT_EQ(0, taken_over_) << text;
    EXPECT_EQ(text, ReadFile(path_));
    EXPECT_EQ((std::vector<std::string>{"box.lock"}), ListDir(dir_.Path()));
  }

  std::string Own() const { return std::to_string(getpid()) + ":" + host_; }

  TempDir dir_;
  std::string path_ = dir_.Path("box.lock");
  std::string host_;
  std::string dead_;
  std::string alive_;
  int taken_over_ = 0;
  int errno_ = 0;
};

TEST_F(DotLock, SaysWhoHoldsIt) {
  EXPECT_EQ(CLI_DOT_LOCK_MADE, Take());
  EXPECT_EQ(0, taken_over_);
  EXPECT_EQ(Own(), ReadFile(path_));
  struct stat info;
  ASSERT_EQ(0, stat(path_.c_str(), &info));
  EXPECT_EQ(0U, info.st_mode & 0222U);
}

TEST_F(DotLock, LeavesNothingBesideIt) {
  EXPECT_EQ(CLI_DOT_LOCK_MADE, Take());
  EXPECT_EQ((std::vector<std::string>{"box.lock"}), ListDir(dir_.Path()));
  Put(alive_);
  EXPECT_EQ(CLI_DOT_LOCK_HELD, Take());
  WriteFile(dir_.Path(".pop3-0123456789abcdef.tmp"), dead_, 0444);  // whoever was killed
  cli_dot_lock_sweep(path_.c_str());
  EXPECT_EQ((std::vector<std::string>{"box.lock"}), ListDir(dir_.Path()));
}

TEST_F(DotLock, OfADeadProcessIsTakenOver) {
  for (const char *end : {"", "\n", " \r\n"}) ExpectTakenOver(dead_ + end);
  ExpectTakenOver(dead_ + ":" + host_);
  ExpectTakenOver(dead_ + ":" + host_ + "\n");
}

TEST_F(DotLock, OfOurOwnNumberIsTakenOver) {
  ExpectTakenOver(std::to_string(getpid()) + "\n");
  ExpectTakenOver(Own());
}

TEST_F(DotLock, OfALiveProcessIsHeldHoweverOld) {
  ExpectHeld(alive_ + "\n", 1000000);
  ExpectHeld(alive_ + ":" + host_, 1000000);
}

TEST_F(DotLock, OfAnotherHostIsHeldHoweverOld) {
  ExpectHeld(dead_ + ":not-" + host_, 1000000);
  ExpectHeld(dead_ + ":", 1000000);
}

TEST_F(DotLock, ThatNamesNobodyIsTakenOverWhenOld) {
  for (const char *text : {"", "0", "\n", "me\n", "-1", "99999999999999999999"}) {
    ExpectHeld(text, CLI_DOT_LOCK_STALE_S - 60);
    ExpectTakenOver(text, CLI_DOT_LOCK_STALE_S);
  }
  ExpectHeld(dead_ + " and more", 0);
}

TEST_F(DotLock, OfAFileThatIsInUseIsHeld) {
  WriteFile(dir_.Path("box"), "");
  int ready[2];
  ASSERT_EQ(0, pipe(ready));
  const pid_t pid = fork();
  if (pid == 0) {
    const int fd = open(dir_.Path("box").c_str(), O_RDWR);
    struct flock request = {};
    request.l_type = F_WRLCK;
    if (fcntl(fd, F_SETLK, &request) == 0) (void)!write(ready[1], "x", 1);
    pause();
    _exit(0);
  }
  char c;
  ASSERT_EQ(1, read(ready[0], &c, 1));
  Put(dead_);
  EXPECT_EQ(CLI_DOT_LOCK_HELD, Take());
  EXPECT_EQ(dead_, ReadFile(path_));
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  EXPECT_EQ(CLI_DOT_LOCK_MADE, Take());
  close(ready[0]);
  close(ready[1]);
}

// Somebody else has seen that it is left over, and is about to take it away.
TEST_F(DotLock, OneAtATimeTakesItOver) {
  Put(dead_);
  const int fd = open(path_.c_str(), O_RDONLY);
  ASSERT_EQ(0, flock(fd, LOCK_EX));
  EXPECT_EQ(CLI_DOT_LOCK_HELD, Take());
  EXPECT_EQ(dead_, ReadFile(path_));
  close(fd);
  EXPECT_EQ(CLI_DOT_LOCK_MADE, Take());
}

TEST_F(DotLock, ManyTakeItOverOneByOne) {
  // Each holds the lock until it ends, in a file of its own: two at a time would see each other.
  for (int round = 0; round < 20; ++round) {
    Put(dead_);
    pid_t pids[8];
    for (pid_t &pid : pids) {
      pid = fork();
      if (pid != 0) continue;
      int over = 0;
      int sys_errno = 0;
      while (cli_dot_lock_take(path_.c_str(), &over, &sys_errno) != CLI_DOT_LOCK_MADE) {
        usleep(500);
      }
      const int alone = open(dir_.Path("alone").c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
      for (int turn = 0; turn < 10; ++turn) sched_yield();
      if (alone >= 0) unlink(dir_.Path("alone").c_str());
      unlink(path_.c_str());
      _exit(alone >= 0 ? 0 : 1);
    }
    for (const pid_t pid : pids) {
      int how = 0;
      waitpid(pid, &how, 0);
      EXPECT_TRUE(WIFEXITED(how) && WEXITSTATUS(how) == 0) << round;
    }
  }
}

// Between the look at a lock that is left over and its removal somebody else puts his own there.
TEST_F(DotLock, AnothersIsPutBack) {
  for (const int sys_errno : {0, EINVAL, ENOSYS}) {  // NFS has no rename to a free name
    Put(dead_);
    int looks = 0;
    Calls::after_lstat = [&] {
      if (looks++ == 0) Put(alive_);
    };
    Calls::FailAt("renameat2", 1, sys_errno, sys_errno == 0 ? 0 : 1);
    EXPECT_EQ(CLI_DOT_LOCK_HELD, Take()) << sys_errno;
    Calls::after_lstat = nullptr;
    EXPECT_EQ(2, looks);
    EXPECT_EQ(alive_, ReadFile(path_)) << sys_errno;
    EXPECT_EQ((std::vector<std::string>{"box.lock"}), ListDir(dir_.Path())) << sys_errno;
  }
}

TEST_F(DotLock, WhatAKilledProgramHasMovedAsideIsSweptAway) {
  Put(dead_);
  const pid_t pid = fork();
  if (pid == 0) {
    int looks = 0;
    Calls::after_lstat = [&] {
      if (looks++ == 1) _exit(0);  // it has its other name, and is looked at once more
    };
    Take();
    _exit(1);
  }
  int how = 0;
  waitpid(pid, &how, 0);
  ASSERT_TRUE(WIFEXITED(how) && WEXITSTATUS(how) == 0);
  ASSERT_EQ(1U, ListDir(dir_.Path()).size());
  EXPECT_NE("box.lock", ListDir(dir_.Path())[0]);
  cli_dot_lock_sweep(path_.c_str());
  EXPECT_EQ((std::vector<std::string>{}), ListDir(dir_.Path()));
}

TEST_F(DotLock, OnlyFilesAreTakenOver) {
  ASSERT_EQ(0, symlink((dir_.Path() + "/nowhere").c_str(), path_.c_str()));
  EXPECT_EQ(CLI_DOT_LOCK_HELD, Take());
  unlink(path_.c_str());
  ASSERT_EQ(0, mkfifo(path_.c_str(), 0600));
  EXPECT_EQ(CLI_DOT_LOCK_HELD, Take());
}

TEST_F(DotLock, TellsWhyItCannotBeMade) {
  path_ = dir_.Path("none/box.lock");
  EXPECT_EQ(CLI_DOT_LOCK_FAILED, Take());
  EXPECT_EQ(ENOENT, errno_);
}

TEST_F(DotLock, OfAProcessThatMayNotBeSignalledIsHeld) {
  Put(dead_ + ":" + host_);
  Calls::FailAt("kill", 1, EPERM);
  EXPECT_EQ(CLI_DOT_LOCK_HELD, Take());
  EXPECT_EQ(dead_ + ":" + host_, ReadFile(path_));
}

TEST_F(DotLock, IsMadeInPlaceWhereThereAreNoLinks) {
  for (const int sys_errno : {EPERM, EOPNOTSUPP, ENOSYS}) {
    Calls::FailAt("linkat", 1, sys_errno);
    EXPECT_EQ(CLI_DOT_LOCK_MADE, Take());
    EXPECT_EQ(Own(), ReadFile(path_));
    EXPECT_EQ((std::vector<std::string>{"box.lock"}), ListDir(dir_.Path()));
    unlink(path_.c_str());
  }
  Put(alive_);
  Calls::FailAt("linkat", 1, EPERM);
  EXPECT_EQ(CLI_DOT_LOCK_HELD, Take());
  EXPECT_EQ(alive_, ReadFile(path_));
}

TEST_F(DotLock, WhereNoneMayBeMadeThatIsTold) {
  for (const int sys_errno : {EACCES, EROFS}) {
    Calls::FailAt("linkat", 1, sys_errno);
    EXPECT_EQ(CLI_DOT_LOCK_FORBIDDEN, Take());
  }
}

}  // namespace
}  // namespace dot_lock_test
