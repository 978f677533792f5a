#include "tools/bench/workload.h"

#include <gtest/gtest.h>

#include <string>

namespace workload_test {
namespace {

TEST(Workload, ParsesCountAndSize) {
  const struct {
    const char *text;
    uint32_t count;
    uint64_t size;
  } cases[] = {{"200x5M", 200, 5U << 20},
               {"20000x4K", 20000, 4U << 10},
               {"1x1G", 1, 1U << 30},
               {"3x1000", 3, 1000}};
  for (const auto &c : cases) {
    SCOPED_TRACE(c.text);
    bench_workload workload;
    ASSERT_TRUE(bench_workload_parse(&workload, c.text));
    EXPECT_EQ(workload.count, c.count);
    EXPECT_EQ(workload.size, c.size);
  }
}

TEST(Workload, RefusesWhatIsNone) {
  bench_workload workload;
  for (const char *text : {"", "x", "5", "5x", "x5", "0x5M", "5x5T", "5x5MB", "-1x5", "5x-5",
                           " 5x5", "99999999999x1", "1x99999999999999999999", "1x99999999999G"}) {
    EXPECT_FALSE(bench_workload_parse(&workload, text)) << text;
  }
}

TEST(Workload, NameIsWhatWasParsed) {
  for (const char *text : {"200x5M", "20000x4K", "1x1G", "3x1000", "7x1025K"}) {
    bench_workload workload;
    char name[BENCH_NAME_MAX];
    ASSERT_TRUE(bench_workload_parse(&workload, text));
    bench_workload_name(name, &workload);
    EXPECT_STREQ(name, text);
  }
}

TEST(Workload, BulkIsWhereOctetsCount) {
  const bench_workload small = {20000, 4096};
  const bench_workload bulk = {200, 5U << 20};
  EXPECT_FALSE(bench_workload_is_bulk(&small));
  EXPECT_TRUE(bench_workload_is_bulk(&bulk));
}

}  // namespace
}  // namespace workload_test
