#include "tools/cli/fetch_stop.h"

#include <gtest/gtest.h>

namespace fetch_stop_test {
namespace {

TEST(FetchStop, BeginsOnce) {
  cli_fetch_stop stop = {};
  cli_fetch_stop_begin(&stop, 1000);
  stop.octets = 5;
  cli_fetch_stop_begin(&stop, 2000);
  EXPECT_EQ(1000, stop.since_ms);
  EXPECT_EQ(5U, stop.octets);
}

TEST(FetchStop, HasATimeLimit) {
  cli_fetch_stop stop = {};
  cli_fetch_stop_begin(&stop, 1000);
  EXPECT_FALSE(cli_fetch_stop_is_hopeless(&stop, 1000, 0));
  EXPECT_FALSE(cli_fetch_stop_is_hopeless(&stop, 1000 + CLI_FETCH_STOP_MS - 1, 0));
  EXPECT_TRUE(cli_fetch_stop_is_hopeless(&stop, 1000 + CLI_FETCH_STOP_MS, 0));
}

TEST(FetchStop, ReadsOnlySoMuch) {
  cli_fetch_stop stop = {};
  cli_fetch_stop_begin(&stop, 0);
  EXPECT_FALSE(cli_fetch_stop_is_hopeless(&stop, 0, CLI_FETCH_STOP_OCTETS));
  EXPECT_TRUE(cli_fetch_stop_is_hopeless(&stop, 0, CLI_FETCH_STOP_OCTETS + 1));
  EXPECT_TRUE(cli_fetch_stop_is_hopeless(&stop, 0, UINT64_MAX));
  stop.octets = CLI_FETCH_STOP_OCTETS;
  EXPECT_FALSE(cli_fetch_stop_is_hopeless(&stop, 0, 0));
  EXPECT_TRUE(cli_fetch_stop_is_hopeless(&stop, 0, 1));
  stop.octets = CLI_FETCH_STOP_OCTETS + 1;  // a server that sends more than it announced
  EXPECT_TRUE(cli_fetch_stop_is_hopeless(&stop, 0, 0));
}

}  // namespace
}  // namespace fetch_stop_test
