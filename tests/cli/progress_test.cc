#include "tools/cli/progress.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <cstdlib>
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

// A pseudo-terminal.
class Screen {
 public:
  Screen() : other_(posix_openpt(O_RDWR | O_NOCTTY)) {
    setenv("TERM", "xterm", 1);
    if (grantpt(other_) != 0 || unlockpt(other_) != 0) abort();
    fd = open(ptsname(other_), O_RDWR | O_NOCTTY);
  }
  ~Screen() {
    close(fd);
    close(other_);
  }

  // Waits until |end| is written; returns all of it.
  std::string ReadUntil(const std::string &end) const {
    std::string text;
    char c;
    while (text.find(end) == std::string::npos) {
      struct pollfd wait = {other_, POLLIN, 0};
      if (poll(&wait, 1, 20000) <= 0 || read(other_, &c, 1) != 1) break;
      text += c;
    }
    return text;
  }

  int fd;

 private:
  int other_;
};

TEST(Progress, IsDrawnNowAndThen) {
  const Screen screen;
  cli_progress progress;
  cli_progress_init(&progress, screen.fd, 1000);
  cli_progress_facts facts = {1, 9, 100000, 900000, 0};
  cli_progress_update(&progress, &facts, 1199);
  EXPECT_EQ(0, progress.shown) << "nothing for what is over at once";
  cli_progress_update(&progress, &facts, 1200);
  EXPECT_EQ(1, progress.shown);
  std::string line = screen.ReadUntil("\033[K");
  EXPECT_EQ(0U, line.find("\r1/9   11%  [")) << line;
  EXPECT_NE(std::string::npos, line.find("500.0 kB/s  1.6 s left\033[K")) << line;
  cli_progress_update(&progress, &facts, 1299);
  EXPECT_EQ(1200, progress.last_ms) << "ten times a second";
  cli_progress_update(&progress, &facts, 1300);
  EXPECT_EQ(1300, progress.last_ms);
  EXPECT_NE(std::string::npos, screen.ReadUntil("\033[K").find("500.0 kB/s"));
  cli_progress_clear(&progress);
  EXPECT_EQ(0, progress.shown);
  EXPECT_EQ("\r\033[K", screen.ReadUntil("\033[K"));
}

TEST(Progress, TheRateIsThatOfLate) {
  const Screen screen;
  cli_progress progress;
  cli_progress_init(&progress, screen.fd, 0);
  cli_progress_facts facts = {1, 9, 100000, 900000, 0};
  cli_progress_update(&progress, &facts, 200);
  cli_progress_update(&progress, &facts, 700);
  EXPECT_DOUBLE_EQ(500000.0 * 2 / 3, facts.rate) << "nothing has come for half a second";
  facts.octets = 600000;
  cli_progress_update(&progress, &facts, 1200);
  EXPECT_DOUBLE_EQ(500000.0 * 2 / 3 + (1000000 - 500000.0 * 2 / 3) / 3, facts.rate);
}

TEST(Progress, ADumbTerminalIsNone) {
  const Screen screen;
  setenv("TERM", "dumb", 1);
  cli_progress progress;
  cli_progress_init(&progress, screen.fd, 0);
  EXPECT_EQ(-1, progress.fd);
  unsetenv("TERM");
  cli_progress_init(&progress, screen.fd, 0);
  EXPECT_EQ(screen.fd, progress.fd);
}

}  // namespace
}  // namespace progress_test
