#include "core/base/memory.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>

#include "tests/testing/failing_allocator.h"

namespace memory_test {
namespace {

using pop3_testing::FailingAllocator;

TEST(AllocatorResolve, NullAndEmptyAreTheCLibrary) {
  pop3_allocator empty = POP3_ALLOCATOR_DEFAULT;
  for (const pop3_allocator *in : {static_cast<const pop3_allocator *>(nullptr),
                                   static_cast<const pop3_allocator *>(&empty)}) {
    pop3_allocator out;
    p3_allocator_resolve(&out, in);
    void *ptr = out.alloc(out.ctx, 10);
    ASSERT_NE(ptr, nullptr);
    ptr = out.resize(out.ctx, ptr, 10000);
    ASSERT_NE(ptr, nullptr);
    out.release(out.ctx, ptr);
    out.release(out.ctx, nullptr);
  }
}

TEST(AllocatorResolve, CopiesACompleteOne) {
  FailingAllocator allocator;
  pop3_allocator out;
  p3_allocator_resolve(&out, allocator.get());
  EXPECT_EQ(out.ctx, allocator.get()->ctx);
  EXPECT_EQ(out.alloc, allocator.get()->alloc);
}

TEST(AllocatorResolve, NeverMixesTwo) {
  FailingAllocator allocator;
  pop3_allocator partial = *allocator.get();
  partial.resize = nullptr;
  pop3_allocator out;
  p3_allocator_resolve(&out, &partial);
  EXPECT_NE(out.alloc, partial.alloc);
  EXPECT_NE(out.release, partial.release);
}

TEST(Mem, NothingIsOneOctet) {
  FailingAllocator allocator;
  void *a = p3_mem_alloc(allocator.get(), 0);
  void *b = p3_mem_zalloc(allocator.get(), 0, 100);
  void *c = p3_mem_grow(allocator.get(), nullptr, 100, 0);
  EXPECT_NE(a, nullptr);
  EXPECT_NE(b, nullptr);
  EXPECT_NE(c, nullptr);
  EXPECT_EQ(allocator.live_octets(), 3U);
  p3_mem_free(allocator.get(), a);
  p3_mem_free(allocator.get(), b);
  p3_mem_free(allocator.get(), c);
  EXPECT_EQ(allocator.live_blocks(), 0U);
}

TEST(Mem, ZallocZeroes) {
  FailingAllocator allocator;
  auto *octets = static_cast<unsigned char *>(p3_mem_zalloc(allocator.get(), 3, 7));
  ASSERT_NE(octets, nullptr);
  EXPECT_EQ(std::string(octets, octets + 21), std::string(21, '\0'));
  p3_mem_free(allocator.get(), octets);
}

TEST(Mem, AnOverflowingProductIsNoMemory) {
  FailingAllocator allocator;
  EXPECT_EQ(p3_mem_zalloc(allocator.get(), SIZE_MAX, 2), nullptr);
  EXPECT_EQ(p3_mem_zalloc(allocator.get(), SIZE_MAX / 8 + 1, 8), nullptr);
  EXPECT_EQ(p3_mem_grow(allocator.get(), nullptr, 2, SIZE_MAX / 2 + 1), nullptr);
  EXPECT_EQ(p3_mem_strdup(allocator.get(), "", SIZE_MAX), nullptr);
  EXPECT_EQ(allocator.calls(), 0U);
}

TEST(Mem, GrowKeepsTheContentsAlsoWhenItFails) {
  FailingAllocator allocator;
  char *text = p3_mem_strdup(allocator.get(), "abc", 3);
  ASSERT_NE(text, nullptr);
  allocator.FailAt(2);
  EXPECT_EQ(p3_mem_grow(allocator.get(), text, 100, 100), nullptr);
  EXPECT_STREQ(text, "abc");
  text = static_cast<char *>(p3_mem_grow(allocator.get(), text, 100, 100));
  ASSERT_NE(text, nullptr);
  EXPECT_STREQ(text, "abc");
  p3_mem_free(allocator.get(), text);
}

TEST(Mem, StrdupTakesASlice) {
  FailingAllocator allocator;
  char *text = p3_mem_strdup(allocator.get(), "a\0bcd", 3);
  ASSERT_NE(text, nullptr);
  EXPECT_EQ(std::string(text, 4), std::string("a\0b\0", 4));
  p3_mem_free(allocator.get(), text);
  text = p3_mem_strdup(allocator.get(), nullptr, 0);
  ASSERT_NE(text, nullptr);
  EXPECT_STREQ(text, "");
  p3_mem_free(allocator.get(), text);
}

TEST(Mem, FailuresAreNull) {
  FailingAllocator allocator;
  allocator.FailFrom(1);
  EXPECT_EQ(p3_mem_alloc(allocator.get(), 1), nullptr);
  EXPECT_EQ(p3_mem_zalloc(allocator.get(), 1, 1), nullptr);
  EXPECT_EQ(p3_mem_strdup(allocator.get(), "a", 1), nullptr);
  p3_mem_free(allocator.get(), nullptr);
}

}  // namespace
}  // namespace memory_test
