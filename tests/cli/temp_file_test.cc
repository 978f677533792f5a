#include "tools/cli/temp_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <regex>
#include <string>

#include "tests/cli/calls.h"
#include "tests/cli/temp_dir.h"

namespace temp_file_test {
namespace {

class TempFile : public testing::Test {
 protected:
  TempFile() : dir_fd_(open(dir_.Path().c_str(), O_RDONLY | O_DIRECTORY)) { Calls::Reset(); }
  ~TempFile() override {
    Calls::Reset();
    close(dir_fd_);
  }

  std::vector<std::string> Names() { return ListDir(dir_.Path()); }

  TempDir dir_;
  int dir_fd_;
  char name_[CLI_TEMP_NAME_MAX] = "";
};

TEST_F(TempFile, HasANewNameAndIsNobodyElses) {
  const mode_t before = umask(0);
  const int a = cli_temp_file_create(dir_fd_, ".x-", name_);
  umask(before);
  ASSERT_GE(a, 0);
  EXPECT_TRUE(std::regex_match(name_, std::regex("\\.x-[0-9a-f]{16}\\.tmp"))) << name_;
  struct stat info;
  ASSERT_EQ(0, fstat(a, &info));
  EXPECT_EQ(0600U, info.st_mode & 0777U);
  const int b = cli_temp_file_create(dir_fd_, ".x-", name_);
  ASSERT_GE(b, 0);
  EXPECT_EQ(2U, Names().size());
  close(a);
  close(b);
}

TEST_F(TempFile, IsSweptOnlyOnceItsWriterIsGone) {
  const int fd = cli_temp_file_create(dir_fd_, ".x-", name_);
  ASSERT_GE(fd, 0);
  cli_temp_file_sweep(dir_fd_, ".x-");
  EXPECT_EQ((std::vector<std::string>{name_}), Names());
  close(fd);
  cli_temp_file_sweep(dir_fd_, ".y-");
  EXPECT_EQ((std::vector<std::string>{name_}), Names()) << "another program's";
  cli_temp_file_sweep(dir_fd_, ".x-");
  EXPECT_EQ((std::vector<std::string>{}), Names());
}

TEST_F(TempFile, OfAProcessThatWasKilledIsSwept) {
  int ready[2];
  ASSERT_EQ(0, pipe(ready));
  const pid_t pid = fork();
  if (pid == 0) {
    if (cli_temp_file_create(dir_fd_, ".x-", name_) >= 0) (void)!write(ready[1], "x", 1);
    pause();
    _exit(0);
  }
  char c;
  ASSERT_EQ(1, read(ready[0], &c, 1));
  cli_temp_file_sweep(dir_fd_, ".x-");
  EXPECT_EQ(1U, Names().size()) << "it lives";
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  cli_temp_file_sweep(dir_fd_, ".x-");
  EXPECT_EQ(0U, Names().size());
  close(ready[0]);
  close(ready[1]);
}

TEST_F(TempFile, SweepingLeavesTheRestAlone) {
  const std::vector<std::string> names = {".x-",
                                          ".x-0123456789abcde.tmp",
                                          ".x-0123456789abcdef",
                                          ".x-0123456789abcdef.tmp.eml",
                                          ".x-0123456789abcdeg.tmp",
                                          ".x-00123456789abcdef.tmp"};
  for (const std::string &name : names) WriteFile(dir_.Path(name), "");
  const std::string link = ".x-0123456789abcdef.tmp";
  ASSERT_EQ(0, symlink(names[0].c_str(), dir_.Path(link).c_str()));
  const size_t count = Names().size();
  cli_temp_file_sweep(dir_fd_, ".x-");
  EXPECT_EQ(count, Names().size());
}

TEST_F(TempFile, AnotherNameIsOneThatIsSwept) {
  char other[CLI_TEMP_NAME_MAX];
  cli_temp_file_name(".x-", name_);
  cli_temp_file_name(".x-", other);
  EXPECT_STRNE(name_, other);
  WriteFile(dir_.Path(name_), "");
  cli_temp_file_sweep(dir_fd_, ".x-");
  EXPECT_EQ(0U, Names().size());
}

TEST_F(TempFile, ATakenNameStaysWhatItIs) {
  WriteFile(dir_.Path("new"), "new");
  WriteFile(dir_.Path("old"), "old");
  EXPECT_EQ(EEXIST, cli_temp_file_rename(dir_fd_, "new", dir_fd_, "old"));
  EXPECT_EQ("old", ReadFile(dir_.Path("old")));
  EXPECT_EQ(0, cli_temp_file_rename(dir_fd_, "new", dir_fd_, "free"));
  EXPECT_EQ((std::vector<std::string>{"free", "old"}), Names());
  EXPECT_EQ(ENOENT, cli_temp_file_rename(dir_fd_, "new", dir_fd_, "other"));
}

TEST_F(TempFile, AnErrorIsTold) {
  const int fd = open(dir_.Path().c_str(), O_RDONLY | O_DIRECTORY);
  close(fd);
  EXPECT_EQ(-1, cli_temp_file_create(fd, ".x-", name_));
  EXPECT_EQ(EBADF, errno);
  cli_temp_file_sweep(fd, ".x-");
}

TEST_F(TempFile, ANameThatIsTakenIsAnothers) {
  WriteFile(dir_.Path(".x-0000000000000001.tmp"), "mine");
  Calls::random = {1, 2};
  const int fd = cli_temp_file_create(dir_fd_, ".x-", name_);
  ASSERT_GE(fd, 0);
  EXPECT_STREQ(".x-0000000000000002.tmp", name_);
  EXPECT_EQ("mine", ReadFile(dir_.Path(".x-0000000000000001.tmp")));
  close(fd);
}

// Somebody who sweeps sees the file between its making and its lock.
TEST_F(TempFile, OneThatIsSweptAtOnceIsMadeAnew) {
  int looks = 0;
  Calls::before_flock = [&] {
    if (looks++ == 0) unlink(dir_.Path(Names().at(0)).c_str());
  };
  const int fd = cli_temp_file_create(dir_fd_, ".x-", name_);
  ASSERT_GE(fd, 0);
  EXPECT_EQ((std::vector<std::string>{name_}), Names());
  EXPECT_EQ(2, looks);
  close(fd);
}

TEST_F(TempFile, AnotherUsersIsNotSwept) {
  WriteFile(dir_.Path(".x-0123456789abcdef.tmp"), "");
  Calls::owner = 12345;
  cli_temp_file_sweep(dir_fd_, ".x-");
  EXPECT_EQ(1U, Names().size());
}

// The writer gives its file another name, and makes the next one, while the first is looked at.
TEST_F(TempFile, WhatHasTheNameOfOneThatWasPublishedIsNotSwept) {
  const std::string path = dir_.Path(".x-0123456789abcdef.tmp");
  WriteFile(path, "first");
  Calls::before_flock = [&] {
    ASSERT_EQ(0, rename(path.c_str(), dir_.Path("mail").c_str()));
    WriteFile(path, "next");
  };
  cli_temp_file_sweep(dir_fd_, ".x-");
  EXPECT_EQ("first", ReadFile(dir_.Path("mail")));
  EXPECT_EQ("next", ReadFile(path));
}

TEST_F(TempFile, ATakenNameStaysWhatItIsOnAnyFileSystem) {
  for (const bool links : {true, false}) {
    WriteFile(dir_.Path("new"), "new");
    WriteFile(dir_.Path("old"), "old");
    for (const char *name : {"old", "free"}) {
      Calls::no_noreplace = true;
      if (!links) Calls::FailAt("linkat", 1, EPERM);
      EXPECT_EQ(name[0] == 'o' ? EEXIST : 0, cli_temp_file_rename(dir_fd_, "new", dir_fd_, name));
      EXPECT_EQ("old", ReadFile(dir_.Path("old"))) << links;
    }
    EXPECT_EQ((std::vector<std::string>{"free", "old"}), Names());
    EXPECT_EQ("new", ReadFile(dir_.Path("free")));
    Calls::Reset();
    unlink(dir_.Path("free").c_str());
  }
}

}  // namespace
}  // namespace temp_file_test
