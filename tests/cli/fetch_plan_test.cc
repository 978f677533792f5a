#include "tools/cli/fetch_plan.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <utility>
#include <vector>

namespace fetch_plan_test {
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

  // Gives the first entries these unique-ids.
  void GiveUids(const char *const *uids, size_t num_uids) {
    plan_.uids = static_cast<const char **>(calloc(num_uids, sizeof(*uids)));
    ASSERT_NE(nullptr, plan_.uids);
    for (size_t i = 0; i < num_uids; ++i) plan_.uids[i] = uids[i];
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

TEST_F(FetchPlan, ANumberThatIsListedTwiceIsThereOnce) {
  Start(nullptr);
  for (uint32_t n : {3U, 1U, 3U, 2U, 1U, 1U, 4U}) cli_fetch_plan_add(&plan_, n, n * 10);
  cli_fetch_plan_add(&plan_, 2, 500);
  cli_fetch_plan_add(&plan_, 4, POP3_OCTETS_UNKNOWN);
  ASSERT_TRUE(cli_fetch_plan_settle(&plan_));
  EXPECT_EQ((std::vector<uint32_t>{3, 1, 2, 4}), Numbers()) << "in the order of the first";
  EXPECT_EQ(500U, plan_.entries[2].octets) << "the larger size: less would be told";
  EXPECT_EQ(40U, plan_.entries[3].octets);
  EXPECT_EQ(5U, plan_.doubles);
  EXPECT_EQ(4U, plan_.listed);
  EXPECT_EQ(580U, plan_.octets);
}

TEST_F(FetchPlan, TwiceInARowToo) {
  Start(nullptr);
  for (uint32_t n : {1U, 1U, 2U}) cli_fetch_plan_add(&plan_, n, 1);
  ASSERT_TRUE(cli_fetch_plan_settle(&plan_));
  EXPECT_EQ((std::vector<uint32_t>{1, 2}), Numbers());
  EXPECT_EQ(1U, plan_.doubles);
}

// The messages of a later session.
class Later {
 public:
  Later(std::vector<const char *> uids, std::vector<uint64_t> octets) {
    cli_fetch_plan_init(&plan, &all_, UINT64_MAX);
    for (size_t i = 0; i < uids.size(); ++i) {
      const auto n = static_cast<uint32_t>(i + 1);
      cli_fetch_plan_add(&plan, n, octets[i]);
      cli_fetch_ids_add(&plan.ids, n, uids[i], 1);
    }
    cli_fetch_ids_settle(&plan.ids);
  }
  ~Later() { cli_fetch_plan_cleanup(&plan); }

  cli_fetch_plan plan = {};

 private:
  cli_number_set all_ = {nullptr, 0};
};

TEST_F(FetchPlan, ALaterSessionHasOtherNumbers) {
  Start(nullptr);
  for (uint32_t n = 1; n <= 5; ++n) cli_fetch_plan_add(&plan_, n, 7);
  const char *uids[] = {"a", "b", "c", "d", "e"};
  GiveUids(uids, 5);
  EXPECT_TRUE(cli_fetch_plan_has_all_ids(&plan_));
  // a and b were deleted, d is gone, x is new.
  Later later({"e", "x", "c"}, {8, 8, 8});
  cli_fetch_plan_renumber(&plan_, 1, 2, &later.plan);
  EXPECT_EQ((std::vector<uint32_t>{1, 0, 3, 1}), Numbers());
  EXPECT_STREQ("c", cli_fetch_plan_uid(&plan_, 2));
  EXPECT_STREQ("e", cli_fetch_plan_uid(&plan_, 3));
  EXPECT_EQ(1U, plan_.gone);
  plan_.uids[3] = nullptr;
  EXPECT_FALSE(cli_fetch_plan_has_all_ids(&plan_));
}

TEST_F(FetchPlan, WhatIsDeletedUnseenHasTheSameSizeStill) {
  for (const bool unsorted : {false, true}) {
    Start(nullptr);
    for (uint32_t n = 1; n <= 3; ++n) cli_fetch_plan_add(&plan_, n, n * 10);
    const char *uids[] = {"a", "b", "c"};
    GiveUids(uids, 3);
    Later later({"c", "b", "a"}, {30, 21, 10});
    if (unsorted) {  // 3, 2, 1
      later.plan.is_unsorted = 1;
      std::swap(later.plan.entries[0], later.plan.entries[2]);
    }
    cli_fetch_plan_renumber(&plan_, 0, 3, &later.plan);
    EXPECT_EQ((std::vector<uint32_t>{3, 0, 1}), Numbers());
    EXPECT_EQ(0U, plan_.gone);
    cli_fetch_plan_cleanup(&plan_);
  }
}

TEST_F(FetchPlan, SillySizesDoNotOverflow) {
  Start(nullptr);
  cli_fetch_plan_add(&plan_, 1, UINT64_MAX - 1);
  cli_fetch_plan_add(&plan_, 2, UINT64_MAX - 1);
  EXPECT_EQ(UINT64_MAX - 1, plan_.octets);
}

}  // namespace
}  // namespace fetch_plan_test
