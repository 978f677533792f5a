#include "core/base/fill.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <vector>

namespace fill_test {
namespace {

struct Full {
  uint32_t size;
  uint32_t first;
  uint64_t second;
};

constexpr uint8_t kGuard = 0xA5;

// Memory that begins with |size|, and guards behind that.
std::vector<uint8_t> Owner(uint32_t size) {
  std::vector<uint8_t> out(64, kGuard);
  memcpy(out.data(), &size, sizeof(size));
  return out;
}

uint32_t SizeIn(const std::vector<uint8_t> &out) {
  uint32_t size;
  memcpy(&size, out.data(), sizeof(size));
  return size;
}

// How many octets at the end nobody has touched.
size_t Untouched(const std::vector<uint8_t> &out) {
  size_t count = 0;
  while (count < out.size() && out[out.size() - 1 - count] == kGuard) count++;
  return count;
}

const Full kFull = {sizeof(Full), 0x01020304, UINT64_C(0x05060708090A0B0C)};

TEST(Fill, AsFarAsTheOwnerSays) {
  for (uint32_t size = 4; size <= 24; size++) {
    std::vector<uint8_t> out = Owner(size);
    ASSERT_EQ(p3_fill(out.data(), &kFull, sizeof(kFull)), 1);
    const uint32_t filled = size < 16 ? size : 16;
    EXPECT_EQ(SizeIn(out), filled);
    EXPECT_EQ(Untouched(out), out.size() - filled);
    EXPECT_EQ(memcmp(out.data() + 4, &kFull.first, filled - 4), 0);
  }
}

TEST(Fill, WithoutASizeNothing) {
  for (uint32_t size = 0; size < 4; size++) {
    std::vector<uint8_t> out = Owner(size);
    EXPECT_EQ(p3_fill(out.data(), &kFull, sizeof(kFull)), 0);
    EXPECT_EQ(out, Owner(size));
  }
}

TEST(Fill, OfAFarTooLargeSizeNoMoreThanThereIs) {
  std::vector<uint8_t> out = Owner(UINT32_MAX);
  ASSERT_EQ(p3_fill(out.data(), &kFull, sizeof(kFull)), 1);
  EXPECT_EQ(SizeIn(out), 16U);
  EXPECT_EQ(Untouched(out), out.size() - 16);
}

TEST(Fill, APresetIsOfTheOwnersSize) {
  for (size_t size = 4; size <= 24; size++) {
    std::vector<uint8_t> out(64, kGuard);
    p3_fill_preset(out.data(), size, &kFull, sizeof(kFull));
    EXPECT_EQ(SizeIn(out), size);
    EXPECT_EQ(Untouched(out), out.size() - size);
    const size_t known = size < 16 ? size : 16;
    EXPECT_EQ(memcmp(out.data() + 4, &kFull.first, known - 4), 0);
    for (size_t i = known; i < size; i++) EXPECT_EQ(out[i], 0) << i;
  }
}

TEST(Fill, APresetNeedsRoomForItsSize) {
  for (size_t size = 0; size < 4; size++) {
    std::vector<uint8_t> out(64, kGuard);
    p3_fill_preset(out.data(), size, &kFull, sizeof(kFull));
    EXPECT_EQ(Untouched(out), out.size());
  }
}

}  // namespace
}  // namespace fill_test
