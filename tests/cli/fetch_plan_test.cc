#include "tools/cli/fetch_plan.h"

#include <gtest/gtest.h>

#include <vector>

namespace {

class FetchPlan : public testing::Test {
 protected:
  ~FetchPlan() override {
    cli_fetch_plan_cleanup(&plan_);
    cli_number_set_cleanup(&wanted_);
  }

  void Start(const char *wanted, uint64_t max_size = UINT64_MAX) {
    if (wanted != nullptr) {
      ASSERT_EQ(POP3_OK, cli_number_set_add(&wanted_, wanted, nullptr));
    }
    cli_fetch_plan_init(&plan_, &wanted_, max_size);
  }

  std::vector<uint32_t> Numbers() const {
    std::vector<uint32_t> out;
    for (size_t i = 0; i < plan_.num_entries; ++i) out.push_back(plan_.entries[i].number);
    return out;
  }

  cli_number_set wanted_ = {nullptr, 0};
  cli_fetch_plan plan_ = {};
};

TEST_F(FetchPlan, TakesEverythingByDefault) {
  Start(nullptr);
  for (uint32_t n = 1; n <= 1000; ++n) ASSERT_TRUE(cli_fetch_plan_add(&plan_, n, n));
  EXPECT_EQ(1000U, plan_.num_entries);
  EXPECT_EQ(1000U, plan_.listed);
  EXPECT_EQ(500500U, plan_.octets);
  EXPECT_EQ(0U, cli_fetch_plan_missing(&plan_));
}

TEST_F(FetchPlan, KeepsTheServersOrderAndGaps) {
  Start("2-5,9-");
  for (uint32_t n : {1U, 4U, 2U, 20U, 9U, 7U}) cli_fetch_plan_add(&plan_, n, 10);
  EXPECT_EQ((std::vector<uint32_t>{4, 2, 20, 9}), Numbers());
  EXPECT_EQ(6U, plan_.listed);
  EXPECT_EQ(2U, cli_fetch_plan_missing(&plan_)) << "3 and 5; an open end misses nothing";
}

TEST_F(FetchPlan, SkipsWhatIsTooLarge) {
  Start("1-3", 100);
  cli_fetch_plan_add(&plan_, 1, 100);
  cli_fetch_plan_add(&plan_, 2, 101);
  cli_fetch_plan_add(&plan_, 3, POP3_OCTETS_UNKNOWN);
  EXPECT_EQ((std::vector<uint32_t>{1, 3}), Numbers());
  EXPECT_EQ(1U, plan_.skipped);
  EXPECT_EQ(100U, plan_.octets);
  EXPECT_EQ(0U, cli_fetch_plan_missing(&plan_));
}

TEST_F(FetchPlan, SillySizesDoNotOverflow) {
  Start(nullptr);
  cli_fetch_plan_add(&plan_, 1, UINT64_MAX - 1);
  cli_fetch_plan_add(&plan_, 2, UINT64_MAX - 1);
  EXPECT_EQ(UINT64_MAX - 1, plan_.octets);
}

}  // namespace
