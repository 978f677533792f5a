#include "tools/cli/option_value.h"

#include <gtest/gtest.h>

namespace option_value_test {
namespace {

TEST(OptionValue, Numbers) {
  uint32_t n = 9;
  EXPECT_TRUE(cli_value_number(&n, "0"));
  EXPECT_EQ(0U, n);
  EXPECT_TRUE(cli_value_number(&n, "4294967295"));
  EXPECT_EQ(4294967295U, n);
  for (const char *bad :
       {"", "-1", "+1", "1.0", "4294967296", "99999999999999999999999", "1 ", "0x10"}) {
    EXPECT_FALSE(cli_value_number(&n, bad)) << bad;
  }
}

TEST(OptionValue, Sizes) {
  uint64_t n = 0;
  const struct {
    const char *text;
    uint64_t value;
  } good[] = {{"0", 0},          {"1048576", 1048576}, {"500k", 500000},
              {"25M", 25000000}, {"1.5G", 1500000000}, {"2T", 2000000000000},
              {"0.5K", 500},     {"1.2345k", 1234}};
  for (const auto &c : good) {
    EXPECT_TRUE(cli_value_size(&n, c.text)) << c.text;
    EXPECT_EQ(c.value, n) << c.text;
  }
  for (const char *bad : {"", "k", "1.5", "1.k", ".5M", "1kk", "1 k", "-1", "1kB",
                          "99999999999999999999", "18446744073709551615T"}) {
    EXPECT_FALSE(cli_value_size(&n, bad)) << bad;
  }
}

TEST(OptionValue, Seconds) {
  int64_t ms = 0;
  EXPECT_TRUE(cli_value_seconds(&ms, "30"));
  EXPECT_EQ(30000, ms);
  EXPECT_TRUE(cli_value_seconds(&ms, "0.25"));
  EXPECT_EQ(250, ms);
  EXPECT_TRUE(cli_value_seconds(&ms, "1.0009"));
  EXPECT_EQ(1000, ms);
  EXPECT_TRUE(cli_value_seconds(&ms, "31536000")) << "a year";
  EXPECT_EQ(31536000000, ms);
  EXPECT_FALSE(cli_value_seconds(&ms, "31536000.001"));
  for (const char *bad : {"", "0", "0.0", "0.0004", "-1", "1s", "1.", "inf", "nan", "99999999999",
                          "99999999999999999999"}) {
    EXPECT_FALSE(cli_value_seconds(&ms, bad)) << bad;
  }
}

}  // namespace
}  // namespace option_value_test
