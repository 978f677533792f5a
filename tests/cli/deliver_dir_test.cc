#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "tests/cli/place.h"
#include "tests/cli/temp_dir.h"

namespace deliver_dir_test {
namespace {

class DeliverDir : public testing::Test {
 protected:
  pop3_status Open(int replace = 0) {
    place_.Close();
    return cli_deliver_dir_open(place_.out(), path_.c_str(), replace, &place_.err);
  }

  TempDir dir_;
  std::string path_ = dir_.Path("mail");
  Place place_;
};

TEST_F(DeliverDir, NamesFilesByUniqueIdElseByNumber) {
  ASSERT_EQ(POP3_OK, Open()) << place_.err.text;
  ASSERT_EQ(POP3_OK, place_.PutUid("a/b", "one\r\n"));
  ASSERT_EQ(POP3_OK, place_.Put(4294967295, ""));
  ASSERT_EQ(POP3_OK, place_.Flush());
  EXPECT_EQ((std::vector<std::string>{"4294967295.eml", "a%2Fb.eml"}), ListDir(path_));
  EXPECT_EQ("one\r\n", ReadFile(path_ + "/a%2Fb.eml"));
  EXPECT_EQ("", ReadFile(path_ + "/4294967295.eml"));
  struct stat info;
  ASSERT_EQ(0, stat((path_ + "/a%2Fb.eml").c_str(), &info));
  EXPECT_EQ(0600U, info.st_mode & 0777U);
}

TEST_F(DeliverDir, MailIsNobodyElsesWhateverTheUmask) {
  const mode_t before = umask(0);
  ASSERT_EQ(POP3_OK, Open());
  ASSERT_EQ(POP3_OK, place_.Put(1, "x"));
  struct stat info;
  ASSERT_EQ(0, stat((path_ + "/" + ListDir(path_)[0]).c_str(), &info));
  EXPECT_EQ(0600U, info.st_mode & 0777U) << "while it is written";
  ASSERT_EQ(POP3_OK, place_.Flush());
  umask(before);
  ASSERT_EQ(0, stat((path_ + "/1.eml").c_str(), &info));
  EXPECT_EQ(0600U, info.st_mode & 0777U);
  ASSERT_EQ(0, stat(path_.c_str(), &info));
  EXPECT_EQ(0700U, info.st_mode & 0777U);
}

TEST_F(DeliverDir, KeepsWhatIsThereUnderItsName) {
  ASSERT_EQ(POP3_OK, Open());
  WriteFile(path_ + "/7.eml", "yesterday's");
  WriteFile(path_ + "/u.eml", "old");
  ASSERT_EQ(POP3_OK, place_.Put(7, "new"));
  ASSERT_EQ(POP3_OK, place_.PutUid("u", "new"));
  ASSERT_EQ(POP3_OK, place_.Flush()) << place_.err.text;
  EXPECT_EQ(2U, place_.stored());
  EXPECT_EQ((std::vector<std::string>{"7.eml", "7~2.eml", "u.eml", "u~2.eml"}), ListDir(path_));
  EXPECT_EQ("yesterday's", ReadFile(path_ + "/7.eml"));
  EXPECT_EQ("new", ReadFile(path_ + "/7~2.eml"));
  EXPECT_EQ("old", ReadFile(path_ + "/u.eml"));
  EXPECT_EQ("new", ReadFile(path_ + "/u~2.eml"));
}

TEST_F(DeliverDir, TheSameMessageIsThereOnce) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(POP3_OK, Open());
    ASSERT_EQ(POP3_OK, place_.PutUid("u", "text"));
    ASSERT_EQ(POP3_OK, place_.Flush());
    EXPECT_EQ(1U, place_.stored()) << "it is there, so that it may be deleted on the server";
  }
  EXPECT_EQ((std::vector<std::string>{"u.eml"}), ListDir(path_));
  // A number says nothing about which message it is.
  for (int i = 0; i < 2; ++i) ASSERT_EQ(POP3_OK, place_.Put(1, "text"));
  ASSERT_EQ(POP3_OK, place_.Flush());
  EXPECT_EQ((std::vector<std::string>{"1.eml", "1~2.eml", "u.eml"}), ListDir(path_));
}

TEST_F(DeliverDir, ReplacesWhatHasTheSameUniqueIdIfToldTo) {
  ASSERT_EQ(POP3_OK, Open(1));
  WriteFile(path_ + "/7.eml", "old");
  WriteFile(path_ + "/u.eml", "old");
  ASSERT_EQ(POP3_OK, place_.Put(7, "new"));
  ASSERT_EQ(POP3_OK, place_.PutUid("u", "new"));
  EXPECT_EQ(POP3_OK, place_.Flush());
  EXPECT_EQ("new", ReadFile(path_ + "/u.eml"));
  EXPECT_EQ("old", ReadFile(path_ + "/7.eml"));
  EXPECT_EQ("new", ReadFile(path_ + "/7~2.eml"));
}

TEST_F(DeliverDir, WhatAKilledRunLeftIsRemoved) {
  ASSERT_EQ(POP3_OK, Open());
  WriteFile(path_ + "/.pop3-0123456789abcdef.tmp", "half");
  WriteFile(path_ + "/.pop3-notes", "not ours");
  ASSERT_EQ(POP3_OK, Open());
  EXPECT_EQ((std::vector<std::string>{".pop3-notes"}), ListDir(path_));
}

TEST_F(DeliverDir, AbortLeavesNothing) {
  ASSERT_EQ(POP3_OK, Open());
  ASSERT_EQ(POP3_OK, place_.Begin(1));
  ASSERT_EQ(POP3_OK, place_.Write("half"));
  place_.Abort();
  EXPECT_EQ((std::vector<std::string>{}), ListDir(path_));
}

TEST_F(DeliverDir, SaysWhatIsWrong) {
  path_ = dir_.Path("none/mail");
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Open());
  path_ = dir_.Path("file");
  WriteFile(path_, "");
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Open());
}

}  // namespace
}  // namespace deliver_dir_test
