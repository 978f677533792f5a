#include "tools/cli/make_dir.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "tests/cli/calls.h"
#include "tests/cli/temp_dir.h"

namespace make_dir_test {
namespace {

class MakeDir : public testing::Test {
 protected:
  MakeDir() { Calls::Reset(); }
  ~MakeDir() override { Calls::Reset(); }

  // The folder that was synced last.
  static std::string Synced() { return Calls::log.empty() ? "" : Calls::log.back(); }

  // Lets the next fsync fail with |sys_errno|.
  static void FailFsync(int sys_errno) { Calls::FailAt("fsync", 1, sys_errno); }

  TempDir dir_;
};

TEST_F(MakeDir, MakesWhatIsMissingAndSyncsItsParent) {
  const std::string path = dir_.Path("new");
  const int fd = cli_make_dir(AT_FDCWD, path.c_str());
  ASSERT_GE(fd, 0);
  struct stat info;
  ASSERT_EQ(0, fstat(fd, &info));
  EXPECT_TRUE(S_ISDIR(info.st_mode));
  EXPECT_EQ("fsync " + dir_.Path(), Synced());
  const int inner = cli_make_dir(fd, "cur/");
  ASSERT_GE(inner, 0);
  EXPECT_EQ("fsync " + path, Synced());
  close(inner);
  close(fd);
}

TEST_F(MakeDir, OpensWhatIsThere) {
  const int fd = cli_make_dir(AT_FDCWD, dir_.Path().c_str());
  ASSERT_GE(fd, 0);
  close(fd);
}

TEST_F(MakeDir, SyncsTheParentOfWhatIsThere) {
  // A run that was killed may have made it and not come to that.
  const std::string path = dir_.Path("new");
  ASSERT_EQ(0, mkdir(path.c_str(), 0700));
  const int fd = cli_make_dir(AT_FDCWD, path.c_str());
  ASSERT_GE(fd, 0);
  EXPECT_EQ("fsync " + dir_.Path(), Synced());
  close(fd);
  FailFsync(EIO);
  EXPECT_EQ(-1, cli_make_dir(AT_FDCWD, path.c_str()));
  EXPECT_EQ(EIO, errno);
  FailFsync(EACCES);
  const int again = cli_make_dir(AT_FDCWD, path.c_str());
  EXPECT_GE(again, 0);
  close(again);
}

TEST_F(MakeDir, SaysWhatIsWrong) {
  EXPECT_EQ(-1, cli_make_dir(AT_FDCWD, dir_.Path("none/new").c_str()));
  EXPECT_EQ(ENOENT, errno);
  WriteFile(dir_.Path("file"), "");
  EXPECT_EQ(-1, cli_make_dir(AT_FDCWD, dir_.Path("file").c_str()));
  EXPECT_EQ(ENOTDIR, errno);
  FailFsync(EIO);
  EXPECT_EQ(-1, cli_make_dir(AT_FDCWD, dir_.Path("new").c_str()));
  EXPECT_EQ(EIO, errno);
}

TEST_F(MakeDir, FindsTheParent) {
  EXPECT_EQ(0, cli_sync_parent(AT_FDCWD, (dir_.Path("a") + "///").c_str()));
  EXPECT_EQ("fsync " + dir_.Path(), Synced());
  EXPECT_EQ(0, cli_sync_parent(AT_FDCWD, "/tmp"));
  EXPECT_EQ("fsync /", Synced());
  EXPECT_EQ(0, cli_sync_parent(AT_FDCWD, "a"));
  EXPECT_EQ("fsync " + std::filesystem::current_path().string(), Synced());
  FailFsync(EINVAL);
  EXPECT_EQ(0, cli_sync_parent(AT_FDCWD, "a")) << "a file system where directories have no fsync";
}

}  // namespace
}  // namespace make_dir_test
