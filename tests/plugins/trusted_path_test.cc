#include "plugins/loader/trusted_path.h"

#include <fcntl.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <string>

#include "tests/plugins/plugin_dir.h"

namespace pop3_testing {
namespace trusted_path_test {
namespace {

class TrustedPath : public PluginDir {
 protected:
  // Dir opens a directory and returns the status; no descriptor stays open.
  pop3_status Dir(const std::string &path, uid_t owner) {
    int fd = -2;
    error_ = POP3_ERROR_INIT;
    const pop3_status status = pop3_trusted_dir(path.c_str(), owner, &fd, &error_);
    EXPECT_EQ(fd >= 0, status == POP3_OK) << path;
    if (fd >= 0) {
      struct stat opened, named;
      EXPECT_EQ(fstat(fd, &opened), 0);
      EXPECT_EQ(stat(path.c_str(), &named), 0);
      EXPECT_EQ(opened.st_ino, named.st_ino) << path;
      close(fd);
    }
    return status;
  }

  pop3_status File(const std::string &name, uid_t owner) {
    const int dir_fd = open(root().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = -2;
    error_ = POP3_ERROR_INIT;
    const pop3_status status =
        pop3_trusted_file(dir_fd, name.c_str(), "SHOWN", owner, &fd, &stat_, &error_);
    EXPECT_EQ(fd >= 0, status == POP3_OK) << name;
    if (fd >= 0) close(fd);
    close(dir_fd);
    return status;
  }

  struct stat stat_ = {};
};

TEST_F(TrustedPath, TheOwnerIsTheEffectiveUser) {
  // The test has no more privileges than whoever started it.
  ASSERT_EQ(getauxval(AT_SECURE), 0U);
  EXPECT_EQ(pop3_trust_owner(), geteuid());
}

TEST_F(TrustedPath, WalksDirectories) {
  ASSERT_EQ(mkdir(Path("a").c_str(), 0711), 0);
  ASSERT_EQ(mkdir(Path("a/b").c_str(), 0700), 0);
  for (const std::string &path : {std::string("/"), std::string("/tmp"), root(), root() + "/",
                                  "/" + root(), Path("a//b"), Path("a/b///")}) {
    EXPECT_EQ(Dir(path, geteuid()), POP3_OK) << path << ": " << error();
  }
  EXPECT_EQ(Dir(Path("a/none/b"), geteuid()), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(error(), Path("a/none") + " is not there");
}

TEST_F(TrustedPath, OthersDirectoriesAreRefused) {
  // To somebody else, this test is the stranger.
  if (geteuid() == 0) {
    ASSERT_EQ(chown(root().c_str(), 4711, 4711), 0);
    EXPECT_EQ(Dir(root(), 4711), POP3_OK) << error();
  }
  EXPECT_EQ(Dir(root(), 4712), POP3_ERR_POLICY);
  const std::string owner = geteuid() == 0 ? "4711" : std::to_string(geteuid());
  EXPECT_EQ(error(), root() + " belongs to user " + owner + ", neither to root nor to user 4712");
  EXPECT_EQ(Dir(root(), 0), POP3_ERR_POLICY);
  EXPECT_EQ(error(), root() + " belongs to user " + owner + ", not to root");
}

TEST_F(TrustedPath, OthersFilesAreRefused) {
  Write("file", "octets");
  EXPECT_EQ(File("file", geteuid()), POP3_OK) << error();
  EXPECT_EQ(stat_.st_size, 6);
  if (geteuid() == 0) {
    ASSERT_EQ(chown(Path("file").c_str(), 4711, 4711), 0);
    EXPECT_EQ(File("file", 4711), POP3_OK) << error();
  }
  EXPECT_EQ(File("file", 4712), POP3_ERR_POLICY);
  EXPECT_NE(error().find("SHOWN belongs to user "), std::string::npos) << error();
  EXPECT_EQ(File("none", geteuid()), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(error(), "SHOWN is not there");
}

TEST_F(TrustedPath, EachBitOfThePermissions) {
  for (unsigned mode = 0400; mode <= 0777; mode++) {
    if ((mode & 0400) == 0) continue;
    Write("file", "", mode);
    const bool good = (mode & 0022) == 0;
    EXPECT_EQ(File("file", geteuid()), good ? POP3_OK : POP3_ERR_POLICY) << std::oct << mode;
    if (!good) {
      EXPECT_NE(error().find((mode & 2) != 0 ? "by everybody" : "by its group"), std::string::npos);
    }
    ASSERT_EQ(unlink(Path("file").c_str()), 0);
  }
}

TEST_F(TrustedPath, StickyFilesAreNoExcuse) {
  Write("file", "", 01666);
  EXPECT_EQ(File("file", geteuid()), POP3_ERR_POLICY);
}

TEST_F(TrustedPath, FileThatCannotBeRead) {
  if (geteuid() == 0) GTEST_SKIP() << "root may do anything";
  Write("file", "", 0200);
  EXPECT_EQ(File("file", geteuid()), POP3_ERR_LOCAL_IO);
  EXPECT_EQ(error(), "SHOWN cannot be opened: Permission denied");
}

TEST_F(TrustedPath, KnowsAnotherFile) {
  Write("file", "octets");
  ASSERT_EQ(File("file", geteuid()), POP3_OK);
  const int dir_fd = open(root().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  EXPECT_TRUE(pop3_same_file(dir_fd, "file", &stat_));
  EXPECT_FALSE(pop3_same_file(dir_fd, "none", &stat_));
  Write("other", "octets");
  ASSERT_EQ(rename(Path("other").c_str(), Path("file").c_str()), 0);
  EXPECT_FALSE(pop3_same_file(dir_fd, "file", &stat_)) << "replaced";
  ASSERT_EQ(File("file", geteuid()), POP3_OK);
  Write("file", "more octets");
  EXPECT_FALSE(pop3_same_file(dir_fd, "file", &stat_)) << "changed";
  ASSERT_EQ(unlink(Path("file").c_str()), 0);
  ASSERT_EQ(symlink("other", Path("file").c_str()), 0);
  EXPECT_FALSE(pop3_same_file(dir_fd, "file", &stat_)) << "now a link";
  close(dir_fd);
}

}  // namespace
}  // namespace trusted_path_test
}  // namespace pop3_testing
