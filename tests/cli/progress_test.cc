#include "tools/cli/progress.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace progress_test {
namespace {

std::string Line(int columns, const cli_progress_facts &facts) {
  char out[CLI_PROGRESS_MAX];
  cli_progress_format(out, columns, &facts);
  return out;
}

constexpr cli_progress_facts kHalf = {12, 200, 400000000, 800000000, 12300000};

TEST(Progress, ShowsEverythingInEightyColumns) {
  EXPECT_EQ("12/200   50%  [========>          ]  400.0 MB of 800.0 MB  12.3 MB/s  33 s left",
            Line(80, kHalf));
}

TEST(Progress, FitsAnyWindow) {
  for (int columns = -1; columns < 400; ++columns) {
    for (const cli_progress_facts &facts :
         {kHalf, cli_progress_facts{}, cli_progress_facts{1, 1, UINT64_MAX, UINT64_MAX, 1e18},
          cli_progress_facts{UINT64_MAX, UINT64_MAX, UINT64_MAX, 0, 0.001},
          cli_progress_facts{0, 3, 0, UINT64_MAX, 0.001}}) {
      const size_t len = Line(columns, facts).size();
      EXPECT_LT(len, static_cast<size_t>(columns > 1 ? columns : 1)) << columns;
      EXPECT_LT(len, static_cast<size_t>(CLI_PROGRESS_MAX));
    }
  }
}

TEST(Progress, DropsTheLeastImportantFirst) {
  EXPECT_EQ("12/200   50%  33 s left  12.3 MB/s", Line(40, kHalf));
  EXPECT_EQ("12/200   50%  33 s left", Line(30, kHalf));
  EXPECT_EQ("12/200   50%", Line(20, kHalf));
  EXPECT_EQ("12/200", Line(10, kHalf));
  EXPECT_EQ("", Line(5, kHalf));
}

TEST(Progress, WithoutSizesCountsMessages) {
  const std::string line = Line(80, {50, 200, 5000, 0, 0});
  EXPECT_EQ(0U, line.find("50/200   25%  [=========>")) << line;
  EXPECT_EQ(std::string::npos, line.find("left")) << line;
}

TEST(Progress, IsNotDoneBeforeTheLastMessageIs) {
  EXPECT_NE(std::string::npos, Line(80, {199, 200, 900, 800, 1}).find(" 99%"));
  EXPECT_NE(std::string::npos, Line(80, {200, 200, 900, 800, 1}).find("100%"));
}

TEST(Progress, DrawsNothingWhereThereIsNoTerminal) {
  FILE *file = tmpfile();
  cli_progress progress;
  cli_progress_init(&progress, fileno(file), 0);
  cli_progress_facts facts = kHalf;
  cli_progress_update(&progress, &facts, 10000);
  cli_progress_clear(&progress);
  EXPECT_EQ(0, fseek(file, 0, SEEK_END));
  EXPECT_EQ(0, ftell(file));
  fclose(file);
}

}  // namespace
}  // namespace progress_test
