#include "tools/bench/stats.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace stats_test {
namespace {

std::unique_ptr<bench_series> Series(const std::vector<double> &values) {
  auto series = std::make_unique<bench_series>();
  for (double value : values) bench_series_add(series.get(), value);
  return series;
}

TEST(Stats, MedianOfOddAndEvenCounts) {
  EXPECT_EQ(bench_series_median(Series({3, 1, 2}).get()), 2);
  EXPECT_EQ(bench_series_median(Series({4, 1, 3, 2}).get()), 2.5);
  EXPECT_EQ(bench_series_median(Series({7}).get()), 7);
  EXPECT_EQ(bench_series_median(Series({}).get()), 0);
}

TEST(Stats, Ends) {
  EXPECT_EQ(bench_series_least(Series({3, 1, 2}).get()), 1);
  EXPECT_EQ(bench_series_most(Series({3, 1, 2}).get()), 3);
  EXPECT_EQ(bench_series_least(Series({}).get()), 0);
  EXPECT_EQ(bench_series_most(Series({}).get()), 0);
}

TEST(Stats, MoreThanThereIsRoomForIsDropped) {
  auto series = Series(std::vector<double>(BENCH_RUNS_MAX, 1));
  bench_series_add(series.get(), 1000);
  EXPECT_EQ(series->count, static_cast<size_t>(BENCH_RUNS_MAX));
  EXPECT_EQ(bench_series_most(series.get()), 1);
}

}  // namespace
}  // namespace stats_test
