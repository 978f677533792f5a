#include "tools/mailboxd/mbox.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <string>

#include "tests/mailboxd/support.h"
#include "tools/mailboxd/uid.h"

namespace mbox_test {
namespace {

const char kFrom[] = "From me@example.org Thu Jan  1 00:00:00 1970\n";

std::string Entry(const std::string &text) { return kFrom + text + "\n"; }

class Mbox : public testing::Test {
 protected:
  ~Mbox() override {
    box_->ops->free(box_);
    cache_free(cache_);
  }

  void Append(const std::string &text) {
    std::ofstream(path_, std::ios::binary | std::ios::app) << text;
  }

  TempDir dir_;
  std::string path_ = dir_.Path("mbox");
  cache *cache_ = cache_new(1 << 20);
  mailbox *box_ = mbox_new(path_.c_str(), cache_);
};

TEST_F(Mbox, MessagesAreUnquotedAndSized) {
  dir_.Write("mbox", Entry("S: 1\n\n>From me\n>>From you\n.\n") + Entry("S: 2\n\n\xff\n"));
  Drop drop(box_);
  ASSERT_EQ(DROP_OK, drop.status());
  ASSERT_EQ(2U, drop->count);
  EXPECT_EQ("S: 1\r\n\r\nFrom me\r\n>From you\r\n..\r\n.\r\n", Wire(drop.get(), 1));
  EXPECT_EQ("S: 1\r\n\r\n.\r\n", Wire(drop.get(), 1, 0));
  EXPECT_EQ(strlen("S: 1\r\n\r\nFrom me\r\n>From you\r\n.\r\n"), drop.Size(1));
  EXPECT_EQ(drop->octets, drop.Size(1) + drop.Size(2));
  EXPECT_EQ("S: 2\r\n\r\n\xff\r\n.\r\n", Wire(drop.get(), 2));
}

TEST_F(Mbox, UidsDifferAndStay) {
  dir_.Write("mbox", Entry("same\n") + Entry("other\n") + Entry("same\n"));
  std::string uids[3];
  {
    Drop drop(box_);
    for (uint32_t n = 1; n <= 3; n++) {
      uids[n - 1] = Uid(drop.get(), n);
      EXPECT_LT(uids[n - 1].size(), UID_SIZE);
    }
  }
  EXPECT_NE(uids[0], uids[2]);
  EXPECT_NE(uids[0], uids[1]);
  Append(Entry("new\n"));
  Drop drop(box_);
  ASSERT_EQ(4U, drop->count);
  for (uint32_t n = 1; n <= 3; n++) EXPECT_EQ(uids[n - 1], Uid(drop.get(), n));
}

TEST_F(Mbox, CommitRemovesWhatIsMarkedAndNothingElse) {
  const std::string one = Entry("1\n"), two = Entry(">From 2\n"), three = kFrom + std::string("3");
  dir_.Write("mbox", one + two + three);
  {
    Drop drop(box_);
    ASSERT_EQ(3U, drop->count);
    ASSERT_TRUE(maildrop_mark(drop.get(), 1));
    ASSERT_TRUE(maildrop_mark(drop.get(), 3));
    ASSERT_EQ(DROP_OK, maildrop_commit(drop.get()));
  }
  EXPECT_EQ(two, ReadFile(path_));
  EXPECT_EQ(std::vector<std::string>{"mbox"}, ListDir(dir_.Path("")));
  Drop drop(box_);
  ASSERT_EQ(1U, drop->count);
  EXPECT_EQ("From 2\r\n.\r\n", Wire(drop.get(), 1));
}

TEST_F(Mbox, MailThatArrivesMeanwhileIsKept) {
  dir_.Write("mbox", Entry("1\n") + Entry("2\n"));
  Drop drop(box_);
  Append(Entry("3\n"));
  EXPECT_EQ("2\r\n.\r\n", Wire(drop.get(), 2));
  ASSERT_TRUE(maildrop_mark(drop.get(), 1));
  ASSERT_EQ(DROP_OK, maildrop_commit(drop.get()));
  EXPECT_EQ(Entry("2\n") + Entry("3\n"), ReadFile(path_));
}

TEST_F(Mbox, AnotherFileIsNotTouched) {
  dir_.Write("mbox", Entry("1\n"));
  Drop drop(box_);
  ASSERT_EQ(0, rename(dir_.Write("other", Entry("2\n") + Entry("3\n")).c_str(), path_.c_str()));
  ASSERT_TRUE(maildrop_mark(drop.get(), 1));
  EXPECT_EQ(DROP_TEMP, maildrop_commit(drop.get()));
  EXPECT_EQ(Entry("2\n") + Entry("3\n"), ReadFile(path_));
}

TEST_F(Mbox, AFileThatIsRewrittenIsNotServed) {
  dir_.Write("mbox", Entry("1111\n"));
  Drop drop(box_);
  dir_.Write("mbox", Entry("2\n"));
  EXPECT_EQ("<status 2>", Wire(drop.get(), 1));
  ASSERT_TRUE(maildrop_mark(drop.get(), 1));
  EXPECT_EQ(DROP_TEMP, maildrop_commit(drop.get()));
  EXPECT_EQ(Entry("2\n"), ReadFile(path_));
}

TEST_F(Mbox, ALockIsRespected) {
  dir_.Write("mbox", Entry("1\n"));
  dir_.Write("mbox.lock", "");
  Drop drop(box_);
  ASSERT_TRUE(maildrop_mark(drop.get(), 1));
  EXPECT_EQ(DROP_TEMP, maildrop_commit(drop.get()));
  EXPECT_EQ(Entry("1\n"), ReadFile(path_));
  ASSERT_EQ(0, unlink(dir_.Path("mbox.lock").c_str()));
  EXPECT_EQ(DROP_OK, maildrop_commit(drop.get()));
  EXPECT_EQ("", ReadFile(path_));
}

TEST_F(Mbox, WhatIsNoMbox) {
  EXPECT_EQ(DROP_PERM, Drop(box_).status());  // no such file
  dir_.Write("mbox", "Subject: no\n\n");
  EXPECT_EQ(DROP_PERM, Drop(box_).status());
  dir_.Write("mbox", "");
  EXPECT_EQ(DROP_OK, Drop(box_).status());
}

// Larger than what is read at a time, with lines that lie across the borders.
TEST_F(Mbox, Large) {
  std::string file, expected;
  for (int i = 0; i < 30; i++) {
    std::string text = "Subject: " + std::to_string(i) + "\n\n";
    for (int line = 0; line < 2000; line++) text += ">From " + std::string(line % 50, 'x') + "\n";
    file += Entry(text);
  }
  dir_.Write("mbox", file);
  Drop drop(box_);
  ASSERT_EQ(30U, drop->count);
  for (uint32_t n = 1; n <= 30; n++) {
    const std::string wire = Wire(drop.get(), n);
    ASSERT_EQ(drop.Size(n) + 3, wire.size());
    ASSERT_EQ(std::string::npos, wire.find(">From"));
    ASSERT_EQ(0U, wire.find("Subject: " + std::to_string(n - 1) + "\r\n"));
  }
}

}  // namespace
}  // namespace mbox_test
