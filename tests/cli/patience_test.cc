#include "tools/cli/patience.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "tools/cli/clock.h"

namespace patience_test {
namespace {

class Patience : public testing::Test {
 protected:
  // What check says at a time: "" for nothing.
  std::string Check() {
    err_ = POP3_ERROR_INIT;
    const pop3_status status = cli_patience_check(&patience_, "it did not end", &err_);
    EXPECT_EQ(err_.status, status);
    EXPECT_TRUE(status == POP3_OK || status == POP3_ERR_TIMEOUT);
    return err_.text;
  }
  // Has a limit that runs end |ms| from now.
  void EndsIn(cli_limit limit, int64_t ms) {
    patience_.deadline_ms[limit] = cli_clock_ms(nullptr) + ms;
  }

  cli_patience patience_ = {};
  pop3_error err_ = POP3_ERROR_INIT;
};

TEST_F(Patience, WithoutLimitsItLasts) {
  EXPECT_EQ("", Check());
  EXPECT_EQ(70, cli_patience_slice(&patience_, 70));
  patience_.limit_ms[CLI_LIMIT_LOGIN] = -1;  // POP3_NO_TIMEOUT
  cli_patience_start(&patience_, CLI_LIMIT_LOGIN);
  cli_patience_start(&patience_, CLI_LIMIT_TOTAL);
  EXPECT_EQ("", Check());
  EXPECT_EQ(70, cli_patience_slice(&patience_, 70));
}

TEST_F(Patience, ALimitCountsWhileItRuns) {
  patience_.limit_ms[CLI_LIMIT_LOGIN] = 1000000;
  EXPECT_EQ(0, patience_.deadline_ms[CLI_LIMIT_LOGIN]);
  const int64_t before = cli_clock_ms(nullptr);
  cli_patience_start(&patience_, CLI_LIMIT_LOGIN);
  EXPECT_GE(patience_.deadline_ms[CLI_LIMIT_LOGIN], before + 1000000);
  EXPECT_LE(patience_.deadline_ms[CLI_LIMIT_LOGIN], cli_clock_ms(nullptr) + 1000000);
  EXPECT_EQ("", Check());
  EndsIn(CLI_LIMIT_LOGIN, -1);
  const int64_t deadline = patience_.deadline_ms[CLI_LIMIT_LOGIN];
  cli_patience_start(&patience_, CLI_LIMIT_LOGIN);
  EXPECT_EQ(deadline, patience_.deadline_ms[CLI_LIMIT_LOGIN]) << "it runs: no new beginning";
  EXPECT_EQ("it did not end within the 1000 s of --login-timeout", Check());
  cli_patience_stop(&patience_, CLI_LIMIT_LOGIN);
  EXPECT_EQ("", Check());
}

TEST_F(Patience, TheEarliestStrikes) {
  patience_.limit_ms[CLI_LIMIT_CONNECT] = 500;
  patience_.limit_ms[CLI_LIMIT_LOGIN] = 2000;
  patience_.limit_ms[CLI_LIMIT_TOTAL] = 12345;
  EndsIn(CLI_LIMIT_CONNECT, 900000);
  EndsIn(CLI_LIMIT_LOGIN, 900000);
  EndsIn(CLI_LIMIT_TOTAL, -1);
  EXPECT_EQ("it did not end within the 12.345 s of --total-timeout", Check());
  EndsIn(CLI_LIMIT_LOGIN, -300000);
  EXPECT_EQ("it did not end within the 2 s of --login-timeout", Check());
  EndsIn(CLI_LIMIT_CONNECT, -600000);
  EXPECT_EQ("it did not end within the 0.5 s of --connect-timeout", Check());
}

TEST_F(Patience, ASliceEndsWithTheLimit) {
  EndsIn(CLI_LIMIT_TOTAL, 900000);
  EXPECT_EQ(70, cli_patience_slice(&patience_, 70));
  EndsIn(CLI_LIMIT_LOGIN, 50);
  EXPECT_LE(cli_patience_slice(&patience_, 70), 50);
  EndsIn(CLI_LIMIT_LOGIN, -50);
  EXPECT_EQ(0, cli_patience_slice(&patience_, 70));
}

TEST_F(Patience, WaitsForADescriptor) {
  int ends[2];
  ASSERT_EQ(0, pipe(ends));
  patience_.limit_ms[CLI_LIMIT_LOGIN] = 20;
  cli_patience_start(&patience_, CLI_LIMIT_LOGIN);
  EXPECT_EQ(POP3_ERR_TIMEOUT, cli_patience_wait(&patience_, ends[0], "nobody wrote", &err_));
  EXPECT_STREQ("nobody wrote within the 0.02 s of --login-timeout", err_.text);
  ASSERT_EQ(1, write(ends[1], "x", 1));
  EXPECT_EQ(POP3_ERR_TIMEOUT, cli_patience_wait(&patience_, ends[0], "nobody wrote", &err_))
      << "too late is too late";
  cli_patience_stop(&patience_, CLI_LIMIT_LOGIN);
  EXPECT_EQ(POP3_OK, cli_patience_wait(&patience_, ends[0], "nobody wrote", &err_));
  char c;
  ASSERT_EQ(1, read(ends[0], &c, 1));
  close(ends[1]);
  EXPECT_EQ(POP3_OK, cli_patience_wait(&patience_, ends[0], "nobody wrote", &err_)) << "the end";
  close(ends[0]);
}

}  // namespace
}  // namespace patience_test
