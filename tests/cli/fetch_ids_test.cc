#include "tools/cli/fetch_ids.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fetch_ids_test {
namespace {

class FetchIds : public testing::Test {
 protected:
  ~FetchIds() override { cli_fetch_ids_cleanup(&ids_); }

  void Add(uint32_t number, const std::string &uid) {
    ASSERT_TRUE(cli_fetch_ids_add(&ids_, number, uid.data(), uid.size()));
  }

  std::string Uid(uint32_t number) {
    const char *uid = cli_fetch_ids_uid(&ids_, number);
    return uid == nullptr ? "<none>" : uid;
  }

  cli_fetch_ids ids_ = CLI_FETCH_IDS_INIT;
};

TEST_F(FetchIds, FindsBothWays) {
  for (uint32_t n = 1000; n >= 1; --n) Add(n, "uid" + std::to_string(n * 7919 % 1009));
  ASSERT_TRUE(cli_fetch_ids_settle(&ids_));
  for (uint32_t n = 1; n <= 1000; ++n) {
    const std::string uid = "uid" + std::to_string(n * 7919 % 1009);
    EXPECT_EQ(uid, Uid(n));
    EXPECT_EQ(n, cli_fetch_ids_number(&ids_, uid.c_str()));
  }
  EXPECT_EQ("<none>", Uid(1001));
  EXPECT_EQ(0U, cli_fetch_ids_number(&ids_, "uid"));
  EXPECT_EQ(0U, cli_fetch_ids_number(&ids_, "zzz"));
}

TEST_F(FetchIds, WhatIsNotItsOwnIsNone) {
  Add(1, "twice");
  Add(2, "own");
  Add(3, "twice");
  Add(4, "");
  Add(5, "a");
  Add(5, "b");
  Add(5, "c");
  Add(6, std::string("x\0y", 3));
  Add(7, "twice");
  ASSERT_TRUE(cli_fetch_ids_settle(&ids_));
  EXPECT_EQ("own", Uid(2));
  for (uint32_t n : {1U, 3U, 4U, 5U, 6U, 7U}) EXPECT_EQ("<none>", Uid(n)) << n;
  EXPECT_EQ(0U, cli_fetch_ids_number(&ids_, "twice"));
  for (const char *uid : {"a", "b", "c", "", "x"}) {
    EXPECT_EQ(0U, cli_fetch_ids_number(&ids_, uid)) << uid;
  }
  EXPECT_EQ(1U, ids_.num_by_uid);
}

TEST_F(FetchIds, NoneAtAll) {
  ASSERT_TRUE(cli_fetch_ids_settle(&ids_));
  EXPECT_EQ("<none>", Uid(1));
  EXPECT_EQ(0U, cli_fetch_ids_number(&ids_, "a"));
}

TEST_F(FetchIds, NumbersOfAnySize) {
  std::vector<uint32_t> numbers;
  for (uint32_t i = 1; i <= 15; ++i) numbers.push_back(i * 7 % 16 * 0x11111111U);
  for (const uint32_t n : numbers) Add(n, "u" + std::to_string(n));
  ASSERT_TRUE(cli_fetch_ids_settle(&ids_));
  for (const uint32_t n : numbers) EXPECT_EQ("u" + std::to_string(n), Uid(n));
}

}  // namespace
}  // namespace fetch_ids_test
