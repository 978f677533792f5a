#include "tools/cli/mbox_lock.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <string>

#include "tests/cli/calls.h"
#include "tests/cli/temp_dir.h"
#include "tests/testing/asleep.h"
#include "tools/cli/signals.h"

namespace mbox_lock_test {
namespace {

class MboxLock : public testing::Test {
 protected:
  MboxLock() { Calls::Reset(); }
  ~MboxLock() override {
    Calls::Reset();
    cli_mbox_lock_release(&lock_);
  }

  pop3_status Take(int64_t wait_ms = 0) {
    err_ = POP3_ERROR_INIT;
    return cli_mbox_lock_take(&lock_, path_.c_str(), wait_ms, &err_);
  }

  // Runs |body| in a child, which is where fcntl locks are somebody else's.
  template <typename Body>
  static bool InChild(Body body) {
    const pid_t pid = fork();
    if (pid == 0) _exit(body() ? 0 : 1);
    int how = 0;
    waitpid(pid, &how, 0);
    return WIFEXITED(how) && WEXITSTATUS(how) == 0;
  }

  TempDir dir_;
  std::string path_ = dir_.Path("mbox");
  cli_mbox_lock lock_ = CLI_MBOX_LOCK_INIT;
  pop3_error err_ = POP3_ERROR_INIT;
};

TEST_F(MboxLock, MakesFileAndLockAndTakesTheLockAway) {
  ASSERT_EQ(POP3_OK, Take()) << err_.text;
  EXPECT_GE(lock_.fd, 0);
  EXPECT_EQ((std::vector<std::string>{"mbox", "mbox.lock"}), ListDir(dir_.Path()));
  struct stat info;
  ASSERT_EQ(0, stat(path_.c_str(), &info));
  EXPECT_EQ(0600U, info.st_mode & 0777U);
  EXPECT_TRUE(InChild([this] {
    const int fd = open(path_.c_str(), O_RDWR);
    struct flock request = {};
    request.l_type = F_WRLCK;
    return fcntl(fd, F_SETLK, &request) != 0 && (errno == EAGAIN || errno == EACCES);
  }));
  EXPECT_EQ(0, cli_mbox_lock_release(&lock_));
  EXPECT_EQ(-1, lock_.fd);
  EXPECT_EQ((std::vector<std::string>{"mbox"}), ListDir(dir_.Path()));
}

TEST_F(MboxLock, RespectsTheLockFile) {
  WriteFile(path_ + ".lock", "1\n");
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Take(50));
  EXPECT_NE(nullptr, strstr(err_.text, "mbox.lock is there")) << err_.text;
  EXPECT_EQ((std::vector<std::string>{"mbox.lock"}), ListDir(dir_.Path())) << "no mbox was made";
}

TEST_F(MboxLock, WaitsForTheLockFile) {
  WriteFile(path_ + ".lock", "1\n");
  const pid_t pid = fork();
  if (pid == 0) {
    pop3_testing::AwaitSleep(getppid());
    unlink((path_ + ".lock").c_str());
    _exit(0);
  }
  EXPECT_EQ(POP3_OK, Take(10000)) << err_.text;
  waitpid(pid, nullptr, 0);
}

TEST_F(MboxLock, DoesNotWaitOnceASignalHasCome) {
  WriteFile(path_ + ".lock", "1\n");
  EXPECT_TRUE(InChild([this] {
    cli_signals_install();
    cli_signals_spare(1);
    raise(SIGTERM);
    return Take(3600000) == POP3_ERR_LOCAL_IO && cli_signals_caught() == SIGTERM;
  }));
}

TEST_F(MboxLock, RespectsFcntlAndLeavesNoLockFile) {
  WriteFile(path_, "");
  int ready[2];
  ASSERT_EQ(0, pipe(ready));
  const pid_t pid = fork();
  if (pid == 0) {
    const int fd = open(path_.c_str(), O_RDWR);
    struct flock request = {};
    request.l_type = F_WRLCK;
    if (fcntl(fd, F_SETLK, &request) == 0) (void)!write(ready[1], "x", 1);
    pause();
    _exit(0);
  }
  char c;
  ASSERT_EQ(1, read(ready[0], &c, 1));
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Take(50));
  EXPECT_NE(nullptr, strstr(err_.text, "locked")) << err_.text;
  EXPECT_EQ((std::vector<std::string>{"mbox"}), ListDir(dir_.Path()));
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  EXPECT_EQ(POP3_OK, Take()) << err_.text;
  close(ready[0]);
  close(ready[1]);
}

TEST_F(MboxLock, TakesOverALockThatIsLeftOverAndSaysSo) {
  const pid_t gone = fork();
  if (gone == 0) _exit(0);
  waitpid(gone, nullptr, 0);
  WriteFile(path_ + ".lock", std::to_string(gone) + "\n", 0444);
  ASSERT_EQ(POP3_OK, Take()) << err_.text;
  EXPECT_EQ(1, lock_.taken_over);
  EXPECT_EQ(0, cli_mbox_lock_release(&lock_));
  EXPECT_EQ((std::vector<std::string>{"mbox"}), ListDir(dir_.Path()));
  ASSERT_EQ(POP3_OK, Take());
  EXPECT_EQ(0, lock_.taken_over);
}

TEST_F(MboxLock, FollowsALinkOfThisUser) {
  ASSERT_EQ(0, symlink(dir_.Path("real").c_str(), path_.c_str()));
  ASSERT_EQ(POP3_OK, Take()) << err_.text;
  EXPECT_EQ(0, cli_mbox_lock_release(&lock_));
  EXPECT_EQ((std::vector<std::string>{"mbox", "real"}), ListDir(dir_.Path()));
}

TEST_F(MboxLock, FollowsNoLinkOfAnother) {
  WriteFile(dir_.Path("precious"), "");
  ASSERT_EQ(0, symlink(dir_.Path("precious").c_str(), path_.c_str()));
  Calls::owner = 12345;
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Take());
  EXPECT_NE(nullptr, strstr(err_.text, "a symbolic link that another user has made")) << err_.text;
  EXPECT_EQ((std::vector<std::string>{"mbox", "precious"}), ListDir(dir_.Path()));
}

TEST_F(MboxLock, NoticesThatTheMboxWasReplacedBeforeItWasLocked) {
  WriteFile(path_, "old");
  int times = 0;
  Calls::before_lock = [&] {
    if (times++ > 0) return;
    WriteFile(dir_.Path("next"), "new");
    ASSERT_EQ(0, rename(dir_.Path("next").c_str(), path_.c_str()));
  };
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Take()) << "what is locked is nobody's mbox any more";
  EXPECT_EQ((std::vector<std::string>{"mbox"}), ListDir(dir_.Path()));
  ASSERT_EQ(POP3_OK, Take());
  char text[4] = "";
  EXPECT_EQ(3, pread(lock_.fd, text, 3, 0));
  EXPECT_STREQ("new", text);
  EXPECT_EQ(2, times);
}

TEST_F(MboxLock, SyncsTheDirectoryOfANewMbox) {
  ASSERT_EQ(POP3_OK, Take());
  EXPECT_EQ((std::vector<std::string>{"fsync " + dir_.Path()}), Calls::log);
  cli_mbox_lock_release(&lock_);
  ASSERT_EQ(POP3_OK, Take());
  EXPECT_EQ(2U, Calls::log.size()) << "whoever made it may have been killed before that";
  cli_mbox_lock_release(&lock_);
  WriteFile(path_, "From x\n");
  ASSERT_EQ(POP3_OK, Take());
  EXPECT_EQ(2U, Calls::log.size()) << "it was there";
}

TEST_F(MboxLock, SyncsTheDirectoryThatALinkLeadsTo) {
  ASSERT_EQ(0, mkdir(dir_.Path("far").c_str(), 0700));
  ASSERT_EQ(0, symlink("far/real", path_.c_str()));
  ASSERT_EQ(POP3_OK, Take()) << err_.text;
  EXPECT_EQ((std::vector<std::string>{"fsync " + dir_.Path("far")}), Calls::log);
  cli_mbox_lock_release(&lock_);
  Calls::FailAt("fsync", 1, EIO);
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Take());
  EXPECT_EQ(EIO, err_.sys_errno);
}

TEST_F(MboxLock, RefusesWhatIsNoMbox) {
  path_ = dir_.Path();
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Take());
  path_ = dir_.Path("fifo");
  ASSERT_EQ(0, mkfifo(path_.c_str(), 0600));
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Take());
  EXPECT_NE(nullptr, strstr(err_.text, "not a regular file")) << err_.text;
  EXPECT_NE(0, access((path_ + ".lock").c_str(), F_OK));
  path_ = dir_.Path("none/mbox");
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Take());
}

TEST_F(MboxLock, WaitsForAReader) {
  WriteFile(path_, "");
  int ready[2];
  ASSERT_EQ(0, pipe(ready));
  const pid_t pid = fork();
  if (pid == 0) {
    const int fd = open(path_.c_str(), O_RDONLY);
    struct flock request = {};
    request.l_type = F_RDLCK;
    if (fcntl(fd, F_SETLK, &request) == 0) (void)!write(ready[1], "x", 1);
    pause();
    _exit(0);
  }
  char c;
  ASSERT_EQ(1, read(ready[0], &c, 1));
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Take());
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  EXPECT_EQ(POP3_OK, Take()) << err_.text;
  close(ready[0]);
  close(ready[1]);
}

TEST_F(MboxLock, WhereNoLockFileCanBeMadeFcntlHasToDo) {
  for (const int sys_errno : {EACCES, EROFS}) {
    Calls::FailAt("linkat", 1, sys_errno);
    ASSERT_EQ(POP3_OK, Take()) << err_.text;
    EXPECT_EQ((std::vector<std::string>{"mbox"}), ListDir(dir_.Path()));
    EXPECT_EQ(0, cli_mbox_lock_release(&lock_));
  }
  Calls::FailAt("linkat", 1, EIO);
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Take()) << "that is something else";
  EXPECT_EQ(EIO, err_.sys_errno);
}

}  // namespace
}  // namespace mbox_lock_test
