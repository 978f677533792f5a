#include "plugins/loader/trusted_path.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <string>

#include "tests/plugins/plugin_dir.h"
#include "tests/plugins/system_calls.h"
#include "tests/testing/privileges.h"
#include "tests/testing/test_host.h"

namespace pop3_testing {
namespace trusted_path_test {
namespace {

class TrustedPath : public PluginDir {
 protected:
  ~TrustedPath() override { SystemCalls::Reset(); }

  // Dir opens a directory and returns the status; no descriptor stays open.
  pop3_status Dir(const std::string &path, uid_t owner) {
    const int before = CountFds();
    int fd = -2;
    error_ = POP3_ERROR_INIT;
    const pop3_status status = p3_trusted_dir(path.c_str(), owner, &fd, &error_);
    EXPECT_EQ(fd >= 0, status == POP3_OK) << path;
    if (fd >= 0) {
      struct stat opened, named;
      EXPECT_EQ(fstat(fd, &opened), 0);
      EXPECT_EQ(stat(path.c_str(), &named), 0);
      EXPECT_EQ(opened.st_ino, named.st_ino) << path;
      EXPECT_NE(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0) << path;
      close(fd);
    }
    EXPECT_EQ(CountFds(), before) << path;
    return status;
  }

  pop3_status File(const std::string &name, uid_t owner) {
    const int before = CountFds();
    const int dir_fd = open(root().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = -2;
    error_ = POP3_ERROR_INIT;
    const pop3_status status =
        p3_trusted_file(dir_fd, name.c_str(), "SHOWN", owner, &fd, &stat_, &error_);
    EXPECT_EQ(fd >= 0, status == POP3_OK) << name;
    if (fd >= 0) {
      EXPECT_NE(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0) << name;
      close(fd);
    }
    close(dir_fd);
    EXPECT_EQ(CountFds(), before) << name;
    return status;
  }

  // Meanwhile is File where |change| happens between the first look and the opening.
  pop3_status Meanwhile(const std::function<void()> &change) {
    SystemCalls::before_reading = [&change] {
      SystemCalls::before_reading = nullptr;
      change();
    };
    return File("file", geteuid());
  }

  struct stat stat_ = {};
};

TEST_F(TrustedPath, TheOwnerIsTheEffectiveUser) {
  // The test has no more privileges than whoever started it.
  ASSERT_EQ(getauxval(AT_SECURE), 0U);
  EXPECT_EQ(p3_trust_owner(), geteuid());
}

TEST_F(TrustedPath, InAProgramWithMorePrivilegesItIsRootAlone) {
  if (geteuid() == 0) {
    // Whoever started the test may be root: the effective user is another.
    ASSERT_EQ(seteuid(4711), 0);
  }
  EXPECT_EQ(p3_trust_owner(), geteuid());
  SystemCalls::is_privileged = true;
  EXPECT_EQ(p3_trust_owner(), 0U);
  if (getuid() == 0) {
    EXPECT_EQ(seteuid(0), 0);
  }
}

TEST_F(TrustedPath, TheLongestPathsAndNames) {
  std::string path;
  while (path.size() < PATH_MAX) {
    path += "/" + std::string(std::min(size_t{255}, PATH_MAX - 1 - path.size()), 'x');
  }
  ASSERT_EQ(path.size(), size_t{PATH_MAX});
  EXPECT_EQ(p3_path_check(path.c_str(), &error_), POP3_ERR_ARGUMENT) << "and the NUL";
  EXPECT_NE(error().find("longer than a path may be"), std::string::npos) << error();
  EXPECT_EQ(Dir(path, geteuid()), POP3_ERR_ARGUMENT);
  path.pop_back();
  EXPECT_EQ(p3_path_check(path.c_str(), &error_), POP3_OK) << error();
  EXPECT_EQ(Dir(path, geteuid()), POP3_ERR_NOT_FOUND);

  const std::string name = "/" + std::string(255, 'x');
  EXPECT_EQ(p3_path_check((name + "/y").c_str(), &error_), POP3_OK) << error();
  EXPECT_EQ(Dir(name, geteuid()), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(p3_path_check((name + "x/y").c_str(), &error_), POP3_ERR_ARGUMENT);
  EXPECT_EQ(Dir(name + "x", geteuid()), POP3_ERR_ARGUMENT);
}

TEST_F(TrustedPath, DotsInNamesAreNoWayUp) {
  for (const char *path : {"/.x", "/..x", "/x.", "/x..", "/...", "/.x/..y/...", "/x/y"}) {
    EXPECT_EQ(p3_path_check(path, &error_), POP3_OK) << path << ": " << error();
  }
  for (const char *path :
       {"/.", "/..", "/x/.", "/x/..", "/./x", "/../x", "/x/../y", "//..", "/../"}) {
    EXPECT_EQ(p3_path_check(path, &error_), POP3_ERR_ARGUMENT) << path;
  }
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

// Where all may write, nobody but the owner of a sticky directory renames what is not his own: that
// has to be root.
TEST_F(TrustedPath, OnesOwnStickyDirectoryIsRefused) {
  const uid_t owner = geteuid() == 0 ? 4711 : geteuid();
  if (geteuid() == 0) {
    ASSERT_EQ(chmod(root().c_str(), 01777), 0);
    EXPECT_EQ(Dir(root(), owner), POP3_OK) << "root's: " << error();
    ASSERT_EQ(chown(root().c_str(), owner, owner), 0);
  }
  ASSERT_EQ(chmod(root().c_str(), 01777), 0);
  EXPECT_EQ(Dir(root(), owner), POP3_ERR_POLICY);
  EXPECT_EQ(error(), root() + " can be written to by everybody (mode 1777)");
  ASSERT_EQ(chmod(root().c_str(), 01755), 0);
  EXPECT_EQ(Dir(root(), owner), POP3_OK) << error();
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
  Write("file", "", 0200);
  const NoPrivileges none;
  EXPECT_EQ(File("file", geteuid()), POP3_ERR_LOCAL_IO);
  EXPECT_EQ(error(), "SHOWN cannot be opened: Permission denied");
}

// --- What happens between the first look and the opening

TEST_F(TrustedPath, FileThatBecomesWritableMeanwhile) {
  Write("file", "octets");
  EXPECT_EQ(Meanwhile([this] { EXPECT_EQ(chmod(Path("file").c_str(), 0666), 0); }),
            POP3_ERR_POLICY);
  EXPECT_EQ(error(), "SHOWN can be written to by everybody (mode 0666)");
}

TEST_F(TrustedPath, FileThatIsReplacedMeanwhile) {
  Write("file", "octets");
  Write("other", "octets");
  EXPECT_EQ(
      Meanwhile([this] { EXPECT_EQ(rename(Path("other").c_str(), Path("file").c_str()), 0); }),
      POP3_ERR_POLICY);
  EXPECT_EQ(error(), "SHOWN was replaced while it was looked at");
}

TEST_F(TrustedPath, FifoThatTakesTheFilesPlaceMeanwhile) {
  Write("file", "octets");
  EXPECT_EQ(Meanwhile([this] {
              EXPECT_EQ(unlink(Path("file").c_str()), 0);
              EXPECT_EQ(mkfifo(Path("file").c_str(), 0600), 0);
            }),
            POP3_ERR_POLICY)
      << "and is not waited for";
}

TEST_F(TrustedPath, LinkThatTakesTheFilesPlaceMeanwhile) {
  Write("file", "octets");
  EXPECT_EQ(Meanwhile([this] {
              EXPECT_EQ(rename(Path("file").c_str(), Path("real").c_str()), 0);
              EXPECT_EQ(symlink("real", Path("file").c_str()), 0);
            }),
            POP3_ERR_LOCAL_IO)
      << "though it is the same file";
  EXPECT_EQ(error(), "SHOWN cannot be opened: Too many levels of symbolic links");
}

TEST_F(TrustedPath, FileThatGoesMeanwhile) {
  Write("file", "octets");
  EXPECT_EQ(Meanwhile([this] { EXPECT_EQ(unlink(Path("file").c_str()), 0); }), POP3_ERR_LOCAL_IO);
}

// What is loaded has to be what was there when it was opened, not when it was looked at first.
TEST_F(TrustedPath, FileThatGrowsMeanwhile) {
  Write("file", "octets");
  EXPECT_EQ(Meanwhile([this] { Write("file", "more octets"); }), POP3_OK) << error();
  EXPECT_EQ(stat_.st_size, 11);
}

TEST_F(TrustedPath, KnowsAFileByAllThatIsKnownOfIt) {
  Write("file", "octets");
  ASSERT_EQ(File("file", geteuid()), POP3_OK);
  const int dir_fd = open(root().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  const std::function<void(struct stat *)> changes[] = {
      [](struct stat *st) { st->st_dev++; }, [](struct stat *st) { st->st_ino++; },
      [](struct stat *st) { st->st_size++; }, [](struct stat *st) { st->st_mtim.tv_sec++; },
      [](struct stat *st) { st->st_mtim.tv_nsec++; }};
  for (size_t i = 0; i < std::size(changes); i++) {
    struct stat then = stat_;
    EXPECT_TRUE(p3_same_file(dir_fd, "file", &then));
    changes[i](&then);
    EXPECT_FALSE(p3_same_file(dir_fd, "file", &then)) << i;
  }
  ASSERT_EQ(symlink("file", Path("link").c_str()), 0);
  EXPECT_FALSE(p3_same_file(dir_fd, "link", &stat_)) << "a link to it";
  close(dir_fd);
}

TEST_F(TrustedPath, KnowsAnotherFile) {
  Write("file", "octets");
  ASSERT_EQ(File("file", geteuid()), POP3_OK);
  const int dir_fd = open(root().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  EXPECT_TRUE(p3_same_file(dir_fd, "file", &stat_));
  EXPECT_FALSE(p3_same_file(dir_fd, "none", &stat_));
  Write("other", "octets");
  ASSERT_EQ(rename(Path("other").c_str(), Path("file").c_str()), 0);
  EXPECT_FALSE(p3_same_file(dir_fd, "file", &stat_)) << "replaced";
  ASSERT_EQ(File("file", geteuid()), POP3_OK);
  Write("file", "more octets");
  EXPECT_FALSE(p3_same_file(dir_fd, "file", &stat_)) << "changed";
  ASSERT_EQ(unlink(Path("file").c_str()), 0);
  ASSERT_EQ(symlink("other", Path("file").c_str()), 0);
  EXPECT_FALSE(p3_same_file(dir_fd, "file", &stat_)) << "now a link";
  close(dir_fd);
}

}  // namespace
}  // namespace trusted_path_test
}  // namespace pop3_testing
