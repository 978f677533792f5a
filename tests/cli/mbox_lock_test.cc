#include "tools/cli/mbox_lock.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "tests/cli/temp_dir.h"

namespace {

class MboxLock : public testing::Test {
 protected:
  ~MboxLock() override { cli_mbox_lock_release(&lock_); }

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
    usleep(150000);
    unlink((path_ + ".lock").c_str());
    _exit(0);
  }
  EXPECT_EQ(POP3_OK, Take(10000)) << err_.text;
  waitpid(pid, nullptr, 0);
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

TEST_F(MboxLock, RefusesWhatIsNoMbox) {
  path_ = dir_.Path();
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Take());
  path_ = "/dev/null";
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Take());
  EXPECT_NE(nullptr, strstr(err_.text, "not a regular file")) << err_.text;
  EXPECT_NE(0, access("/dev/null.lock", F_OK));
  path_ = dir_.Path("none/mbox");
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Take());
}

}  // namespace
