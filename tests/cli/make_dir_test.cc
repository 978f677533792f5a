#include "tools/cli/make_dir.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "tests/cli/temp_dir.h"

namespace {
std::string g_synced;  // the file that was synced last
int g_fsync_errno = 0;
}  // namespace

// In place of libc's.
extern "C" int fsync(int fd) {
  g_synced = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd));
  errno = g_fsync_errno;
  return g_fsync_errno == 0 ? 0 : -1;
}

namespace {

class MakeDir : public testing::Test {
 protected:
  MakeDir() {
    g_synced.clear();
    g_fsync_errno = 0;
  }

  TempDir dir_;
};

TEST_F(MakeDir, MakesWhatIsMissingAndSyncsItsParent) {
  const std::string path = dir_.Path("new");
  const int fd = cli_make_dir(AT_FDCWD, path.c_str());
  ASSERT_GE(fd, 0);
  struct stat info;
  ASSERT_EQ(0, fstat(fd, &info));
  EXPECT_TRUE(S_ISDIR(info.st_mode));
  EXPECT_EQ(dir_.Path(), g_synced);
  const int inner = cli_make_dir(fd, "cur/");
  ASSERT_GE(inner, 0);
  EXPECT_EQ(path, g_synced);
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
  EXPECT_EQ(dir_.Path(), g_synced);
  close(fd);
  g_fsync_errno = EIO;
  EXPECT_EQ(-1, cli_make_dir(AT_FDCWD, path.c_str()));
  EXPECT_EQ(EIO, errno);
  g_fsync_errno = EACCES;
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
  g_fsync_errno = EIO;
  EXPECT_EQ(-1, cli_make_dir(AT_FDCWD, dir_.Path("new").c_str()));
  EXPECT_EQ(EIO, errno);
}

TEST_F(MakeDir, FindsTheParent) {
  EXPECT_EQ(0, cli_sync_parent(AT_FDCWD, (dir_.Path("a") + "///").c_str()));
  EXPECT_EQ(dir_.Path(), g_synced);
  EXPECT_EQ(0, cli_sync_parent(AT_FDCWD, "/tmp"));
  EXPECT_EQ("/", g_synced);
  EXPECT_EQ(0, cli_sync_parent(AT_FDCWD, "a"));
  EXPECT_EQ(std::filesystem::current_path(), g_synced);
  g_fsync_errno = EINVAL;
  EXPECT_EQ(0, cli_sync_parent(AT_FDCWD, "a")) << "a file system where directories have no fsync";
}

}  // namespace
