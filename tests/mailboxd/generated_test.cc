#include "tools/mailboxd/generated.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

#include "tests/mailboxd/support.h"
#include "tools/mailboxd/generator.h"

namespace generated_test {
namespace {

// A mailbox of generated messages, of which there may be others with the same content.
class Box {
 public:
  Box(uint32_t count, uint64_t size) {
    generated_content *content = generated_content_new(count, size);
    box_ = generated_mailbox_new(content);
    generated_content_unref(content);
  }
  ~Box() { box_->ops->free(box_); }
  Box(const Box &) = delete;
  Box &operator=(const Box &) = delete;
  mailbox *get() const { return box_; }

 private:
  mailbox *box_;
};

std::string Message(uint32_t n, uint64_t size) {
  char header[GENERATOR_HEADER_MAX];
  std::string text(header, generator_header(header, n, size));
  const size_t header_len = text.size();
  text.resize(size);
  generator_body(reinterpret_cast<uint8_t *>(text.data()) + header_len, size, 0,
                 text.size() - header_len);
  return text;
}

TEST(Generated, SizesAndContentAreExact) {
  // Less than a block of the implementation, about one, about two, and far more.
  for (uint64_t size : {512, 4096, 33771 * 8 + 200, 33771 * 8 + 312, 33771 * 16 + 313, 5 << 20}) {
    Box box(3, size);
    Drop drop(box.get());
    ASSERT_EQ(DROP_OK, drop.status());
    EXPECT_EQ(3U, drop->count);
    EXPECT_EQ(3 * size, drop->octets);
    EXPECT_EQ(size, drop.Size(2));
    const std::string wire = Wire(drop.get(), 2);
    ASSERT_EQ(Message(2, size), Unstuffed(wire)) << size;
    ASSERT_GT(wire.size(), size);
  }
}

// What TOP has to give.
std::string Top(const std::string &message, uint64_t lines) {
  size_t at = message.find("\r\n\r\n") + 4;
  for (; lines > 0 && at < message.size(); lines--) at = message.find("\r\n", at) + 2;
  return message.substr(0, at);
}

TEST(Generated, TopIsExact) {
  for (uint64_t size : {512, 4096, 1 << 20}) {
    Box box(1, size);
    Drop drop(box.get());
    const std::string message = Message(1, size);
    for (uint64_t lines : {0, 1, 2, 107, 108, 109, 3759, 3760, 3761, 7520, 7521, 100000}) {
      ASSERT_EQ(Top(message, lines), Unstuffed(Wire(drop.get(), 1, lines))) << lines;
    }
    ASSERT_EQ(message, Unstuffed(Wire(drop.get(), 1, UINT32_MAX)));
  }
}

TEST(Generated, UidsDifferAndStay) {
  Box box(1000, 512), same(1000, 512);
  Drop drop(box.get()), same_drop(same.get());
  std::set<std::string> uids;
  for (uint32_t n = 1; n <= 1000; n++) {
    uids.insert(Uid(drop.get(), n));
    EXPECT_EQ(Uid(drop.get(), n), Uid(same_drop.get(), n));
  }
  EXPECT_EQ(1000U, uids.size());
}

TEST(Generated, DeletedMessagesStayAway) {
  Box box(130, 512);
  std::string uid;
  {
    Drop drop(box.get());
    uid = Uid(drop.get(), 66);
    ASSERT_TRUE(maildrop_mark(drop.get(), 65));
    ASSERT_TRUE(maildrop_mark(drop.get(), 130));
    EXPECT_EQ(2U, drop->gone);
    EXPECT_EQ(1024U, drop->gone_octets);
    EXPECT_FALSE(maildrop_has(drop.get(), 65));
    ASSERT_EQ(DROP_OK, maildrop_commit(drop.get()));
  }
  {
    Drop drop(box.get());
    EXPECT_EQ(128U, drop->count);
    EXPECT_EQ(uid, Uid(drop.get(), 65));
    EXPECT_EQ(Message(66, 512), Unstuffed(Wire(drop.get(), 65)));
    ASSERT_TRUE(maildrop_mark(drop.get(), 65));
    ASSERT_EQ(DROP_OK, maildrop_commit(drop.get()));
  }
  Drop drop(box.get());
  EXPECT_EQ(127U, drop->count);
  EXPECT_EQ(Message(67, 512), Unstuffed(Wire(drop.get(), 65)));
}

TEST(Generated, ClosingDeletesNothing) {
  Box box(2, 512);
  {
    Drop drop(box.get());
    ASSERT_TRUE(maildrop_mark(drop.get(), 1));
  }
  Drop drop(box.get());
  EXPECT_EQ(2U, drop->count);
  ASSERT_TRUE(maildrop_mark(drop.get(), 1));
  drop->last = 2;
  maildrop_reset(drop.get());
  EXPECT_TRUE(maildrop_has(drop.get(), 1));
  EXPECT_EQ(0U, drop->gone);
  EXPECT_EQ(0U, drop->gone_octets);
  EXPECT_EQ(0U, drop->last);
}

TEST(Generated, OneSessionAtATime) {
  Box box(2, 512);
  {
    Drop first(box.get());
    ASSERT_EQ(DROP_OK, first.status());
    EXPECT_EQ(DROP_IN_USE, Drop(box.get()).status());
    box.get()->shared = true;
    EXPECT_EQ(DROP_OK, Drop(box.get()).status());
    box.get()->shared = false;
  }
  EXPECT_EQ(DROP_OK, Drop(box.get()).status());
}

TEST(Generated, NoMessages) {
  Box box(0, 4096);
  Drop drop(box.get());
  ASSERT_EQ(DROP_OK, drop.status());
  EXPECT_EQ(0U, drop->count);
  EXPECT_FALSE(maildrop_has(drop.get(), 1));
}

}  // namespace
}  // namespace generated_test
