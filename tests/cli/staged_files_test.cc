#include "tools/cli/staged_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "tests/cli/temp_dir.h"

namespace {

class StagedFiles : public testing::Test {
 protected:
  StagedFiles() : dir_fd_(open(dir_.Path().c_str(), O_RDONLY | O_DIRECTORY)) { Init(0); }
  ~StagedFiles() override {
    cli_staged_files_cleanup(files_.get());
    close(dir_fd_);
  }

  void Init(int replace) {
    cli_staged_files_init(files_.get(), "dir", "there", dir_fd_, dir_fd_, replace);
  }

  // One message of |text| from begin to end.
  pop3_status Put(const std::string &name, const std::string &text) {
    pop3_status status =
        cli_staged_files_begin(files_.get(), ("." + name).c_str(), name.c_str(), &err_);
    if (status == POP3_OK) {
      status = cli_staged_files_write(files_.get(), reinterpret_cast<const uint8_t *>(text.data()),
                                      text.size(), &err_);
    }
    return status == POP3_OK ? cli_staged_files_end(files_.get(), &err_) : status;
  }

  pop3_status Publish() { return cli_staged_files_publish(files_.get(), &published_, &err_); }

  TempDir dir_;
  int dir_fd_;
  std::unique_ptr<cli_staged_files> files_ = std::make_unique<cli_staged_files>();
  uint64_t published_ = 0;
  pop3_error err_ = POP3_ERROR_INIT;
};

TEST_F(StagedFiles, AppearWhenPublished) {
  ASSERT_EQ(POP3_OK, Put("a", "one"));
  ASSERT_EQ(POP3_OK, Put("b", ""));
  EXPECT_EQ((std::vector<std::string>{".a", ".b"}), ListDir(dir_.Path()));
  EXPECT_EQ(POP3_OK, Publish());
  EXPECT_EQ(2U, published_);
  EXPECT_EQ((std::vector<std::string>{"a", "b"}), ListDir(dir_.Path()));
  EXPECT_EQ("one", ReadFile(dir_.Path("a")));
  EXPECT_EQ(POP3_OK, Publish());
  EXPECT_EQ(2U, published_);
}

TEST_F(StagedFiles, AbortAndCleanupLeaveNothing) {
  ASSERT_EQ(POP3_OK, Put("a", "one"));
  ASSERT_EQ(POP3_OK, cli_staged_files_begin(files_.get(), ".b", "b", &err_));
  cli_staged_files_abort(files_.get());
  cli_staged_files_abort(files_.get());
  EXPECT_EQ((std::vector<std::string>{".a"}), ListDir(dir_.Path()));
  ASSERT_EQ(POP3_OK, cli_staged_files_begin(files_.get(), ".c", "c", &err_));
  cli_staged_files_cleanup(files_.get());
  EXPECT_EQ((std::vector<std::string>{}), ListDir(dir_.Path()));
}

TEST_F(StagedFiles, AnExistingNameIsKeptAndTheRestIsRemoved) {
  WriteFile(dir_.Path("b"), "old");
  ASSERT_EQ(POP3_OK, Put("a", "one"));
  ASSERT_EQ(POP3_OK, Put("b", "two"));
  ASSERT_EQ(POP3_OK, Put("c", "three"));
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Publish());
  EXPECT_EQ(EEXIST, err_.sys_errno);
  EXPECT_EQ(1U, published_) << "the one before it";
  EXPECT_EQ((std::vector<std::string>{"a", "b"}), ListDir(dir_.Path()));
  EXPECT_EQ("old", ReadFile(dir_.Path("b")));
}

TEST_F(StagedFiles, ReplacesIfToldTo) {
  Init(1);
  WriteFile(dir_.Path("b"), "old");
  ASSERT_EQ(POP3_OK, Put("b", "two"));
  EXPECT_EQ(POP3_OK, Publish());
  EXPECT_EQ("two", ReadFile(dir_.Path("b")));
}

TEST_F(StagedFiles, ATempNameThatIsTakenIsAnError) {
  WriteFile(dir_.Path(".a"), "other");
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Put("a", "one"));
  EXPECT_EQ("other", ReadFile(dir_.Path(".a")));
}

TEST_F(StagedFiles, AFileThatCannotGrowIsAnError) {
  signal(SIGXFSZ, SIG_IGN);
  struct rlimit before;
  ASSERT_EQ(0, getrlimit(RLIMIT_FSIZE, &before));
  struct rlimit small = before;
  small.rlim_cur = 100000;
  ASSERT_EQ(0, setrlimit(RLIMIT_FSIZE, &small));
  const pop3_status status = Put("a", std::string(200000, 'x'));
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(POP3_ERR_LOCAL_IO, status);
  EXPECT_EQ(EFBIG, err_.sys_errno);
  EXPECT_STREQ("cannot write a in there: File too large", err_.text);
  cli_staged_files_abort(files_.get());
  EXPECT_EQ((std::vector<std::string>{}), ListDir(dir_.Path()));
}

TEST_F(StagedFiles, NamesHaveALimit) {
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Put(std::string(300, 'x'), ""));
  EXPECT_EQ(ENAMETOOLONG, err_.sys_errno);
}

}  // namespace
