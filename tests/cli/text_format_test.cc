#include "tools/cli/text_format.h"

#include <gtest/gtest.h>

#include <string>

namespace text_format_test {
namespace {

std::string Octets(uint64_t octets) {
  char out[CLI_TEXT_MAX];
  cli_format_octets(out, octets);
  return out;
}

std::string Duration(int64_t ms) {
  char out[CLI_TEXT_MAX];
  cli_format_duration(out, ms);
  return out;
}

TEST(TextFormat, Octets) {
  EXPECT_EQ("0 B", Octets(0));
  EXPECT_EQ("999 B", Octets(999));
  EXPECT_EQ("1.0 kB", Octets(1000));
  EXPECT_EQ("999.9 kB", Octets(999949));
  EXPECT_EQ("1.0 MB", Octets(999950));
  EXPECT_EQ("5.2 MB", Octets(5242880));
  EXPECT_EQ("1.1 GB", Octets(1073741824));
  EXPECT_EQ("18.4 EB", Octets(UINT64_MAX));
}

TEST(TextFormat, Duration) {
  EXPECT_EQ("0.0 s", Duration(-5));
  EXPECT_EQ("0.1 s", Duration(100));
  EXPECT_EQ("9.9 s", Duration(9940));
  EXPECT_EQ("10 s", Duration(9960));
  EXPECT_EQ("59 s", Duration(59499));
  EXPECT_EQ("1:00", Duration(59500));
  EXPECT_EQ("59:59", Duration(3599000));
  EXPECT_EQ("1:00:00", Duration(3600000));
  EXPECT_EQ("100000:00:00", Duration(360000000000));
}

}  // namespace
}  // namespace text_format_test
