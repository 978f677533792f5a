#include "tools/bench/contest.h"

#include <gtest/gtest.h>

namespace contest_test {
namespace {

// Counts as many octets as it is told.
int Count(const void *arg, bench_sample *out) {
  out->octets = *static_cast<const uint64_t *>(arg);
  out->messages = 1;
  return 1;
}

int Fail(const void *, bench_sample *) { return 0; }

constexpr uint64_t kSeven = 7;

TEST(Contest, RunsAsOftenAsAsked) {
  const bench_entrant entrants[] = {{"first", Count, &kSeven, 7, 1},
                                    {"second", Count, &kSeven, 7, 1}};
  bench_standing standings[2];
  EXPECT_EQ(bench_contest_run(BENCH_PIN_NONE, entrants, 2, 3, standings), 3U);
  EXPECT_GT(standings[1].rss_kib, 0);
}

TEST(Contest, AnotherCountThanExpectedIsAFailure) {
  bench_standing standing;
  const bench_entrant wrong_octets = {"octets", Count, &kSeven, 8, 1};
  EXPECT_EQ(bench_contest_run(BENCH_PIN_NONE, &wrong_octets, 1, 1, &standing), 0U);
  const bench_entrant wrong_messages = {"messages", Count, &kSeven, 7, 2};
  EXPECT_EQ(bench_contest_run(BENCH_PIN_NONE, &wrong_messages, 1, 1, &standing), 0U);
}

TEST(Contest, AFailedRunIsAFailure) {
  bench_standing standing;
  const bench_entrant entrant = {"fails", Fail, nullptr, 0, 0};
  EXPECT_EQ(bench_contest_run(BENCH_PIN_NONE, &entrant, 1, 1, &standing), 0U);
}

}  // namespace
}  // namespace contest_test
