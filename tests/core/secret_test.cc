#include <gtest/gtest.h>
#include <pop3/allocator.h>

#include <cstring>
#include <string>

#include "tests/testing/failing_allocator.h"

namespace secret_test {
namespace {

using pop3_testing::FailingAllocator;
using pop3_testing::ForEachAllocationFailure;

TEST(Wipe, Overwrites) {
  char text[] = "hunter2";
  pop3_wipe(text, sizeof(text) - 1);
  EXPECT_EQ(std::string(text, sizeof(text)), std::string(sizeof(text), '\0'));
  pop3_wipe(text, 0);
  pop3_wipe(nullptr, 0);
}

TEST(Secret, HoldsOctetsAndANul) {
  pop3_secret secret;
  pop3_secret_init(&secret, nullptr);
  EXPECT_EQ(secret.data, nullptr);
  EXPECT_EQ(secret.len, 0U);
  ASSERT_TRUE(pop3_secret_set(&secret, "a\0b", 3));
  EXPECT_EQ(secret.len, 3U);
  EXPECT_EQ(std::string(secret.data, secret.data + 4), std::string("a\0b\0", 4));
  pop3_secret_cleanup(&secret);
  EXPECT_EQ(secret.data, nullptr);
  EXPECT_EQ(secret.len, 0U);
  pop3_secret_cleanup(&secret);
}

TEST(Secret, SetButEmptyIsNotNull) {
  pop3_secret secret;
  pop3_secret_init(&secret, nullptr);
  ASSERT_TRUE(pop3_secret_set(&secret, nullptr, 0));
  ASSERT_NE(secret.data, nullptr);
  EXPECT_EQ(secret.data[0], 0);
  EXPECT_EQ(secret.len, 0U);
  pop3_secret_cleanup(&secret);
}

TEST(Secret, MayBeSetFromItself) {
  FailingAllocator allocator;
  pop3_secret secret;
  pop3_secret_init(&secret, allocator.get());
  ASSERT_TRUE(pop3_secret_set(&secret, "hunter2", 7));
  ASSERT_TRUE(pop3_secret_set(&secret, secret.data + 1, 3));
  EXPECT_STREQ(reinterpret_cast<char *>(secret.data), "unt");
  pop3_secret_cleanup(&secret);
}

TEST(Secret, RefusesALengthThatCannotBe) {
  FailingAllocator allocator;
  pop3_secret secret;
  pop3_secret_init(&secret, allocator.get());
  EXPECT_FALSE(pop3_secret_set(&secret, "", SIZE_MAX));
  EXPECT_EQ(secret.data, nullptr);
}

TEST(Secret, IsWipedWheneverItIsReplacedOrFreedAndWhenMemoryRunsOut) {
  size_t count = ForEachAllocationFailure([](FailingAllocator &allocator) {
    allocator.Forbid("hunter2");
    pop3_secret secret;
    pop3_secret_init(&secret, allocator.get());
    for (const char *text : {"hunter2", "hunter2 and a longer one", "hunter2", ""}) {
      size_t calls = allocator.calls();
      if (pop3_secret_set(&secret, text, std::strlen(text))) {
        EXPECT_STREQ(reinterpret_cast<char *>(secret.data), text);
      } else {
        EXPECT_TRUE(allocator.has_failed());
        EXPECT_EQ(secret.data, nullptr);
        EXPECT_EQ(secret.len, 0U);
        EXPECT_EQ(allocator.live_blocks(), 0U);
      }
      EXPECT_EQ(allocator.calls(), calls + 1);
    }
    pop3_secret_cleanup(&secret);
  });
  EXPECT_EQ(count, 4U);
}

// Its owner may shorten it, as pop3_url_parse does: what is behind |len| is wiped as well.
TEST(Secret, IsWipedBehindItsEndToo) {
  FailingAllocator allocator;
  allocator.Forbid("ter2");
  pop3_secret secret;
  pop3_secret_init(&secret, allocator.get());
  ASSERT_TRUE(pop3_secret_set(&secret, "hunter2", 7));
  secret.len = 2;
  pop3_secret_cleanup(&secret);
  EXPECT_EQ(allocator.unwiped(), 0U);
}

// The tests above are worth nothing if the allocator does not see a secret that is left behind.
TEST(Secret, TheAllocatorWouldNotice) {
  FailingAllocator allocator;
  allocator.Forbid("hunter2");
  void *ptr = allocator.get()->alloc(allocator.get()->ctx, 10);
  std::memcpy(ptr, "xhunter2x", 10);
  ptr = allocator.get()->resize(allocator.get()->ctx, ptr, 20);
  EXPECT_EQ(allocator.unwiped(), 1U);
  allocator.get()->release(allocator.get()->ctx, ptr);
  EXPECT_EQ(allocator.unwiped(), 2U);
}

}  // namespace
}  // namespace secret_test
