#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "core/codec/codec.h"

namespace decimal_test {
namespace {

using namespace std::string_view_literals;

constexpr uint64_t kUntouched = 12345;

struct DecimalCase {
  std::string_view text;
  uint64_t max;
  size_t len;
  uint64_t value;
};

TEST(DecimalParse, Table) {
  const DecimalCase cases[] = {
      {"", UINT64_MAX, 0, 0},
      {"0", UINT64_MAX, 1, 0},
      {"0", 0, 1, 0},
      {"1", 0, 0, 0},
      {"7", 6, 0, 0},
      {"7", 7, 1, 7},
      {"10", 9, 0, 0},
      {"120 more", UINT64_MAX, 3, 120},
      {"120x", UINT64_MAX, 3, 120},
      {"x120", UINT64_MAX, 0, 0},
      {" 1", UINT64_MAX, 0, 0},
      {"+1", UINT64_MAX, 0, 0},
      {"-1", UINT64_MAX, 0, 0},
      {"1\0002"sv, UINT64_MAX, 1, 1},
      {"\xB2", UINT64_MAX, 0, 0},  // superscript two of Latin-1
      {"4294967295", UINT32_MAX, 10, UINT32_MAX},
      {"4294967296", UINT32_MAX, 0, 0},
      {"18446744073709551615", UINT64_MAX, 20, UINT64_MAX},
      {"18446744073709551616", UINT64_MAX, 0, 0},
      {"18446744073709551614", UINT64_MAX - 1, 20, UINT64_MAX - 1},
      {"18446744073709551615", UINT64_MAX - 1, 0, 0},
      {"99999999999999999999", UINT64_MAX, 0, 0},
      {"184467440737095516150", UINT64_MAX, 0, 0},
      {"00000000000000000001", UINT64_MAX, 20, 1},
      {"000000000000000000001", UINT64_MAX, 0, 0},  // 21 digits
      {"65535", 65535, 5, 65535},
      {"65536", 65535, 0, 0},
  };
  for (const DecimalCase &c : cases) {
    uint64_t value = kUntouched;
    EXPECT_EQ(p3_decimal_parse(c.text.data(), c.text.size(), c.max, &value), c.len) << c.text;
    EXPECT_EQ(value, c.len > 0 ? c.value : kUntouched) << c.text;
  }
}

TEST(DecimalParse, EveryNumberAgainstEveryMaximum) {
  for (uint64_t number = 0; number < 300; number++) {
    std::string text = std::to_string(number);
    for (uint64_t max = 0; max < 300; max++) {
      uint64_t value = kUntouched;
      size_t len = p3_decimal_parse(text.data(), text.size(), max, &value);
      ASSERT_EQ(len, number <= max ? text.size() : 0) << number << " " << max;
    }
  }
}

TEST(DecimalParse, DoesNotReadBehindTheSlice) {
  const char text[] = {'1', '2', '3'};
  uint64_t value = 0;
  EXPECT_EQ(p3_decimal_parse(text, 2, UINT64_MAX, &value), 2U);
  EXPECT_EQ(value, 12U);
}

}  // namespace
}  // namespace decimal_test
