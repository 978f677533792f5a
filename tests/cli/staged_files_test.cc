#include "tools/cli/staged_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "tests/cli/calls.h"
#include "tests/cli/temp_dir.h"

namespace staged_files_test {
namespace {

class StagedFiles : public testing::Test {
 protected:
  StagedFiles() : dir_fd_(open(dir_.Path().c_str(), O_RDONLY | O_DIRECTORY)) {
    Calls::Reset();
    cli_staged_files_init(files_.get(), "dir", "there", ".t-", dir_fd_, dir_fd_);
  }
  ~StagedFiles() override {
    Calls::Reset();
    cli_staged_files_cleanup(files_.get());
    close(dir_fd_);
  }

  // One message of |text| from begin to end.
  pop3_status Put(const std::string &name, const std::string &text,
                  cli_staged_clash clash = CLI_STAGED_KEEP_BOTH) {
    pop3_status status = cli_staged_files_begin(files_.get(), name.c_str(), "", clash, &err_);
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
  for (const std::string &name : ListDir(dir_.Path())) EXPECT_EQ(0U, name.find(".t-")) << name;
  EXPECT_EQ(2U, ListDir(dir_.Path()).size());
  EXPECT_EQ(POP3_OK, Publish());
  EXPECT_EQ(2U, published_);
  EXPECT_EQ((std::vector<std::string>{"a", "b"}), ListDir(dir_.Path()));
  EXPECT_EQ("one", ReadFile(dir_.Path("a")));
  EXPECT_EQ(POP3_OK, Publish());
  EXPECT_EQ(2U, published_);
}

TEST_F(StagedFiles, AbortAndCleanupLeaveNothing) {
  ASSERT_EQ(POP3_OK, Put("a", "one"));
  ASSERT_EQ(POP3_OK, cli_staged_files_begin(files_.get(), "b", "", CLI_STAGED_KEEP_BOTH, &err_));
  cli_staged_files_abort(files_.get());
  cli_staged_files_abort(files_.get());
  EXPECT_EQ(1U, ListDir(dir_.Path()).size());
  ASSERT_EQ(POP3_OK, cli_staged_files_begin(files_.get(), "c", "", CLI_STAGED_KEEP_BOTH, &err_));
  cli_staged_files_cleanup(files_.get());
  EXPECT_EQ((std::vector<std::string>{}), ListDir(dir_.Path()));
}

TEST_F(StagedFiles, AnExistingNameIsKept) {
  WriteFile(dir_.Path("b"), "old");
  WriteFile(dir_.Path("b~2"), "two");
  ASSERT_EQ(POP3_OK, Put("a", "one"));
  ASSERT_EQ(POP3_OK, Put("b", "two"));
  ASSERT_EQ(POP3_OK, Put("c", "three"));
  EXPECT_EQ(POP3_OK, Publish());
  EXPECT_EQ(3U, published_);
  EXPECT_EQ((std::vector<std::string>{"a", "b", "b~2", "b~3", "c"}), ListDir(dir_.Path()));
  EXPECT_EQ("old", ReadFile(dir_.Path("b")));
  EXPECT_EQ("two", ReadFile(dir_.Path("b~3")));
}

TEST_F(StagedFiles, TheSameOctetsWillDoIfToldSo) {
  const std::string text(100000, 'x');
  WriteFile(dir_.Path("b"), text.substr(1) + "y");
  WriteFile(dir_.Path("b~2"), text);
  ASSERT_EQ(POP3_OK, Put("b", text, CLI_STAGED_SAME_WILL_DO));
  EXPECT_EQ(POP3_OK, Publish());
  EXPECT_EQ(1U, published_);
  EXPECT_EQ((std::vector<std::string>{"b", "b~2"}), ListDir(dir_.Path()));
  // What a link leads to may be gone tomorrow.
  ASSERT_EQ(0, symlink(dir_.Path("b~2").c_str(), dir_.Path("c").c_str()));
  ASSERT_EQ(POP3_OK, Put("c", text, CLI_STAGED_SAME_WILL_DO));
  EXPECT_EQ(POP3_OK, Publish());
  EXPECT_EQ((std::vector<std::string>{"b", "b~2", "c", "c~2"}), ListDir(dir_.Path()));
}

TEST_F(StagedFiles, WhatOthersCanChangeWillNotDo) {
  WriteFile(dir_.Path("a"), "one", 0666);
  WriteFile(dir_.Path("b"), "one", 0620);
  WriteFile(dir_.Path("c"), "one", 0644);
  for (const char *name : {"a", "b", "c"}) {
    ASSERT_EQ(POP3_OK, Put(name, "one", CLI_STAGED_SAME_WILL_DO));
  }
  EXPECT_EQ(POP3_OK, Publish());
  EXPECT_EQ((std::vector<std::string>{"a", "a~2", "b", "b~2", "c"}), ListDir(dir_.Path()));
  EXPECT_EQ("one", ReadFile(dir_.Path("a~2")));
  // A file that another user has put there.
  Calls::owner = 12345;
  ASSERT_EQ(POP3_OK, Put("c", "one", CLI_STAGED_SAME_WILL_DO));
  EXPECT_EQ(POP3_OK, Publish());
  EXPECT_EQ((std::vector<std::string>{"a", "a~2", "b", "b~2", "c", "c~2"}), ListDir(dir_.Path()));
  EXPECT_EQ(4U, published_);
}

TEST_F(StagedFiles, ReplacesIfToldTo) {
  WriteFile(dir_.Path("b"), "old");
  ASSERT_EQ(POP3_OK, Put("b", "two", CLI_STAGED_REPLACE));
  EXPECT_EQ(POP3_OK, Publish());
  EXPECT_EQ("two", ReadFile(dir_.Path("b")));
}

TEST_F(StagedFiles, AFailureRemovesTheRest) {
  ASSERT_EQ(0, mkdir(dir_.Path("b").c_str(), 0700));
  ASSERT_EQ(POP3_OK, Put("a", "one"));
  ASSERT_EQ(POP3_OK, Put("b", "two", CLI_STAGED_REPLACE));
  ASSERT_EQ(POP3_OK, Put("c", "three"));
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Publish());
  EXPECT_EQ(1U, published_) << "the one before it";
  EXPECT_EQ((std::vector<std::string>{"a", "b"}), ListDir(dir_.Path()));
}

TEST_F(StagedFiles, AreDurableBeforeTheyHaveTheirNamesAndTheirNamesBeforeTheyCount) {
  ASSERT_EQ(POP3_OK, Put("a", "one"));
  ASSERT_EQ(POP3_OK, Put("b", "two"));
  std::vector<std::string> temps = ListDir(dir_.Path());
  ASSERT_EQ(2U, temps.size());
  if (ReadFile(dir_.Path(temps[0])) != "one") std::swap(temps[0], temps[1]);
  EXPECT_EQ(POP3_OK, Publish());
  EXPECT_EQ((std::vector<std::string>{"fsync " + dir_.Path(temps[0]),
                                      "fsync " + dir_.Path(temps[1]), "rename " + temps[0] + " a",
                                      "rename " + temps[1] + " b", "fsync " + dir_.Path()}),
            Calls::log);
}

TEST_F(StagedFiles, WhatIsNotDurableHasNoName) {
  ASSERT_EQ(POP3_OK, Put("a", "one"));
  ASSERT_EQ(POP3_OK, Put("b", "two"));
  ASSERT_EQ(POP3_OK, Put("c", "three"));
  Calls::FailAt("fsync", 2, EIO);
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Publish());
  EXPECT_STREQ("cannot write b in there: Input/output error", err_.text);
  EXPECT_EQ(1U, published_);
  EXPECT_EQ((std::vector<std::string>{"a"}), ListDir(dir_.Path()));
}

TEST_F(StagedFiles, ADirectoryThatIsNotDurableDoesNotCount) {
  ASSERT_EQ(POP3_OK, Put("a", "one"));
  Calls::FailAt("fsync", 2, EIO);
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Publish());
  EXPECT_STREQ("cannot write the directory in there: Input/output error", err_.text);
  EXPECT_EQ(0U, published_);
}

TEST_F(StagedFiles, WhatIsThereAlreadyMustBeDurable) {
  WriteFile(dir_.Path("a"), "one");
  ASSERT_EQ(POP3_OK, Put("a", "one", CLI_STAGED_SAME_WILL_DO));
  EXPECT_EQ(POP3_OK, Publish());
  ASSERT_EQ(3U, Calls::log.size());
  EXPECT_EQ("fsync " + dir_.Path("a"), Calls::log[1]);
  EXPECT_EQ("fsync " + dir_.Path(), Calls::log[2]);
  // If it cannot be made so, ours is published beside it.
  ASSERT_EQ(POP3_OK, Put("a", "one", CLI_STAGED_SAME_WILL_DO));
  Calls::FailAt("fsync", 2, EIO);
  EXPECT_EQ(POP3_OK, Publish());
  EXPECT_EQ((std::vector<std::string>{"a", "a~2"}), ListDir(dir_.Path()));
}

TEST_F(StagedFiles, WithoutRenameToAFreeNameALinkDoesIt) {
  WriteFile(dir_.Path("a"), "old");
  Calls::FailAt("renameat2", 1, EINVAL, 2);
  ASSERT_EQ(POP3_OK, Put("a", "one"));
  EXPECT_EQ(POP3_OK, Publish());
  EXPECT_EQ((std::vector<std::string>{"a", "a~2"}), ListDir(dir_.Path()));
  EXPECT_EQ("old", ReadFile(dir_.Path("a")));
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

TEST_F(StagedFiles, ALongerFileIsAnother) {
  WriteFile(dir_.Path("a"), "one and more");
  ASSERT_EQ(POP3_OK, Put("a", "one", CLI_STAGED_SAME_WILL_DO));
  EXPECT_EQ(POP3_OK, Publish());
  EXPECT_EQ((std::vector<std::string>{"a", "a~2"}), ListDir(dir_.Path()));
  EXPECT_EQ("one", ReadFile(dir_.Path("a~2")));
}

TEST_F(StagedFiles, FilesDifferWhereverTheyDo) {
  const std::string text(20000, 'x');
  WriteFile(dir_.Path("a"), text.substr(1) + "y");
  ASSERT_EQ(POP3_OK, Put("a", text, CLI_STAGED_SAME_WILL_DO));
  EXPECT_EQ(POP3_OK, Publish());
  EXPECT_EQ((std::vector<std::string>{"a", "a~2"}), ListDir(dir_.Path()));
}

// NFS may tell at the close only that there is no room.
TEST_F(StagedFiles, WhatCannotBeClosedDoesNotCount) {
  ASSERT_EQ(POP3_OK, Put("a", "one"));
  Calls::FailAt("close", 1, EDQUOT);
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Publish());
  EXPECT_STREQ("cannot close a in there: Disk quota exceeded", err_.text);
  EXPECT_EQ(0U, published_);
}

}  // namespace
}  // namespace staged_files_test
