#include <gtest/gtest.h>

#include <string>

#include "tests/cli/place.h"
#include "tests/cli/temp_dir.h"

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

TEST_F(DeliverDir, NamesFilesByNumber) {
  ASSERT_EQ(POP3_OK, Open()) << place_.err.text;
  ASSERT_EQ(POP3_OK, place_.Put(1, "one\r\n"));
  ASSERT_EQ(POP3_OK, place_.Put(4294967295, ""));
  ASSERT_EQ(POP3_OK, place_.Flush());
  EXPECT_EQ((std::vector<std::string>{"1.eml", "4294967295.eml"}), ListDir(path_));
  EXPECT_EQ("one\r\n", ReadFile(path_ + "/1.eml"));
  EXPECT_EQ("", ReadFile(path_ + "/4294967295.eml"));
}

TEST_F(DeliverDir, KeepsWhatIsThereUnlessToldToReplace) {
  ASSERT_EQ(POP3_OK, Open());
  WriteFile(path_ + "/7.eml", "old");
  EXPECT_EQ(POP3_OK, place_.Check(6));
  EXPECT_EQ(POP3_ERR_LOCAL_IO, place_.Check(7));
  EXPECT_NE(std::string::npos, std::string(place_.err.text).find("--force")) << place_.err.text;
  ASSERT_EQ(POP3_OK, place_.Put(7, "new"));
  EXPECT_EQ(POP3_ERR_LOCAL_IO, place_.Flush()) << "somebody may make it after the check";
  EXPECT_EQ("old", ReadFile(path_ + "/7.eml"));
  EXPECT_EQ((std::vector<std::string>{"7.eml"}), ListDir(path_));

  ASSERT_EQ(POP3_OK, Open(1));
  EXPECT_EQ(POP3_OK, place_.Check(7));
  ASSERT_EQ(POP3_OK, place_.Put(7, "new"));
  EXPECT_EQ(POP3_OK, place_.Flush());
  EXPECT_EQ("new", ReadFile(path_ + "/7.eml"));
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
