#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <regex>
#include <set>
#include <string>

#include "tests/cli/calls.h"
#include "tests/cli/place.h"
#include "tests/cli/temp_dir.h"
#include "tests/testing/privileges.h"

namespace deliver_maildir_test {
namespace {

class DeliverMaildir : public testing::Test {
 protected:
  pop3_status Open() { return cli_deliver_maildir_open(place_.out(), path_.c_str(), &place_.err); }
  std::vector<std::string> In(const char *name) { return ListDir(path_ + "/" + name); }

  TempDir dir_;
  std::string path_ = dir_.Path("Maildir");
  Place place_;
};

TEST_F(DeliverMaildir, IsCreated) {
  ASSERT_EQ(POP3_OK, Open()) << place_.err.text;
  EXPECT_EQ((std::vector<std::string>{"cur", "new", "tmp"}), ListDir(path_));
  struct stat info;
  ASSERT_EQ(0, stat(path_.c_str(), &info));
  EXPECT_EQ(0700U, info.st_mode & 0777U);
}

TEST_F(DeliverMaildir, MovesCompleteMessagesToNew) {
  ASSERT_EQ(POP3_OK, Open());
  ASSERT_EQ(POP3_OK, place_.Put(1, "Subject: a\r\n\r\n.dot\r\n", 1));
  EXPECT_EQ(1U, In("tmp").size());
  EXPECT_EQ(0U, In("new").size());
  ASSERT_EQ(POP3_OK, place_.Flush());
  EXPECT_EQ(0U, In("tmp").size());
  ASSERT_EQ(1U, In("new").size());
  EXPECT_EQ(1U, place_.stored());
  EXPECT_EQ("Subject: a\r\n\r\n.dot\r\n", ReadFile(path_ + "/new/" + In("new")[0]));
  EXPECT_EQ(0U, In("cur").size());
}

TEST_F(DeliverMaildir, NamesAreUniqueAndOfTheStandardForm) {
  ASSERT_EQ(POP3_OK, Open());
  for (uint32_t n = 1; n <= 200; ++n) ASSERT_EQ(POP3_OK, place_.Put(n, "x"));
  ASSERT_EQ(POP3_OK, place_.Flush());
  EXPECT_EQ(200U, place_.stored());
  EXPECT_EQ(200U, In("new").size());
  const std::regex form("[0-9]{10}\\.M[0-9]{6}P[0-9]+Q[0-9]+\\.[^/:]+");
  std::set<std::string> counts;
  for (const std::string &name : In("new")) {
    EXPECT_TRUE(std::regex_match(name, form)) << name;
    counts.insert(name.substr(name.find('Q')));
  }
  EXPECT_EQ(200U, counts.size()) << "by the count alone: a clock may stand";
}

TEST_F(DeliverMaildir, AbortAndCloseLeaveNothing) {
  ASSERT_EQ(POP3_OK, Open());
  ASSERT_EQ(POP3_OK, place_.Begin(1));
  ASSERT_EQ(POP3_OK, place_.Write(std::string(100000, 'x')));
  place_.Abort();
  EXPECT_EQ(0U, In("tmp").size());
  ASSERT_EQ(POP3_OK, place_.Put(2, "not flushed"));
  ASSERT_EQ(POP3_OK, place_.Begin(3));
  place_.Close();
  EXPECT_EQ(0U, In("tmp").size());
  EXPECT_EQ(0U, In("new").size());
}

TEST_F(DeliverMaildir, WhatAKilledRunLeftIsRemovedAndNothingElse) {
  ASSERT_EQ(POP3_OK, Open());
  place_.Close();
  WriteFile(path_ + "/tmp/pop3-0123456789abcdef.tmp", "half");
  WriteFile(path_ + "/tmp/1700000000.M1P1.other", "another program's");
  ASSERT_EQ(POP3_OK, Open());
  EXPECT_EQ((std::vector<std::string>{"1700000000.M1P1.other"}), In("tmp"));
}

TEST_F(DeliverMaildir, MailIsNobodyElsesWhateverTheUmask) {
  const mode_t before = umask(0);
  ASSERT_EQ(POP3_OK, Open());
  ASSERT_EQ(POP3_OK, place_.Put(1, "x"));
  ASSERT_EQ(POP3_OK, place_.Flush());
  umask(before);
  struct stat info;
  ASSERT_EQ(0, stat((path_ + "/new/" + In("new").at(0)).c_str(), &info));
  EXPECT_EQ(0600U, info.st_mode & 0777U);
}

TEST_F(DeliverMaildir, SaysWhatIsWrong) {
  WriteFile(path_, "a file");
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Open());
  EXPECT_NE(std::string::npos, std::string(place_.err.text).find("as a Maildir: Not a directory"))
      << place_.err.text;
  path_ = dir_.Path("none/Maildir");
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Open());
  const pop3_testing::NoPrivileges none;
  path_ = dir_.Path("readonly");
  ASSERT_EQ(0, mkdir(path_.c_str(), 0500));
  EXPECT_EQ(POP3_ERR_LOCAL_IO, Open());
}

TEST_F(DeliverMaildir, TheHostsNameIsEscaped) {
  Calls::Reset();
  Calls::host = "a/b:c d";
  ASSERT_EQ(POP3_OK, Open());
  ASSERT_EQ(POP3_OK, place_.Put(1, "x"));
  ASSERT_EQ(POP3_OK, place_.Flush());
  Calls::Reset();
  ASSERT_EQ(1U, In("new").size());
  const std::string name = In("new")[0];
  EXPECT_EQ(".a\\057b\\072cd", name.substr(name.rfind('.'))) << name;
}

}  // namespace
}  // namespace deliver_maildir_test
