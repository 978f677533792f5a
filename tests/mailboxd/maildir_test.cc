#include "tools/mailboxd/maildir.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <set>
#include <string>

#include "tests/mailboxd/support.h"

namespace maildir_test {
namespace {

class Maildir : public testing::Test {
 protected:
  Maildir() {
    dir_.Make("cur");
    dir_.Make("new");
    dir_.Make("tmp");
  }
  ~Maildir() override {
    box_->ops->free(box_);
    cache_free(cache_);
  }

  TempDir dir_;
  cache *cache_ = cache_new(1 << 20);
  mailbox *box_ = maildir_new(dir_.Path("").c_str(), cache_);
};

TEST_F(Maildir, NewAndCurInOrderOfTime) {
  dir_.Write("new/20.b", "b\n");
  dir_.Write("cur/3.a:2,S", "a\r\n");
  dir_.Write("new/20.a", ".\n");
  dir_.Write("new/.hidden", "x");
  dir_.Write("tmp/1.x", "x");
  dir_.Make("new/4.directory");
  Drop drop(box_);
  ASSERT_EQ(DROP_OK, drop.status());
  ASSERT_EQ(3U, drop->count);
  EXPECT_EQ("a\r\n.\r\n", Wire(drop.get(), 1));
  EXPECT_EQ("..\r\n.\r\n", Wire(drop.get(), 2));
  EXPECT_EQ("b\r\n.\r\n", Wire(drop.get(), 3));
  EXPECT_EQ(9U, drop->octets);
  EXPECT_EQ("3.a", Uid(drop.get(), 1));
  EXPECT_EQ("20.a", Uid(drop.get(), 2));
}

TEST_F(Maildir, UidsAreValidAndDiffer) {
  dir_.Write("new/1." + std::string(100, 'x'), "a");
  dir_.Write("new/2. with space", "b");
  dir_.Write("new/3.same", "c");
  dir_.Write("cur/3.same:2,S", "d");
  dir_.Write("cur/3.same:2,", "e");
  std::set<std::string> uids;
  Drop drop(box_);
  ASSERT_EQ(5U, drop->count);
  for (uint32_t n = 1; n <= 5; n++) {
    const std::string uid = Uid(drop.get(), n);
    EXPECT_TRUE(!uid.empty() && uid.size() <= MAILDROP_UID_MAX);
    for (char c : uid) EXPECT_TRUE(c >= 0x21 && c <= 0x7E) << uid;
    uids.insert(uid);
  }
  EXPECT_EQ(5U, uids.size());
}

TEST_F(Maildir, UidSurvivesMovingToCur) {
  dir_.Write("new/1.a", "a");
  std::string uid;
  {
    Drop drop(box_);
    uid = Uid(drop.get(), 1);
  }
  ASSERT_EQ(0, rename(dir_.Path("new/1.a").c_str(), dir_.Path("cur/1.a:2,S").c_str()));
  Drop drop(box_);
  EXPECT_EQ(uid, Uid(drop.get(), 1));
}

TEST_F(Maildir, CommitUnlinks) {
  dir_.Write("new/1.a", "a");
  dir_.Write("new/2.b", "b");
  dir_.Write("cur/3.c:2,", "c");
  {
    Drop drop(box_);
    ASSERT_TRUE(maildrop_mark(drop.get(), 1));
    ASSERT_TRUE(maildrop_mark(drop.get(), 3));
    ASSERT_EQ(0, unlink(dir_.Path("cur/3.c:2,").c_str()));  // somebody else was faster
    ASSERT_EQ(DROP_OK, maildrop_commit(drop.get()));
  }
  EXPECT_EQ(std::vector<std::string>{"2.b"}, ListDir(dir_.Path("new")));
  Drop drop(box_);
  EXPECT_EQ(1U, drop->count);
}

TEST_F(Maildir, AFileThatVanishesOrChangesIsATemporaryError) {
  dir_.Write("new/1.a", "aaaa");
  dir_.Write("new/2.b", "bbbb");
  dir_.Write("new/3.c", "cccc");
  Drop drop(box_);
  ASSERT_EQ(0, unlink(dir_.Path("new/1.a").c_str()));
  dir_.Write("new/2.b", "bb");
  EXPECT_EQ("<status 2>", Wire(drop.get(), 1));
  EXPECT_EQ("<status 2>", Wire(drop.get(), 2));
  EXPECT_EQ("<status 2>", Wire(drop.get(), 2, 0));
  EXPECT_EQ("cccc\r\n.\r\n", Wire(drop.get(), 3));
}

TEST_F(Maildir, ChangesShowInTheNextSession) {
  dir_.Write("new/1.a", "a\n");
  EXPECT_EQ(3U, Drop(box_)->octets);
  dir_.Write("new/1.a", "longer\n");
  dir_.Write("new/2.b", "b\n");
  Drop drop(box_);
  EXPECT_EQ(2U, drop->count);
  EXPECT_EQ("longer\r\n.\r\n", Wire(drop.get(), 1));
}

TEST_F(Maildir, WhatIsNoMaildir) {
  TempDir other;
  mailbox *box = maildir_new(other.Path("").c_str(), cache_);
  EXPECT_EQ(DROP_PERM, Drop(box).status());
  other.Make("cur");
  EXPECT_EQ(DROP_PERM, Drop(box).status());
  other.Make("new");
  EXPECT_EQ(DROP_OK, Drop(box).status());
  box->ops->free(box);
  box = maildir_new(other.Path("missing").c_str(), cache_);
  EXPECT_EQ(DROP_PERM, Drop(box).status());
  box->ops->free(box);
}

}  // namespace
}  // namespace maildir_test
